package main

// help is what "help" prints.
const help = `Stint reference server

  server [serve] [flags]           serve pages and the API (the default)
      -listen ADDRESS              where (127.0.0.1:8080)
      -name NAME                   of the first domain and site, when there is none yet (Home)
      -zone ZONE                   their IANA time zone (TZ, or else UTC)
      -tls-cert FILE -tls-key FILE serve TLS
      -behind-tls                  a proxy in front speaks TLS: mark cookies secure

  server import [flags] FILE.csv   bring time in; "-" reads standard input
      -format toggl|intervals      what the file is (told from its header)
      -zone ZONE                   zone of its local times, such as Europe/Berlin (required)
      -dates LAYOUT                how dates are written (2006-01-02), such as 02/01/2006
      -create-people               add people who are not here yet
      -dry-run                     check every row and keep nothing

  server report [flags]            sum time up
      -by LIST                     what to group by, in order (project): site, client, project, task,
                                   activity, person, billable, and one of day, week, month
      -from DAY -to DAY            first and last day, such as 2021-04-05 (no bound)
      -csv | -json                 instead of a table

  server help                      this text

Import and report take:
      -as EMAIL                    act as this member (the first administrator)
      -host HOSTNAME               at the site with this hostname (the only one)
      -site NAME                   at the site with this name

Every command takes:
      -data DIR_OR_FILE            the SQLite file, or the directory of stint.db (./stint-data, STINT_DATA)
      -database URL                PostgreSQL instead, as postgres://user@host/name (STINT_DATABASE)

The exit code is 1 if something failed or a row was refused, and 2 for a command line that makes no sense.
`
