"""Moments as orders have them: ISO 8601 in UTC with microseconds, so that text sorts as time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> str:
    """Return this moment."""
    return text_of(datetime.now(UTC))


def text_of(moment: datetime) -> str:
    """Return `moment`, which knows its zone, as text."""
    # Not by strftime: its %Y has fewer than four digits for the first years, as Linux writes it.
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
