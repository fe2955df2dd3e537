"""The plans' inventories, for what is added: how many of a type there are, and whose names."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FOLDER = "tests/plan/inventories"
_ALARM = "aws_cloudwatch_metric_alarm"


def of_order_service(root: Path) -> Iterator[str]:
    """Yield the paths of the inventories of plans that have the order service."""
    for path in sorted((root / FOLDER).rglob("*.yaml")):
        if "\n  module.order_service." in path.read_text():
            yield str(path.relative_to(root))


def with_more(text: str, adds: Mapping[str, int]) -> str:
    """Return an inventory that counts more; alarms only where the plan has any."""
    inventory: dict[str, Any] = yaml.safe_load(text)
    counts: Counter[str] = Counter(inventory["counts"])
    counts.update({kind: n for kind, n in adds.items() if kind != _ALARM or _ALARM in counts})
    inventory["counts"] = dict(sorted(counts.items()))
    return yaml.safe_dump(inventory, sort_keys=False, width=100)
