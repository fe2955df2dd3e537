"""A function of an applied environment, called with the event of its test."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import boto3

from tools.local_aws import server
from tools.scaffold.changes import ScaffoldError
from tools.scaffold.functions import check_name
from tools.terraform.environments import environment

if TYPE_CHECKING:
    from pathlib import Path


def call(root: Path, name: str, env: str) -> bool:
    """Invoke the alias live of a function; print what it answers, and tell whether it did well.

    Raises
    ------
    ScaffoldError
        There is no event, or the function is not applied.
    """
    check_name(name)
    event = root / "tests" / "unit" / "functions" / name / "event.json"
    if not event.is_file():
        raise ScaffoldError(f"NAME is {name!r}, and {event.relative_to(root)} is not there")
    local = os.environ.get("AWS", "").lower() == "local"
    applied = environment(env, on=server.require() if local else None)
    applied.init()
    known = applied.terraform.outputs().get("functions", {})
    if name not in known:
        raise ScaffoldError(f"{name} is not in envs/{env} yet: make apply ENV={env}")
    client = applied.local.client("lambda") if applied.local else boto3.client("lambda")
    answer = client.invoke(FunctionName=known[name], Qualifier="live", Payload=event.read_bytes())
    print(f"call: {known[name]} on {applied.target}, with {event.relative_to(root)}")
    print(json.dumps(json.loads(answer["Payload"].read()), indent=2, ensure_ascii=False))
    return "FunctionError" not in answer
