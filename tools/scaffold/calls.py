"""A function of an applied environment, called with the event of its test."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from tools.local_aws import server
from tools.operations.aws import Aws, wants_local
from tools.scaffold.changes import ScaffoldError
from tools.scaffold.environments import VALUES, value
from tools.scaffold.functions import check_name

if TYPE_CHECKING:
    from pathlib import Path

# A function may take 900 s; boto3 would give up after 60, and invoke it again.
ONCE = Config(read_timeout=910, retries={"total_max_attempts": 1}, tcp_keepalive=True)


def call(root: Path, name: str, env: str) -> bool:
    """Invoke the alias live of a function; print what it answers, and tell whether it did well.

    Raises
    ------
    ScaffoldError
        There is no event, or no such function in the environment.
    LocalAwsError
        The local AWS is wanted and does not run.
    """
    check_name(name)
    event = root / "tests" / "unit" / "functions" / name / "event.json"
    if not event.is_file():
        raise ScaffoldError(
            f"NAME is {name!r}, and there is no {event.relative_to(root)}: write the event that "
            "it is to get there"
        )
    _check_env(root, env)
    prefix, region = value(root, env, "prefix"), value(root, env, "region")
    local = env == "local" or wants_local()
    aws = Aws(server.require() if local else None, region)
    where = aws.where
    function = f"{prefix}-{name.replace('_', '-')}"
    try:
        client = aws.client("lambda", ONCE)
        answer = client.invoke(FunctionName=function, Qualifier="live", Payload=event.read_bytes())
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceNotFoundException":
            raise ScaffoldError(f"{function} on {where}: {error}") from error
        also = " AWS=local" if local and env != "local" else ""
        raise ScaffoldError(
            f"{function} is not on {where}: make apply ENV={env}{also}, then call again"
        ) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise ScaffoldError(f"{where}: {error}. Sign in, or set AWS_PROFILE") from error
    except BotoCoreError as error:
        raise ScaffoldError(f"{where}: {error}") from error
    print(f"call: {function} on {where}, with {event.relative_to(root)}")
    print(json.dumps(json.loads(answer["Payload"].read()), indent=2, ensure_ascii=False))
    return "FunctionError" not in answer


def _check_env(root: Path, env: str) -> None:
    if not (root / "envs" / env / VALUES).is_file():
        values = sorted(root.glob(f"envs/*/{VALUES}"))
        there = [p.parent.name for p in values if "\nprefix " in p.read_text()]
        raise ScaffoldError(f"ENV is {env!r}: give one of {', '.join(there)}")
