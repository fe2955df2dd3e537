"""DynamoDB: point-in-time recovery keeps for how many days it reaches back."""

from __future__ import annotations

import functools
import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Item = dict[str, Any]
    Response = tuple[int, dict[str, str], bytes]

DEFAULT_DAYS = 35


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    dynamodb: Any = import_module("ministack.services.dynamodb")
    for name in ("_describe_continuous_backups", "_update_continuous_backups"):
        repaired = tell_recovery_days(getattr(dynamodb, name), dynamodb._tables.__getitem__)
        setattr(dynamodb, name, repaired)


def tell_recovery_days(
    backups: Callable[[Item], Response], table_named: Callable[[str], Item]
) -> Callable[[Item], Response]:
    """Wrap MiniStack's DescribeContinuousBackups or UpdateContinuousBackups.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html
    """

    @functools.wraps(backups)
    def run(data: Item) -> Response:
        status, headers, body = backups(data)
        if status != 200:
            return status, headers, body
        # A name, or an ARN that ends with it.
        table = table_named(data["TableName"].split("/")[-1])
        asked = data.get("PointInTimeRecoverySpecification", {})
        if asked.get("PointInTimeRecoveryEnabled"):
            table["recovery_days"] = asked.get("RecoveryPeriodInDays", DEFAULT_DAYS)
        answer = json.loads(body)
        recovery = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
        if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
            recovery["RecoveryPeriodInDays"] = table.get("recovery_days", DEFAULT_DAYS)
        return status, headers, json.dumps(answer).encode()

    return run
