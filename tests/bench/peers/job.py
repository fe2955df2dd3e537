"""What any other function begins with on Powertools: a logger, a model, its clients."""

from __future__ import annotations

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from models import Order

logger = Logger(service="orders")
make: Any = boto3.client
clients = [make(name) for name in os.environ["BENCH_CLIENTS"].split(",")]


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001
    """Take an order."""
    order = Order.model_validate(event["order"])
    return {"order": order.model_dump()}
