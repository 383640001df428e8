"""Writes days.csv, local.csv and cuts.csv, with the zoneinfo module of Python.

Run it in its own directory: python3 vectors.py

The method is deliberately not that of the Go code. Days and cuts are found by
asking for the date of every single second. Local times are resolved by PEP 495
with fold=0, which takes the first of a repeated time and counts on from the
offset before a gap; a time is called skipped if it does not survive the round
trip through UTC, and repeated if fold=1 gives another instant.
"""
import collections
import csv
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOTE = "# Written by vectors.py, which says how. Do not edit.\n"


def unix(t):
    return (t - EPOCH) // timedelta(seconds=1)


def instant(sec):
    return (EPOCH + timedelta(seconds=sec)).strftime("%Y-%m-%dT%H:%M:%SZ")


def dates(zone, start, end):
    """The local date of every second from start up to end."""
    tz = ZoneInfo(zone)
    at, step = EPOCH + timedelta(seconds=start), timedelta(seconds=1)
    for sec in range(start, end):
        yield sec, at.astimezone(tz).date()
        at += step


def write(name, head, rows):
    with open(name, "w", newline="") as f:
        f.write(NOTE)
        out = csv.writer(f, lineterminator="\n")
        out.writerow(head)
        out.writerows(rows)


DAYS = """
UTC 2024-02-29 an ordinary day
Europe/Berlin 2024-01-15 an ordinary day
Europe/Berlin 2024-03-31 23 hours
Europe/Berlin 2024-10-27 25 hours
Europe/Berlin 1945-05-24 double summer time begins
Europe/Berlin 1893-04-01 local mean time ends
America/New_York 2024-03-10 23 hours
America/New_York 2024-11-03 25 hours
America/New_York 1883-11-18 local mean time ends
America/New_York 2060-03-14 a rule of the far future
America/New_York 2060-11-07 a rule of the far future
Australia/Lord_Howe 2024-10-06 23.5 hours
Australia/Lord_Howe 2024-04-07 24.5 hours
America/Sao_Paulo 2018-11-04 begins at 01:00
America/Sao_Paulo 2018-02-17 ends twice
America/Sao_Paulo 2018-02-18 after an end that came twice
Asia/Beirut 2022-03-27 begins at 01:00
Asia/Beirut 2022-10-29 ends twice
America/Havana 2024-03-10 begins at 01:00
America/Havana 2024-11-03 midnight comes twice
America/Toronto 1919-03-30 ends at 23:30
America/Toronto 1919-03-31 begins at 00:30
America/St_Johns 2006-04-02 jumps forward at 00:01
America/St_Johns 2006-10-28 goes on after the next day began
America/St_Johns 2006-10-29 begins; is interrupted; begins again
Pacific/Apia 2011-12-29 the day before the missing day
Pacific/Apia 2011-12-30 does not exist
Pacific/Apia 2011-12-31 the day after the missing day
Pacific/Apia 1892-07-04 comes twice
Pacific/Kwajalein 1993-08-21 does not exist
Pacific/Kwajalein 1993-08-22 the day after the missing day
Pacific/Kwajalein 1969-09-30 lasts almost two days
Antarctica/Troll 2024-03-31 22 hours
Antarctica/Troll 2024-10-27 26 hours
Africa/Casablanca 2024-03-10 Ramadan begins
Africa/Casablanca 2024-04-14 Ramadan is over
Europe/Dublin 2024-03-31 negative daylight saving ends
Europe/Dublin 2024-10-27 negative daylight saving begins
Europe/Dublin 2060-10-31 negative daylight saving by rule
Africa/Monrovia 1972-01-07 an offset with seconds ends
Asia/Kathmandu 1986-01-01 a quarter of an hour is skipped
"""


def days():
    for line in DAYS.split("\n")[1:-1]:
        zone, day, note = line.split(" ", 2)
        want = date.fromisoformat(day)
        midnight = unix(datetime(want.year, want.month, want.day, tzinfo=UTC))
        first, n = None, 0
        for sec, d in dates(zone, midnight - 86400, midnight + 3 * 86400):
            if first is None and d >= want:
                first = sec
            n += d == want
        yield zone, day, instant(first), n, note


LOCAL = """
Europe/Berlin 2024-01-15T12:00:00
Europe/Berlin 2024-03-31T01:59:59
Europe/Berlin 2024-03-31T02:00:00
Europe/Berlin 2024-03-31T02:30:00
Europe/Berlin 2024-03-31T03:00:00
Europe/Berlin 2024-10-27T01:59:59
Europe/Berlin 2024-10-27T02:00:00
Europe/Berlin 2024-10-27T02:30:00
Europe/Berlin 2024-10-27T03:00:00
Europe/Berlin 1893-04-01T00:03:00
Europe/Berlin 1850-01-01T00:00:00
America/New_York 2024-03-10T02:30:00
America/New_York 2024-11-03T01:30:00
America/New_York 1883-11-18T12:00:00
America/New_York 2060-03-14T02:15:00
America/New_York 2060-11-07T01:15:00
Australia/Lord_Howe 2024-10-06T02:15:00
Australia/Lord_Howe 2024-04-07T01:45:00
America/Sao_Paulo 2018-11-04T00:00:00
America/Sao_Paulo 2018-11-04T00:30:00
America/Sao_Paulo 2018-02-17T23:30:00
America/Sao_Paulo 2018-02-18T00:00:00
Asia/Beirut 2022-03-27T00:00:00
Asia/Beirut 2022-10-29T23:00:00
America/Havana 2024-11-03T00:00:00
America/Toronto 1919-03-31T00:00:00
America/St_Johns 2006-10-28T23:30:00
America/St_Johns 2006-10-29T00:00:30
America/St_Johns 2006-10-29T00:01:00
Pacific/Apia 2011-12-29T23:59:59
Pacific/Apia 2011-12-30T00:00:00
Pacific/Apia 2011-12-30T10:00:00
Pacific/Apia 2011-12-31T00:00:00
Pacific/Apia 1892-07-04T12:00:00
Pacific/Kwajalein 1993-08-21T12:00:00
Pacific/Kwajalein 1969-09-30T12:00:00
Antarctica/Troll 2024-03-31T01:30:00
Antarctica/Troll 2024-03-31T02:30:00
Antarctica/Troll 2024-10-27T01:30:00
Antarctica/Troll 2024-10-27T02:30:00
Africa/Casablanca 2024-03-10T02:30:00
Africa/Casablanca 2024-04-14T02:30:00
Europe/Dublin 2024-03-31T01:30:00
Europe/Dublin 2024-10-27T01:30:00
Europe/Dublin 2060-03-28T01:30:00
Europe/Dublin 2060-10-31T01:30:00
Africa/Monrovia 1972-01-07T00:00:10
Africa/Monrovia 1971-06-01T08:00:00
Asia/Kathmandu 1986-01-01T00:05:00
"""


def local():
    for line in LOCAL.split():
        if "/" in line:
            tz, zone = ZoneInfo(line), line
            continue
        wall = datetime.fromisoformat(line).replace(tzinfo=tz)
        first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
        kind = "exact"
        if first.astimezone(tz).replace(tzinfo=None) != wall.replace(tzinfo=None):
            kind = "skipped"
        elif first != second:
            kind = "repeated"
        yield zone, line, instant(unix(first)), kind


CUTS = """
UTC 2024-02-28T23:00:00Z 2024-03-01T01:00:00Z
Europe/Berlin 2024-01-15T08:00:00Z 2024-01-15T16:00:00Z
Europe/Berlin 2024-01-15T08:00:00Z 2024-01-15T23:00:00Z
Europe/Berlin 2024-01-15T23:00:00Z 2024-01-16T23:00:00Z
Europe/Berlin 2024-01-15T22:00:00Z 2024-01-16T05:00:00Z
Europe/Berlin 2024-01-15T22:59:59Z 2024-01-15T23:00:01Z
Europe/Berlin 2024-03-30T20:00:00Z 2024-03-31T23:30:00Z
Europe/Berlin 2024-10-26T20:00:00Z 2024-10-28T01:00:00Z
Europe/Berlin 2024-10-26T00:00:00Z 2024-11-02T00:00:00Z
Europe/Berlin 1893-03-31T20:00:00Z 1893-04-01T04:00:00Z
America/New_York 2024-03-10T03:00:00Z 2024-03-11T06:00:00Z
America/New_York 2024-11-03T02:00:00Z 2024-11-04T06:00:00Z
America/New_York 1969-12-31T20:00:00Z 1970-01-01T20:00:00Z
Australia/Lord_Howe 2024-10-05T12:00:00Z 2024-10-06T14:00:00Z
Australia/Lord_Howe 2024-04-06T12:00:00Z 2024-04-07T14:00:00Z
America/Sao_Paulo 2018-11-04T02:00:00Z 2018-11-04T04:00:00Z
America/Sao_Paulo 2018-02-18T00:00:00Z 2018-02-18T06:00:00Z
Asia/Beirut 2022-03-26T20:00:00Z 2022-03-27T22:00:00Z
America/Havana 2024-11-03T03:00:00Z 2024-11-04T06:00:00Z
America/Toronto 1919-03-31T03:00:00Z 1919-03-31T06:00:00Z
America/St_Johns 2006-10-29T02:00:00Z 2006-10-29T05:00:00Z
America/St_Johns 2006-10-29T02:30:10Z 2006-10-29T03:40:00Z
Pacific/Apia 2011-12-29T10:00:00Z 2012-01-01T12:00:00Z
Pacific/Apia 1892-07-04T08:00:00Z 1892-07-06T20:00:00Z
Pacific/Kwajalein 1993-08-20T00:00:00Z 1993-08-22T18:00:00Z
Antarctica/Troll 2024-03-30T12:00:00Z 2024-04-01T12:00:00Z
Antarctica/Troll 2024-10-26T12:00:00Z 2024-10-28T12:00:00Z
Africa/Casablanca 2024-03-09T12:00:00Z 2024-03-11T12:00:00Z
Europe/Dublin 2024-03-30T12:00:00Z 2024-04-01T12:00:00Z
Africa/Monrovia 1972-01-06T12:00:00Z 1972-01-08T12:00:00Z
"""


def cuts():
    for line in CUTS.split("\n")[1:-1]:
        zone, start, end = line.split()
        at = [unix(datetime.fromisoformat(t)) for t in (start, end)]
        n = collections.Counter(d for _, d in dates(zone, *at))
        yield zone, start, end, " ".join(f"{d}={n[d]}" for d in sorted(n))


if __name__ == "__main__":
    write("days.csv", ["zone", "day", "start", "seconds", "note"], days())
    write("local.csv", ["zone", "local", "instant", "kind"], local())
    write("cuts.csv", ["zone", "start", "end", "slices"], cuts())
