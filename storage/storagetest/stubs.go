package storagetest

import "github.com/seed-5be203e9/stint/timesheet/zone"

func overlapTests() []test { return nil }
func eventTests() []test   { return nil }
func reportTests() []test  { return nil }

var monday = func() zone.Day { d, _ := zone.Date(2024, 3, 4); return d }()
