# keeper.sh DIR BIN [SETTING…] runs a PostgreSQL in DIR, from the binaries in
# BIN, for as long as its standard input is open; then it removes DIR.
#
# The other end of standard input is held by the test process alone. The
# system closes it however the process ends: by return, panic, timeout or
# SIGKILL. Nothing that the process would have to do itself is as certain.
dir=$1 bin=$2
shift 2

# Nobody reads what we print once the test process is gone. That must not end
# us before DIR is removed.
trap '' PIPE

leave() {
	cat "$dir/log" # to whoever waits for a server that did not start
	rm -rf "$dir"
	exit
}

"$bin/initdb" -D "$dir/data" -U postgres -A trust -N --encoding=UTF8 --locale=C \
	</dev/null >"$dir/log" 2>&1 || leave

# The socket directory must be given: the default one may be closed to us.
exec 3<&0
"$bin/postgres" -D "$dir/data" -k "$dir" -p 5432 -c listen_addresses= "$@" \
	</dev/null >"$dir/log" 2>&1 3<&- &
server=$!
{
	read -r _
	kill -TERM $server # ends a server that has no signal handlers yet
	kill -QUIT $server # ends one at once that still has clients
} <&3 2>/dev/null &
watch=$!

wait $server
kill $watch 2>/dev/null
leave
