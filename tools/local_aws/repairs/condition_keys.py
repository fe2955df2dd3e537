"""IAM: condition keys of services that policies of a deployment have, and MiniStack does not know.

``iam:PermissionsBoundary``, of the request where that names one and of the role otherwise; and
``lambda:FunctionArn``, the function of an event source mapping.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
"""

from __future__ import annotations

import functools
import json
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from collections.abc import Callable

# What names the boundary in the request, and what is about a role that has one or none.
NAMES_BOUNDARY = {"iam:CreateRole", "iam:PutRolePermissionsBoundary"}
HAS_BOUNDARY = {
    "iam:AttachRolePolicy", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy", "iam:PutRolePolicy",
}  # fmt: skip
MAPPING = "lambda:CreateEventSourceMapping"


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    iam_actions: Any = import_module("ministack.core.iam_actions")
    iam_actions.request_tag_context = with_keys(iam_actions.request_tag_context)


def with_keys(context_of: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Wrap MiniStack's reading of a request's condition keys: it reads these too."""

    @functools.wraps(context_of)
    def run(service: str, action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        context = context_of(service, action, body, params)
        if action in NAMES_BOUNDARY | HAS_BOUNDARY:
            boundary = _boundary(action, parse_qs(body.decode("utf-8", "replace")))
            return context | ({"iam:PermissionsBoundary": boundary} if boundary else {})
        if action == MAPPING:
            return context | {"lambda:FunctionArn": _function_arn(body)}
        return context

    return run


def _boundary(action: str, form: dict[str, list[str]]) -> str | None:
    if action in NAMES_BOUNDARY:
        return form.get("PermissionsBoundary", [None])[0]
    iam: Any = import_module("ministack.services.iam")
    responses: Any = import_module("ministack.core.responses")
    name = form.get("RoleName", [""])[0]
    role = iam._roles.get_scoped(responses.get_account_id(), None, name) or {}
    boundary: str | None = role.get("PermissionsBoundary")
    return boundary


def _function_arn(body: bytes) -> str:
    """Return the function of a new mapping, which is named by its name or ARN."""
    try:
        named = str(json.loads(body).get("FunctionName", ""))
    except ValueError:
        return ""
    if named.startswith("arn:"):
        return named
    responses: Any = import_module("ministack.core.responses")
    account, region = responses.get_account_id(), responses.get_region()
    return f"arn:aws:lambda:{region}:{account}:function:{named}"
