"""What a schedule or a person asks a job to do. Pure: no AWS, no clock.

A schedule says when it was due, ``{"scheduled_at": "2026-11-25T01:00:00Z"}``: that moment stays the
same in every retry. A person names a day, ``{"day": "2026-11-24"}``, or the first and the last of
several, ``{"from": "2026-11-01", "to": "2026-11-24"}``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from msgspec import Struct

MAX_DAYS = 31


class InvalidScheduleEventError(Exception):
    """The event is none that a job takes; the message says why and what it takes."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f'{why}. Give {{"scheduled_at": "2026-11-25T01:00:00Z"}}, {{"day": "2026-11-24"}} or '
            f'{{"from": "2026-11-01", "to": "2026-11-24"}}'
        )


class Due(Struct, frozen=True):
    """A schedule was due at a moment."""

    at: datetime


class Days(Struct, frozen=True):
    """Somebody wants these days, from `first` to `last`."""

    first: date
    last: date


def read_schedule_event(event: Any) -> Due | Days:  # noqa: ANN401  whatever invokes the function
    """Return what `event` asks for.

    Raises
    ------
    InvalidScheduleEventError
        It is no such event.
    """
    if not isinstance(event, dict):
        raise InvalidScheduleEventError(f"The event is no object but {_shown(event)}")
    match sorted(event):
        case ["scheduled_at"]:
            return Due(_moment(event["scheduled_at"]))
        case ["day"]:
            day = _day("day", event["day"])
            return Days(day, day)
        case ["from", "to"]:
            return _days(_day("from", event["from"]), _day("to", event["to"]))
        case names:
            raise InvalidScheduleEventError(f"The event has the fields {_shown(names)}")


def _days(first: date, last: date) -> Days:
    if not 0 <= (last - first).days < MAX_DAYS:
        count = (last - first).days + 1
        raise InvalidScheduleEventError(
            f"From {first} to {last} are {count} days, and a run takes 1 to {MAX_DAYS}"
        )
    return Days(first, last)


def _moment(text: Any) -> datetime:  # noqa: ANN401  any JSON
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        moment = None
    # Far enough from the ends of the calendar for every time zone and for the day before.
    if moment is None or moment.tzinfo is None or not 1970 <= moment.year < 9999:
        raise InvalidScheduleEventError(f"scheduled_at is {_shown(text)}, no moment with its zone")
    return moment


def _day(name: str, text: Any) -> date:  # noqa: ANN401  any JSON
    try:
        day = date.fromisoformat(text)
    except (TypeError, ValueError):
        day = None
    # Python reads more ways to write a day than one.
    if day is None or day.isoformat() != text or not 1970 <= day.year < 9999:
        raise InvalidScheduleEventError(f"{name} is {_shown(text)}, no day of the calendar")
    return day


def _shown(value: Any) -> str:  # noqa: ANN401  any JSON
    return repr(value)[:100]
