"""Moments as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timestamp import now, text_of


def test_now_is_between_before_and_after() -> None:
    before = datetime.now(UTC)
    said = now()
    assert before <= datetime.fromisoformat(said) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 24, 9, 5, 3, 42, tzinfo=UTC), "2026-11-24T09:05:03.000042Z"),
        (datetime(2026, 11, 24, tzinfo=UTC), "2026-11-24T00:00:00.000000Z"),
        (
            datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))),
            "2025-12-31T23:30:00.000000Z",
        ),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_a_moment_is_in_utc_with_all_its_digits(moment: datetime, text: str) -> None:
    assert text_of(moment) == text


moments = st.datetimes(timezones=st.just(UTC))


@given(moments, moments)
def test_text_sorts_as_time(one: datetime, other: datetime) -> None:
    assert (text_of(one) < text_of(other)) == (one < other)


@given(moments)
def test_text_is_of_one_length_and_means_the_moment(moment: datetime) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text_of(moment))
    assert datetime.fromisoformat(text_of(moment)) == moment
