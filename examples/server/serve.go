package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/seed-5be203e9/stint/examples/server/httpapi"
	"github.com/seed-5be203e9/stint/examples/server/web"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/timesheet"
	"github.com/seed-5be203e9/stint/timesheet/zone"
)

// serve runs until it is told to stop.
func (c console) serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	var store database
	store.flags(c, flags)
	listen := flags.String("listen", "127.0.0.1:8080", "")
	flags.StringVar(&store.name, "name", store.name, "")
	flags.StringVar(&store.zone, "zone", store.zone, "")
	cert, key := flags.String("tls-cert", "", ""), flags.String("tls-key", "", "")
	behind := flags.Bool("behind-tls", false, "")
	if err := c.parse(flags, args); err != nil {
		return err
	}
	if (*cert == "") != (*key == "") {
		return usage("serve: -tls-cert and -tls-key go together")
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	db, err := store.open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	log := slog.New(slog.NewTextHandler(c.err, nil))
	pages, err := newHandler(db, *cert != "" || *behind, log)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	defer l.Close()
	url := "http://" + l.Addr().String()
	if *cert != "" {
		url = "https://" + l.Addr().String()
	}
	if err := c.greet(ctx, db, url); err != nil {
		return err
	}
	return serveUntil(ctx, l, pages, *cert, *key, log)
}

// newHandler puts the pages and the API together.
func newHandler(db storage.DB, secure bool, log *slog.Logger) (http.Handler, error) {
	book := timesheet.Book{Zones: &zone.Zones{}}
	pages, err := web.New(web.Config{DB: db, Book: book, Secure: secure, Log: log})
	if err != nil {
		return nil, err
	}
	api, err := httpapi.New(httpapi.Config{DB: db, Who: pages.Who, Book: book, Log: log})
	if err != nil {
		return nil, err
	}
	return pages.Handler(api, "/api/", "/openapi.json"), nil
}

// greet prints where the server is, and how the first person gets in.
func (c console) greet(ctx context.Context, db opened, url string) error {
	token, err := enrolment(ctx, db)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Stint is running.\n\n  open    %s\n  data    %s\n", url, db.where)
	if token != "" {
		fmt.Fprintf(c.out, "  enrol   %s/enrol?token=%s\n\nNobody has enrolled yet: open the link to become the administrator. It works once, within 24 hours.\n", url, token)
	}
	_, err = fmt.Fprintln(c.out, "Press Ctrl-C to stop.")
	return err
}

// serveUntil serves until ctx ends and then lets requests finish.
func serveUntil(ctx context.Context, l net.Listener, h http.Handler, cert, key string, log *slog.Logger) error {
	s := &http.Server{
		Handler: h, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
	}
	done := make(chan error, 1)
	go func() {
		if cert != "" {
			done <- s.ServeTLS(l, cert, key)
			return
		}
		done <- s.Serve(l)
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
	defer cancel()
	if err := s.Shutdown(last); err != nil {
		return errors.Join(err, s.Close())
	}
	return nil
}
