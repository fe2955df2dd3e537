"""What a cold start imports is known: a module or an AWS client more is somebody's decision.

``cold_starts.json`` has, by function, the clients that are made when it is imported, and the
modules that it imports beyond boto3's. After a change that is meant:
``python -m tests.unit.functions.test_cold_starts`` writes it anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tools.paths import FUNCTIONS, SHARED

LIST = Path(__file__).with_name("cold_starts.json")
NAMES = sorted(path.parent.name for path in FUNCTIONS.glob("*/app.py"))
ENVIRONMENT = {
    "ARCHIVE_AFTER_DAYS": "90",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "BUCKET_NAME": "records",
    "REPORT_PREFIX": "reports/",
    "STATE_MACHINE_ARN": "arn:aws:states:eu-central-1:123456789012:stateMachine:fulfilment",
    "TABLE_NAME": "orders",
    "TIME_ZONE": "Europe/Berlin",
    "TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:order-events",
}
# Those are told by the clients; typing_extensions is msgspec's where it is there, as for tools.
TOLD = {"boto3", "botocore", "s3transfer", "typing_extensions"}
PROGRAM = """
import json, sys
sys.modules["awscrt"] = None  # botocore takes it where it is there: here, and not in Lambda
import boto3, botocore.config, botocore.session
clients, create = [], botocore.session.Session.create_client
def counted(self, service, *given, **named):
    clients.append(service)
    return create(self, service, *given, **named)
botocore.session.Session.create_client = counted
boto3.client("sts")
clients.clear()
before = set(sys.modules)
import app
print(json.dumps([clients, sorted(set(sys.modules) - before - {"app"})]))
"""


@cache
def found(function: str) -> dict[str, list[str]]:
    """Return what a fresh interpreter imports and makes for a function."""
    path = os.pathsep.join([str(FUNCTIONS / function), str(SHARED)])
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=ENVIRONMENT | {"PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    clients, modules = json.loads(done.stdout)
    # A package's own submodules come with it, and what is private is the platform's.
    names = {name.partition(".")[0] for name in modules} - TOLD
    return {
        "clients": sorted(clients),
        "modules": sorted(name for name in names if not name.startswith("_")),
    }


def known() -> dict[str, Any]:
    lists: dict[str, Any] = json.loads(LIST.read_text())
    return lists


@pytest.mark.parametrize("function", NAMES)
def test_a_cold_start_imports_no_module_and_makes_no_client_that_is_not_listed(
    function: str,
) -> None:
    seen, listed = found(function), known()[function]
    more = sorted(set(seen["modules"]) - set(listed["modules"]))
    assert (more, seen["clients"]) == ([], listed["clients"]), (
        f"{function} imports more, or makes other clients, when it starts cold. Import it where it "
        f"is used; if it is meant: python -m tests.unit.functions.test_cold_starts"
    )


def test_every_function_is_listed() -> None:
    assert sorted(known()) == NAMES


@pytest.mark.parametrize("function", NAMES)
def test_what_is_listed_is_imported(function: str) -> None:
    # What of the standard library another takes along differs between versions of Python.
    listed = {name for name in known()[function]["modules"] if name not in sys.stdlib_module_names}
    assert listed <= set(found(function)["modules"])


if __name__ == "__main__":
    LIST.write_text(json.dumps({name: found(name) for name in NAMES}, indent=2) + "\n")
