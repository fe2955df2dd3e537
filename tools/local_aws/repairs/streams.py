"""Streams of tables: a failed batch is retried as its mapping says, in halves, and by parts.

MiniStack tries a failed batch without end, and takes a partial answer for success.
"""

from __future__ import annotations

import json
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    lambda_svc: Any = import_module("ministack.services.lambda_svc")
    dynamodb: Any = import_module("ministack.services.dynamodb")
    lambda_svc._execute_function = StreamRetries(lambda_svc, dynamodb).execute


class StreamRetries:
    """Wrap MiniStack's executor: a batch of a table's stream is retried the way Lambda does it.

    MiniStack takes a partial answer for success and tries a failed batch without end. Here what
    came before the first failed record is done, a failed batch is halved where the mapping says
    so, and is told to the failure destination when its retries are used up.

    Parameters
    ----------
    lambda_svc, dynamodb
        MiniStack's modules.
    """

    def __init__(self, lambda_svc: Any, dynamodb: Any) -> None:  # noqa: ANN401  MiniStack's
        self._lambda = lambda_svc
        self._dynamodb = dynamodb
        self._execute: Callable[[Any, Any], dict[str, Any]] = lambda_svc._execute_function
        # By mapping: first record of the batch, how many were tried at once, how often that failed.
        self._tries: dict[str, tuple[str, int, int]] = {}

    def execute(self, function: Any, event: Any) -> dict[str, Any]:  # noqa: ANN401  MiniStack's
        """Run a function; a batch of a table's stream as far as its mapping's tries go."""
        records = event.get("Records") if isinstance(event, dict) else None
        if not records or records[0].get("eventSource") != "aws:dynamodb":
            return self._execute(function, event)
        mapping = self._mapping(function, records[0]["eventSourceARN"])
        if mapping is None:
            return self._execute(function, event)
        first, size, failures = self._tries.get(mapping["UUID"], ("", 0, 0))
        if first != records[0]["eventID"]:
            size, failures = len(records), 0
        batch = records[:size]
        result = self._execute(function, {"Records": batch})
        done = 0 if result.get("error") else _done(batch, result.get("body"))
        if done == len(records):
            self._tries.pop(mapping["UUID"], None)
            return result
        if done == 0 and len(batch) > 1 and mapping.get("BisectBatchOnFunctionError"):
            size = len(batch) // 2
        elif done == 0:
            failures += 1
        if done == 0 and failures > mapping.get("MaximumRetryAttempts", -1) >= 0:
            self._lambda._send_ddb_stream_failure_record(
                mapping, function, batch, batch[0]["eventSourceARN"], result,
                "RetryAttemptsExhausted",
            )  # fmt: skip
            done = len(batch)
        if done:
            self._move_on(mapping, batch[done - 1])
            self._tries.pop(mapping["UUID"], None)
        else:
            self._tries[mapping["UUID"]] = (records[0]["eventID"], size, failures)
        # The poller asks again from where the mapping stands now.
        return {"error": True, "body": {"errorType": "Stream", "errorMessage": f"{done} done"}}

    def _mapping(self, function: Any, stream: str) -> dict[str, Any] | None:  # noqa: ANN401
        name = (function.get("config") or function)["FunctionName"]
        found = [m for m in self._lambda._esms.values()
                 if (m["EventSourceArn"], m["FunctionName"]) == (stream, name)]  # fmt: skip
        return found[0] if found else None

    def _move_on(self, mapping: dict[str, Any], record: dict[str, Any]) -> None:
        """Set the mapping behind `record`, counted among those that its filter left out too."""
        table = record["eventSourceARN"].split("/")[1]
        with self._lambda._dynamodb_stream_positions_lock:
            positions = self._lambda._dynamodb_stream_positions
            position = positions[mapping["UUID"]]
            raw = self._dynamodb.stream_records_since(table, position, mapping["BatchSize"])
            ids = [one["eventID"] for one in raw]
            positions[mapping["UUID"]] = position + ids.index(record["eventID"]) + 1


def _done(batch: list[dict[str, Any]], body: Any) -> int:  # noqa: ANN401  any JSON
    """Return how many records of a batch come before the first that a partial answer names."""
    answer = json.loads(body) if isinstance(body, str) and body else body
    failures = answer.get("batchItemFailures") if isinstance(answer, dict) else None
    failed = {failure.get("itemIdentifier") for failure in failures or []}
    numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
    if failed - set(numbers):  # an empty or unknown number fails the batch
        return 0
    return next((i for i, number in enumerate(numbers) if number in failed), len(batch))
