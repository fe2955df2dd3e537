"""IAM policies in a plan: what a role may do, and whom a resource lets in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tools.lint.plan import Plan, Reference, Resource

_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_NETWORK = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces",
            "ec2:DeleteNetworkInterface")  # fmt: skip
_STREAM = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
# https://docs.aws.amazon.com/lambda/latest/dg/permissions-managed-policies.html
_MANAGED: dict[str, tuple[str, ...]] = {
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaDynamoDBExecutionRole": (*_LOGS, *(f"dynamodb:{one}" for one in _STREAM)),
    "AWSLambdaKinesisExecutionRole": (*_LOGS, "kinesis:ListShards",
                                      *(f"kinesis:{one}" for one in _STREAM)),
    "AWSLambdaSQSQueueExecutionRole": (*_LOGS, "sqs:ReceiveMessage", "sqs:DeleteMessage",
                                       "sqs:GetQueueAttributes"),
    "AWSLambdaVPCAccessExecutionRole": (*_LOGS, *_NETWORK),
    "AWSXRayDaemonWriteAccess": ("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
}  # fmt: skip
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
SOURCES = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths",
           "aws:principalorgid")  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, with every element as a list."""

    allow: bool
    actions: list[str]
    resources: list[str]
    principals: dict[str, list[str]]
    conditions: dict[str, dict[str, list[str]]]
    excluding: bool

    def does(self, action: str) -> bool:
        """Whether it covers an action."""
        return any(matches(one, action) for one in self.actions)

    def reaches(self, arn: str) -> bool:
        """Whether it covers a resource."""
        return any(matches(one, arn) for one in self.resources)

    def admits(self, service: str) -> bool:
        """Whether its principal is a service, or everybody."""
        return service in self.principals.get("Service", []) or self.open

    @property
    def open(self) -> bool:
        """Whether everybody is its principal."""
        return "*" in self.principals.get("AWS", [])

    @property
    def condition_keys(self) -> set[str]:
        """The keys of its conditions, in small letters."""
        return {key.lower() for keys in self.conditions.values() for key in keys}


def matches(pattern: str, text: str) -> bool:
    """Whether a text fits a pattern of IAM: ``*`` and ``?``, in any case."""
    parts = re.split(r"([*?])", pattern)
    wild = {"*": ".*", "?": "."}
    regex = "".join(wild.get(part, re.escape(part)) for part in parts)
    return bool(re.fullmatch(regex, text, re.IGNORECASE | re.DOTALL))


def statements(text: str) -> list[Statement]:
    """Read a policy; one that is no policy has no statement."""
    try:
        policy = json.loads(text)
    except ValueError:
        return []
    found = policy.get("Statement", []) if isinstance(policy, dict) else []
    return [_statement(one) for one in (found if isinstance(found, list) else [found])]


def _statement(raw: dict[str, Any]) -> Statement:
    principal = raw.get("Principal", {})
    principals = {"AWS": ["*"]} if principal == "*" else principal
    return Statement(
        allow=raw.get("Effect") == "Allow",
        actions=_listed(raw.get("Action", [])),
        resources=_listed(raw.get("Resource", [])),
        principals={kind: _listed(who) for kind, who in principals.items()},
        conditions={
            operator: {key: _listed(value) for key, value in keys.items()}
            for operator, keys in raw.get("Condition", {}).items()
        },
        excluding=any(key in raw for key in ("NotAction", "NotResource", "NotPrincipal")),
    )


def _listed(value: Any) -> list[str]:  # noqa: ANN401 (JSON)
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


@dataclass
class Permissions:
    """What a role may do.

    Attributes
    ----------
    statements
        Of the policies whose text is known.
    unknown
        What the policies refer to whose text is known after apply only.
    strings
        What the text of those is made of, as far as it is written.
    sealed
        Whether a policy is attached of which nothing is known here.
    note
        Notes that an answer is yes since it cannot be told.
    """

    statements: list[Statement] = field(default_factory=list)
    unknown: set[Reference] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    sealed: bool = False
    unread: bool = False
    note: Callable[[], None] = lambda: None

    def allows(self, action: str, target: Resource | None, arn: str = "") -> bool:
        """Whether the role may do it, or that cannot be said.

        Parameters
        ----------
        action
            Such as ``sqs:SendMessage``.
        target
            The resource, if it is in the plan.
        arn
            Its ARN, where it is known; else what names it in an ARN is looked for.
        """
        if any(
            one.allow
            and (one.does(action) or one.excluding)
            and (one.excluding or _covers(one, target, arn))
            for one in self.statements
        ):
            return True
        if self.sealed or (self.unread and self._may_reach(action, target)):
            self.note()
            return True
        return False

    def _may_reach(self, action: str, target: Resource | None) -> bool:
        """Whether a policy that is known after apply only can be of a resource."""
        if target is None or not self.unknown:
            return True
        if any(one[:2] == (target.modules, f"{target.type}.{target.name}") for one in self.unknown):
            return True
        return any(_may_be_of(action.partition(":")[0], one) for one in self.strings)


def _may_be_of(service: str, text: str) -> bool:
    """Whether a string is an ARN, as it is written, of a service."""
    parts = text.split(":")
    return text == "*" or (
        parts[0] == "arn" and (len(parts) < 3 or parts[2] in {service, "*", "\0"})
    )


def _covers(statement: Statement, target: Resource | None, arn: str) -> bool:
    from tools.lint.plan import is_named  # noqa: PLC0415 (they know each other)

    if arn and statement.reaches(arn):
        return True
    if target is None:
        return not arn
    return any(
        one == "*" or is_named(target, one) or is_named(target, re.sub(r"[:/]\*$", "", one))
        for one in statement.resources
    )


def permissions(plan: Plan, role: Resource) -> Permissions:
    """Return what a role of the plan may do."""
    found = Permissions(note=lambda: plan.note(role, "policy"))
    for position, inline in enumerate(role.parts("inline_policy")):
        if inline.get("policy"):
            found.statements += statements(str(inline["policy"]))
        elif role.says("inline_policy", position, "policy"):
            found.unread = True
            found.unknown |= plan.origins(role, "inline_policy", position, "policy")
    for policy in plan.of("aws_iam_role_policy"):
        if role in plan.named(policy, "role"):
            _add(plan, found, policy)
    _attached(plan, role, found)
    for arn in role.get("managed_policy_arns") or []:
        _managed(found, str(arn))
    return found


def _attached(plan: Plan, role: Resource, found: Permissions) -> None:
    for attached in plan.of("aws_iam_role_policy_attachment"):
        if role in plan.named(attached, "role"):
            _attach(plan, found, attached, "policy_arn")
    for attached in plan.of("aws_iam_policy_attachment"):
        if role in plan.named(attached, "roles") or role.text("name") in (
            attached.get("roles") or []
        ):
            _attach(plan, found, attached, "policy_arn")


def _attach(plan: Plan, found: Permissions, attached: Resource, key: str) -> None:
    arn = attached.text(key)
    if ":aws:policy/" in arn:
        _managed(found, arn)
        return
    policies = [one for one in plan.named(attached, key) if one.type == "aws_iam_policy"]
    for policy in policies:
        _add(plan, found, policy)
    found.sealed = found.sealed or not policies


def _managed(found: Permissions, arn: str) -> None:
    actions = _MANAGED.get(arn.rsplit("/", 1)[-1])
    if actions is None:
        found.sealed = True
        return
    found.statements.append(Statement(True, list(actions), ["*"], {}, {}, excluding=False))


def _add(plan: Plan, found: Permissions, policy: Resource) -> None:
    text = policy.text("policy")
    if text:
        found.statements += statements(text)
    else:
        found.unread = True
        found.unknown |= plan.origins(policy, "policy")
        found.strings |= plan.strings(policy, "policy")


def policy_texts(plan: Plan, resource: Resource) -> Iterator[tuple[Resource, str | None]]:
    """Yield the policies of a queue, a topic or a bucket: where written, and the text if known."""
    kinds = {
        "aws_s3_bucket": ("aws_s3_bucket_policy", "bucket"),
        "aws_sns_topic": ("aws_sns_topic_policy", "arn"),
        "aws_sqs_queue": ("aws_sqs_queue_policy", "queue_url"),
    }
    if resource.says("policy"):
        yield resource, resource.text("policy") or None
    kind, key = kinds[resource.type]
    for policy in plan.of(kind):
        if resource in plan.named(policy, key):
            yield policy, policy.text("policy") or None


def written_policies(
    plan: Plan, wanted: Callable[[Resource, str], bool]
) -> Iterator[tuple[Resource, str, list[Statement]]]:
    """Yield every wanted policy whose text is known, with its attribute; note the others."""
    keys = ("policy", "assume_role_policy", "access_policy", "key_policy", "queue_policy")
    for resource in plan.resources:
        for key in keys:
            text = plan.known(resource, key) if wanted(resource, key) else ""
            if text:
                yield resource, key, statements(text)
        for position, inline in enumerate(_blocks(resource)):
            if not wanted(resource, "inline_policy"):
                break
            plan.known(resource, "inline_policy", position, "policy")
            yield resource, f"inline_policy.{position}", statements(str(inline.get("policy", "")))


def _blocks(resource: Resource) -> Iterable[dict[str, Any]]:
    return resource.parts("inline_policy") if resource.type == "aws_iam_role" else []
