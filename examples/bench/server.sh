# Runs a PostgreSQL in a new directory, whose name it prints, until standard
# input ends; then removes the directory. Safety against crashes is off: what
# is compared runs on the same server.
trap '' INT TERM PIPE
dir=$(mktemp -d /tmp/stint-bench-XXXXXX) || exit
trap 'rm -rf "$dir"' EXIT
export HOME="$dir" LC_ALL=C
initdb -D "$dir/data" -U postgres -A trust -N --encoding=UTF8 --locale=C </dev/null >"$dir/log" 2>&1 || { cat "$dir/log" >&2; exit 1; }
postgres -D "$dir/data" -k "$dir" -F -c listen_addresses= -c synchronous_commit=off -c full_page_writes=off \
	-c shared_buffers=512MB -c max_wal_size=4GB -c checkpoint_timeout=1h -c autovacuum=off </dev/null >"$dir/log" 2>&1 &
server=$!
echo "$dir"
read -r _
kill -QUIT $server
wait $server
