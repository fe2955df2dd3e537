"""Local days: whole, without a gap or an overlap between them, whatever the clocks do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_day import DAY, day_before, days_between, span_of, utc_days_of

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
days = st.dates(date(1971, 1, 1), date(2100, 1, 1))


def length(day: date, zone: ZoneInfo) -> timedelta:
    first, end = map(datetime.fromisoformat, span_of(day, zone))
    return end - first


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 11, 24), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        # Clocks that skip midnight itself, or come back to it.
        ("Africa/Cairo", date(2026, 4, 24), 23),
        ("America/Havana", date(2026, 11, 1), 25),
        ("Asia/Beirut", date(2026, 3, 29), 23),
        # A day that Samoa never had.
        ("Pacific/Apia", date(2011, 12, 30), 0),
    ],
)
def test_a_day_is_as_long_as_on_the_wall(zone: str, day: date, hours: float) -> None:
    assert length(day, ZoneInfo(zone)) == timedelta(hours=hours)


@given(zone=zones, day=days)
def test_a_day_begins_where_the_one_before_it_ended(zone: ZoneInfo, day: date) -> None:
    assert span_of(day - DAY, zone)[1] == span_of(day, zone)[0]


@given(zone=zones, day=days)
def test_the_day_before_the_end_of_a_day_is_that_day(zone: ZoneInfo, day: date) -> None:
    first, end = span_of(day, zone)
    if first < end:
        assert day_before(datetime.fromisoformat(end), zone) >= day


@given(zone=zones, day=days)
def test_the_days_in_utc_hold_the_whole_span(zone: ZoneInfo, day: date) -> None:
    first, end = span_of(day, zone)
    touched = utc_days_of((first, end))
    assert touched[0].isoformat() == first[:10]
    assert touched[-1].isoformat() <= end[:10] <= (touched[-1] + DAY).isoformat()


def test_days_between_has_both_ends() -> None:
    found = days_between(date(2026, 2, 27), date(2026, 3, 1))
    assert [day.day for day in found] == [27, 28, 1]
