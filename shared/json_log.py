"""One JSON object a line to standard output, which Lambda sends to CloudWatch Logs as it is.

Only what is given is written: never a body, a header's value or a key.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from time import gmtime, strftime, time_ns
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

_LEVELS = ("TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL")
# Set by Lambda from the function's logging configuration:
# https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html
_least = _LEVELS.index(os.environ.get("AWS_LAMBDA_LOG_LEVEL", "INFO"))
_encode = msgspec.json.Encoder().encode
_bound: dict[str, str] = {}


def bind(correlation_id: str | None) -> None:
    """Let every line from here on tell what it belongs to.

    Parameters
    ----------
    correlation_id
        Id of the request to the API, or of the file, from which all of it came; None for not known.
    """
    if correlation_id is None:
        _bound.pop("correlation_id", None)
    else:
        _bound["correlation_id"] = correlation_id


def log(level: str, message: str, **fields: str | float | Mapping[str, str] | None) -> None:
    """Write one line, unless `level` is below the function's own.

    Parameters
    ----------
    level
        TRACE, DEBUG, INFO, WARN, ERROR or FATAL.
    message
        What happened, the same words each time.
    fields
        What tells this time from others.
    """
    if _LEVELS.index(level) < _least:
        return
    seconds, nanoseconds = divmod(time_ns(), 1_000_000_000)
    line = {
        "timestamp": f"{_text_of(seconds)}.{nanoseconds // 1_000_000:03d}Z",
        "level": level,
        "message": message,
        **_bound,
        **fields,
    }
    sys.stdout.write(_encode(line).decode() + "\n")
    sys.stdout.flush()


@lru_cache(maxsize=1)
def _text_of(seconds: int) -> str:
    # The lines of a batch are of one second mostly.
    return strftime("%Y-%m-%dT%H:%M:%S", gmtime(seconds))
