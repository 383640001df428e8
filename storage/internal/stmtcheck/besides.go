package stmtcheck

import "strings"

// Besides returns what else an UPDATE sets, ", x = null" and so on, so that a
// row keeps the rules of its table when one of its references changes: a
// binding has one subject, one role and one place.
func Besides(table, column string) string {
	if table != Prefix+"bindings" {
		return ""
	}
	set := ""
	others := func(columns ...string) {
		for _, c := range columns {
			if c != column {
				set += ", " + c + " = null"
			}
		}
	}
	switch column {
	case "membership_id", "group_id":
		others("membership_id", "group_id")
		set += ", everyone = false"
	case "role_id":
		set += ", role = ''"
	default:
		others("site_id", "client_id", "project_id", "place_group_id")
		set += ", place = '" + strings.TrimSuffix(strings.TrimPrefix(column, "place_"), "_id") + "'"
	}
	return set
}
