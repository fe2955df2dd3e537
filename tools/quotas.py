"""What AWS allows, as docs/data/quotas.json has it: the one place of each figure."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass

from tools import paths

FILE = paths.ROOT / "docs" / "data" / "quotas.json"


@dataclass(frozen=True)
class Quota:
    """One figure: what it bounds, where AWS says so, and when that was read."""

    id: str
    what: str
    value: int
    unit: str
    can_be_raised: bool
    source: str
    read: str
    note: str = ""


@functools.cache
def quotas() -> dict[str, Quota]:
    """Return every quota by its id."""
    return {one["id"]: Quota(**one) for one in json.loads(FILE.read_text())}


def value(quota: str) -> int:
    """Return the figure of a quota, as ``value("lambda.concurrency")``."""
    return quotas()[quota].value
