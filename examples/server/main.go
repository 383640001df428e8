// Command server is the reference server of Stint: pages and a JSON API over an
// embedded SQLite file or PostgreSQL, and an import and a report on the command
// line. Run it with "help" to see how.
package main

import (
	"context"
	"os"
)

func main() {
	err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	os.Exit(exitCode(err, os.Stderr))
}
