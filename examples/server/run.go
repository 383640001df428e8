package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// console is what a command talks to.
type console struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
}

// run is the program. Without a command it serves.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) error {
	c := console{stdin, stdout, stderr, getenv}
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	switch name {
	case "serve":
		return c.serve(ctx, args)
	case "import":
		return c.importFile(ctx, args)
	case "report":
		return c.report(ctx, args)
	case "help":
		_, err := io.WriteString(c.out, help)
		return err
	}
	return usage("command %q: must be serve, import, report or help", name)
}

// usageError is a command line that makes no sense.
type usageError string

func (e usageError) Error() string { return string(e) }

func usage(format string, a ...any) error { return usageError(fmt.Sprintf(format, a...)) }

// errRefused says that rows were refused; they have been printed.
var errRefused = errors.New("some rows were refused")

// exitCode prints an error and returns the status to exit with: 2 for a command
// line that makes no sense, 1 for everything else that went wrong.
func exitCode(err error, stderr io.Writer) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errRefused):
		return 1
	}
	if u, ok := errors.AsType[usageError](err); ok {
		fmt.Fprintf(stderr, "%s\nTry: go run ./examples/server help\n", u)
		return 2
	}
	fmt.Fprintf(stderr, "error: %s\n", err)
	return 1
}

// parse reads flags, and exactly as many arguments after them as are named.
func (c console) parse(flags *flag.FlagSet, args []string, names ...string) error {
	flags.SetOutput(io.Discard)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(c.out, help)
		return err
	}
	if err != nil {
		return usage("%s: %s", flags.Name(), err)
	}
	if flags.NArg() < len(names) {
		return usage("%s: %s is missing", flags.Name(), names[flags.NArg()])
	}
	if flags.NArg() > len(names) {
		return usage("%s: %q is too much: flags come before %s", flags.Name(), flags.Arg(len(names)), strings.Join(append(names, "the end"), ", "))
	}
	return nil
}
