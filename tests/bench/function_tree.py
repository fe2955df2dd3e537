"""Six functions to package: four of the standard library, one of Powertools, one of pydantic.

Tools that know no shared code find a copy of it in each function's folder.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STDLIB = '''\
"""Function {number}: the standard library and boto3."""
import json
import logging
import os

import boto3

import orders

logger = logging.getLogger()
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    """Answer."""
    order = orders.parse(json.loads(event["body"]))
    table.put_item(Item=order)
    return {{"statusCode": 201, "body": json.dumps(order)}}
'''
POWERTOOLS = '''\
"""An API by Powertools."""
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver

import orders

logger = Logger(service="orders")
app = LambdaFunctionUrlResolver()


@app.post("/orders")
def create():
    """Make an order."""
    return orders.parse(app.current_event.json_body), 201


def handler(event, context):
    """Answer."""
    return app.resolve(event, context)
'''
PYDANTIC = '''\
"""Validation by pydantic."""
from datetime import datetime

from pydantic import BaseModel, Field


class Item(BaseModel):
    """An item."""

    sku: str = Field(min_length=1)
    quantity: int = Field(gt=0)


class Order(BaseModel):
    """An order."""

    id: str
    at: datetime
    items: list[Item]


def handler(event, context):
    """Answer."""
    return Order.model_validate_json(event["body"]).model_dump(mode="json")
'''
SHARED = '''\
"""Orders: what functions share."""


def parse(order):
    """Return `order` with its total."""
    total = sum(item["price"] * item["quantity"] for item in order["items"])
    return {**order, "total": total}
'''
STDLIB_FUNCTION, POWERTOOLS_FUNCTION, PYDANTIC_FUNCTION = (
    "stdlib_1", "powertools_api", "pydantic_worker",
)  # fmt: skip


class Tree:
    """The six functions in a folder."""

    def __init__(self, root: Path, *, copies: bool, locks: dict[str, str] | None = None) -> None:
        self.root = root
        self._edits = 0
        sources = {f"stdlib_{n}": (STDLIB.format(number=n), "") for n in range(1, 5)}
        sources[POWERTOOLS_FUNCTION] = (POWERTOOLS, "aws-lambda-powertools>=3\n")
        sources[PYDANTIC_FUNCTION] = (PYDANTIC, "pydantic>=2\n")
        self.names = list(sources)
        (root / "shared").mkdir(parents=True)
        (root / "shared" / "orders.py").write_text(SHARED)
        for name, (source, wanted) in sources.items():
            folder = root / "functions" / name
            folder.mkdir(parents=True)
            (folder / "app.py").write_text(source)
            requirements = (locks or {}).get(name, wanted)
            if requirements or copies:
                (folder / "requirements.txt").write_text(requirements)
            if copies:
                (folder / "orders.py").write_text(SHARED)

    def edit(self, name: str) -> None:
        """Change a function inside its handler."""
        self._edits += 1
        path = self.root / "functions" / name / "app.py"
        head, handler, body = path.read_text().partition("def handler")
        line = f"    edit = {self._edits}\n    return "
        path.write_text(head + handler + re.sub(r"(    edit = \d+\n)*    return ", line, body))

    def locks(self) -> dict[str, str]:
        """Return what the packager has locked, by function, for others to install the same."""
        found = {}
        for name in self.names:
            lock = self.root / "functions" / name / "requirements.lock"
            if lock.is_file():
                pins = re.findall(r"^[A-Za-z0-9_.-]+==[^ ;\\\n]+", lock.read_text(), re.MULTILINE)
                found[name] = "\n".join(pins) + "\n"
        return found
