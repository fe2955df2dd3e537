"""Who may do what: each role, and each grant that is put out, just what its row says.

The calls are all of `harmless_calls`, some 180 over everything that the service is made of. Each
function makes them itself, with its own role, in its own environment; what a row has is allowed and
the rest is refused. Then each permission is taken away by itself: its call is refused, a real event
fails in the real handler, and works again when the permission is back.

The local AWS enforces the roles of functions and of users. What it does itself in the name of Step
Functions, Scheduler, and Lambda's pollers it does not ask a role for. For the first two an IAM user
with just the policies of the role makes the calls: that shows what the policy allows. That it is
the service that has it is in the role's trust, which the plans' inventories hold. The pollers'
permissions are the function's own, and are tried by it. X-Ray is not there to be asked.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.faults import faulty
from tests.e2e.harmless_calls import DENIED, Call, calls_of
from tests.e2e.missed_permissions import MISSED, Missed, answered_token
from tools.local_aws import principals
from tools.order_service.service import JSON
from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tools.order_service.service import Service

    Permission = tuple[str, str]
    Prober = Callable[[Iterable[Call]], set[Permission]]

# What a function's own code and Lambda for it may do: to what, the service, the actions.
OWN_LOG = {"own log": "logs CreateLogStream PutLogEvents"}
POLLED = "sqs DeleteMessage GetQueueAttributes ReceiveMessage"
# All packages, also those that have no row here because they came later; but the edge has no alias,
# and rollback moves those of others.
ROLLED_BACK = sorted(
    json.loads((ROOT / "dist" / "manifest.json").read_text())["functions"].keys()
    - {"edge_signer", "rollback"}
)
DEAD_LETTERS = (
    "dead letters of fulfil", "dead letters of tell", "failures of archiving",
    "failures of changes", "failures of imports", "failures of reports", "failures of rollbacks",
)  # fmt: skip
MAY: dict[str, dict[str, str]] = {
    "fulfilment": OWN_LOG | {
        "table orders": "dynamodb GetItem UpdateItem",
    },
    "fulfilment_starter": OWN_LOG | {
        "queue fulfil": POLLED,
        "workflow": "states StartExecution",
    },
    "order_import": OWN_LOG | {
        "failures of imports": "sqs SendMessage",
        "table orders": "dynamodb BatchGetItem PutItem",
        "uploads incoming/": "s3 GetObject GetObjectVersion ListBucketVersions",
        "uploads reports/": "s3 AbortMultipartUpload PutObject",
    },
    "order_notifier": OWN_LOG | {
        "queue tell": POLLED,
        "table notifications": "dynamodb BatchWriteItem",
    },
    "order_publisher": OWN_LOG | {
        "failures of changes": "sqs SendMessage",
        "stream of orders": "dynamodb DescribeStream GetShardIterator",
        "topic": "sns Publish",
    },
    "orders_api": OWN_LOG | {
        "index by_status": "dynamodb Query",
        "records reports/": "s3 GetObject ListBucket",
        "table orders": "dynamodb GetItem PutItem Query UpdateItem",
        "uploads incoming/": "s3 PutObject",
        "uploads reports/": "s3 GetObject ListBucket",
        "workflow": "states SendTaskFailure SendTaskSuccess",
    },
    "orders_archive": OWN_LOG | {
        "failures of archiving": "sqs SendMessage",
        "index by_status": "dynamodb Query",
        "records": "s3 ListBucket",
        "records archive/": "s3 AbortMultipartUpload GetObject ListBucket PutObject",
        "records reports/": "s3 ListBucket",
        "table orders": "dynamodb DeleteItem",
    },
    "orders_report": OWN_LOG | {
        "failures of reports": "sqs SendMessage",
        "index by_status": "dynamodb Query",
        "records": "s3 ListBucket",
        "records archive/": "s3 GetObject ListBucket",
        "records reports/": "s3 GetObject ListBucket PutObject",
    },
    "payments": OWN_LOG | {
        "table payments": "dynamodb PutItem UpdateItem",
    },
    "rollback": OWN_LOG | {
        "failures of rollbacks": "sqs SendMessage",
        **dict.fromkeys(ROLLED_BACK, "lambda GetAlias UpdateAlias"),
    },
    "stock": OWN_LOG | {
        "table stock": "dynamodb DeleteItem GetItem PutItem UpdateItem",
    },
}  # fmt: skip

UNASKED = {
    "dynamodb:GetRecords": "an iterator stands for the stream: the local AWS knows none of it",
    "dynamodb:ListStreams": "as AWS has it, Lambda's pollers need it",
    "xray:PutTelemetryRecords": "there is no X-Ray here",
    "xray:PutTraceSegments": "there is no X-Ray here",
}
"""Actions in policies of functions that no call tries, and why."""

BY_LAMBDA = {"logs:CreateLogStream", "logs:PutLogEvents"} | {
    "dynamodb:DescribeStream", "dynamodb:GetShardIterator",
    "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage",
}  # fmt: skip
"""What Lambda does with a function's role: no handler misses it."""

NOT_MISSED_HERE = {
    ("order_import", "s3:AbortMultipartUpload"): "when a report of more than 5 MB is given up",
    ("order_import", "s3:GetObject"): "for uploads without a version",
    ("order_import", "s3:ListBucketVersions"): "S3 hides what is gone, the local AWS does not",
    ("orders_archive", "s3:AbortMultipartUpload"): "when more than 5 MB of a day are given up",
    ("orders_archive", "s3:ListBucket"): "S3 hides what is missing, the local AWS does not",
}
"""What a handler needs in cases that its unit tests show, and this file does not."""

# What the roles of services may do: invoke their functions, by the alias and not by the bare name.
INVOKED = "lambda InvokeFunction"
SERVICES: dict[str, dict[str, str]] = {
    "nightly archive": {
        "failures of archiving": "sqs SendMessage",
        "orders_archive:live": INVOKED,
    },
    "nightly report": {
        "failures of reports": "sqs SendMessage",
        "orders_report:live": INVOKED,
    },
    "workflow": {
        "fulfilment:live": INVOKED,
        "payments:live": INVOKED,
        "stock:live": INVOKED,
    },
}

REDRIVEN = (
    "sqs ChangeMessageVisibility DeleteMessage GetQueueAttributes GetQueueUrl ListMessageMoveTasks "
    "ReceiveMessage"
)
GRANTED: dict[str, dict[str, str]] = {
    "approve": {"http": "execute-api approval"},
    "invoke": {"url": "lambda orders"},
    "records": {"records reports/": "s3 GetObject"},
    "redrive_fulfil": {
        "dead letters of fulfil": REDRIVEN,
        "queue fulfil": "sqs GetQueueAttributes GetQueueUrl SendMessage",
    },
    "redrive_tell": {
        "dead letters of tell": REDRIVEN,
        "queue tell": "sqs GetQueueAttributes GetQueueUrl SendMessage",
    },
    "rollout": dict.fromkeys(
        (*ROLLED_BACK, "rollback"), "lambda GetAlias ListVersionsByFunction UpdateAlias"
    ),
    "status": {
        "account": "cloudwatch DescribeAlarms GetMetricData GetMetricStatistics",
        "workflow": "states ListExecutions",
        **{f"log of {name}": "logs FilterLogEvents" for name in (*ROLLED_BACK, "rollback")},
        **dict.fromkeys((*ROLLED_BACK, "rollback"), "lambda GetAlias"),
        **dict.fromkeys(DEAD_LETTERS, "sqs GetQueueAttributes"),
    },
    "upload": {"uploads incoming/": "s3 AbortMultipartUpload PutObject"},
    "upload_reports": {"uploads reports/": "s3 GetObject GetObjectVersion"},
}


def permissions(row: dict[str, str]) -> set[Permission]:
    """Return a row as pairs of what something is done to, and the action."""
    return {
        (where, f"{text.split()[0]}:{action}")
        for where, text in row.items()
        for action in text.split()[1:]
    }


@pytest.fixture(scope="module")
def token(service: Service) -> str:
    """A task token of the workflow that was answered already."""
    return answered_token(service)


@pytest.mark.parametrize("function", sorted(MAY))
def test_a_role_has_no_action_that_its_row_does_not_have(service: Service, function: str) -> None:
    iam, role = service.server.client("iam"), service.outputs["functions"][function]
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    actions = {action for statement in statements(iam, role) for action in statement["Action"]}
    assert actions - UNASKED.keys() == {action for _, action in permissions(MAY[function])}


def statements(iam: Any, role: str) -> list[dict[str, Any]]:  # noqa: ANN401  boto3's own
    """Return all statements of a role's policies; all allow something."""
    found = [
        statement
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]
        for statement in iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"][
            "Statement"
        ]
    ]
    assert {statement["Effect"] for statement in found} == {"Allow"}
    return found


@pytest.mark.parametrize("missed", MISSED, ids=str)
def test_a_handler_fails_without_a_permission_and_works_with_it_again(
    service: Service, token: str, missed: Missed
) -> None:
    works = missed.prepare(service, token)
    with service.without_permission(missed.function, missed.action):
        assert not works()
    assert works()


def test_every_permission_is_missed_by_somebody() -> None:
    granted = {(name, action) for name, row in MAY.items() for _, action in permissions(row)}
    by_code = {(name, action) for name, action in granted if action not in BY_LAMBDA}
    missed = {(each.function, each.action) for each in MISSED}
    assert missed.isdisjoint(NOT_MISSED_HERE)
    assert missed | NOT_MISSED_HERE.keys() == by_code


EVERYTHING = [{"Effect": "Allow", "Action": ["*"], "Resource": ["*"]}]


@pytest.mark.parametrize("granted", [[], EVERYTHING], ids=["nothing", "everything"])
def test_a_call_is_refused_for_want_of_a_permission_and_for_nothing_else(
    service: Service, token: str, granted: list[dict[str, Any]]
) -> None:
    calls = calls_of(service, "stock", token)
    assert as_user(service, calls, granted) == {call.key for call in calls if granted}


def role_of(service: Service, who: str) -> str:
    """Return the name of a service's role."""
    if who == "workflow":
        arn: str = service.server.client("stepfunctions").describe_state_machine(
            stateMachineArn=service.outputs["workflow"]["arn"]
        )["roleArn"]
    else:
        job = who.removeprefix("nightly ")
        group = service.outputs["schedules"][job]["group_name"]
        arn = service.server.client("scheduler").get_schedule(GroupName=group, Name=job)["Target"][
            "RoleArn"
        ]
    return arn.rsplit("/", 1)[1]


@pytest.mark.parametrize("who", SERVICES)
def test_a_service_may_do_what_its_row_says_and_nothing_else(
    service: Service, token: str, who: str
) -> None:
    found = statements(service.server.client("iam"), role_of(service, who))
    calls, row = calls_of(service, "stock", token), permissions(SERVICES[who])
    assert as_user(service, calls, found) == row
    for action in {action for _, action in row}:
        left = [
            statement | {"Action": [each for each in statement["Action"] if each != action]}
            for statement in found
        ]
        rest = [statement for statement in left if statement["Action"]]
        assert as_user(service, calls, rest) == {each for each in row if each[1] != action}


def as_user(
    service: Service, calls: Iterable[Call], granted: Iterable[dict[str, Any]]
) -> set[Permission]:
    """Return which of the calls an IAM user may make that has just these statements."""
    grants = {
        str(number): {
            "actions": statement["Action"],
            "resources": statement["Resource"],
            "conditions": statement.get("Condition"),
        }
        for number, statement in enumerate(granted)
    }
    user = principals.user(service.server, "tests-one-role", grants)
    return allowed(service, calls, user.credentials)


def allowed(service: Service, calls: Iterable[Call], credentials: Any) -> set[Permission]:  # noqa: ANN401
    """Return which of the calls whoever has these credentials may make."""
    clients: dict[str, Any] = {}
    found = set()
    for call in calls:
        if call.service not in clients:
            clients[call.service] = service.server.client(call.service, credentials=credentials)
        client = clients[call.service]
        try:
            getattr(client, call.operation)(**call.parameters)
        except client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in DENIED:
                continue
        found.add(call.key)
    return found


@pytest.mark.parametrize("grant", GRANTED)
def test_who_has_one_grant_may_do_just_that(service: Service, token: str, grant: str) -> None:
    credentials = service.person("one-grant", grant)
    found = allowed(service, calls_of(service, "stock", token), credentials)
    listed = service.door("url", credentials).request("GET", "/orders?limit=1")
    assert listed.status in {200, 403}
    if listed.status == 200:
        found.add(("url", "lambda:orders"))
    # There is no such order.
    decided = service.door("http", credentials).request(
        "POST", f"/orders/{'a' * 26}/approval", b'{"approved": true}', JSON
    )
    assert decided.status in {404, 403}
    if decided.status == 404:
        found.add(("http", "execute-api:approval"))
    assert found == permissions(GRANTED[grant])


def test_all_grants_are_tried(service: Service) -> None:
    assert service.outputs["grants"].keys() == GRANTED.keys()


# Last, since the probe of the last function goes when this file ends.
@pytest.fixture(scope="module", params=sorted(MAY))
def function(request: pytest.FixtureRequest) -> str:
    """Each function."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def calls(service: Service, function: str, token: str) -> list[Call]:
    """All calls, as the function makes them."""
    return calls_of(service, function, token)


# It comes after the calls: for a token the whole service has to work.
@pytest.fixture(scope="module")
def probe(service: Service, function: str, calls: list[Call]) -> Iterator[Prober]:  # noqa: ARG001
    """Make calls as the function, and return which of them it may."""

    def allowed(calls: Iterable[Call]) -> set[Permission]:
        left, found = list(calls), set()
        while left:
            some, left = left[:60], left[60:]
            codes = service.invoke(function, {"calls": [call.event() for call in some]})
            found |= {c.key for c, code in zip(some, codes, strict=True) if code not in DENIED}
        return found

    with faulty(service, function, "probe"):
        yield allowed


def test_a_function_may_do_what_its_row_says_and_nothing_else(
    function: str, probe: Prober, calls: list[Call]
) -> None:
    assert probe(calls) == permissions(MAY[function])


def test_a_function_is_refused_what_is_taken_away_and_nothing_else(
    service: Service, function: str, probe: Prober, calls: list[Call]
) -> None:
    row = permissions(MAY[function])
    its = [call for call in calls if call.key in row]
    for action in sorted({action for _, action in row}):
        with service.without_permission(function, action):
            assert probe(its) == {each for each in row if each[1] != action}
    assert probe(its) == row
