"""No secret stands in an environment variable."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


_NAME = re.compile(
    r"(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIALS?)$", re.IGNORECASE
)
_POINTER = re.compile(r"(?:ARN|NAME|ID|PATH|URL|TTL)$", re.IGNORECASE)
_REFERENCE = re.compile(r"arn:|/[\w/-]+$|true$|false$|\d{1,6}$|\{\{resolve:")
_KEY = re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\bghp_\w{36}\b")


@plan_rule(
    id="secret-in-environment",
    why="Whoever may read the function's configuration, the state or the plan reads the secret.",
    severity="error",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
)
def secret_in_environment(plan: Plan) -> Iterator[Broken]:
    """Find variables that are named for a secret, or hold a key."""
    for function in plan.of("aws_lambda_function"):
        for name, value in (function.get("environment", 0, "variables") or {}).items():
            text = str(value or "")
            named = _NAME.search(name) and not _POINTER.search(name) and not _REFERENCE.match(text)
            if text and (named or _KEY.search(text)):
                fix = "give the function the name of a secret or parameter, and a grant to read it"
                yield Broken(function, f"{name} holds a secret", fix)
