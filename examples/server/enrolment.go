package main

import (
	"context"

	"github.com/seed-5be203e9/stint/access"
	"github.com/seed-5be203e9/stint/access/system"
	"github.com/seed-5be203e9/stint/storage"
	"github.com/seed-5be203e9/stint/tenancy"
	"github.com/seed-5be203e9/stint/tenancy/admin"
)

// enrolment returns a one-time token for the first administrator of the first
// domain as long as nobody has enrolled, and "" afterwards.
func enrolment(ctx context.Context, db opened) (token string, err error) {
	if db.token != "" {
		return db.token, nil
	}
	var first tenancy.DomainID
	err = db.Installation(ctx, system.Because("enrolment at start-up"), func(ctx context.Context, in storage.Installation) error {
		first = tenancy.DomainID{}
		logins, err := in.Logins().List(ctx, in.Who().Sees(admin.ViewLogin), access.Query{Limit: 1})
		if err != nil || len(logins.Rows) > 0 {
			return err
		}
		domains, err := in.Domains().List(ctx, in.Who().Sees(admin.ViewDomain), access.Query{Limit: 1})
		if err == nil && len(domains.Rows) > 0 {
			first = domains.Rows[0].ID
		}
		return err
	})
	if err != nil || first.IsZero() {
		return "", err
	}
	m, err := findMember(ctx, db, first, "")
	if err != nil || m.Account.IsZero() {
		return "", err
	}
	err = db.Installation(ctx, system.Because("enrolment at start-up"), func(ctx context.Context, i storage.Installation) error {
		token, err = admin.IssueEnrolment(ctx, i, m.Account, first)
		return err
	})
	return token, err
}
