"""Makes the calls to AWS that the event lists, with the permissions of the function's role."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError


@cache
def client(service: str) -> Any:  # noqa: ANN401  boto3's own type
    """Return a client of `service` as the function itself would make it."""
    return boto3.client(service)  # type: ignore[call-overload]


def handler(event: Any, context: Any) -> list[str | None]:  # noqa: ANN401, ARG001  Lambda's own
    """Return the code of the error that each call ended with, or None."""
    return [error_of(call) for call in event["calls"]]


def error_of(call: Any) -> str | None:  # noqa: ANN401  JSON
    """Make a call; return the code of the error that it ended with, or None."""
    try:
        getattr(client(call["service"]), call["operation"])(**call["parameters"])
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None
