"""IAM: calls that do many things at once need the permission for one, and what they name.

MiniStack asks for actions that IAM does not have, such as ``sns:PublishBatch``, for every resource
where a queue or a table's stream is named by its ARN, where alarms are deleted and where a
dashboard is written, and takes each schedule for one of the default group, the alias of a function
for the function, a new function for any, and a log stream for its group. To read or move one alias
is to list them there. Who calls a function URL needs one permission of two there.
https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
"""

from __future__ import annotations

import functools
import json
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ACTIONS = {
    "sns:PublishBatch": "sns:Publish",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:SendMessageBatch": "sqs:SendMessage",
}
# Where requests have the ARN of what they are about.
NAMED_BY_ARN = {
    "AmazonSQS.ListMessageMoveTasks": "SourceArn",
    "AmazonSQS.StartMessageMoveTask": "SourceArn",
    "DynamoDBStreams_20120810.DescribeStream": "StreamArn",
    "DynamoDBStreams_20120810.GetShardIterator": "StreamArn",
    "DynamoDB_20120810.ListTagsOfResource": "ResourceArn",
    "DynamoDB_20120810.TagResource": "ResourceArn",
    "DynamoDB_20120810.UntagResource": "ResourceArn",
}
ALARMS_AND_DASHBOARDS = {
    "AlarmNames": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "DashboardName": "arn:aws:cloudwatch::{account}:dashboard/{name}",
    "DashboardNames": "arn:aws:cloudwatch::{account}:dashboard/{name}",
}
NEW_FUNCTION = re.compile(r"/\d{4}-\d\d-\d\d/functions/?")
OF_ONE_ALIAS = {"DELETE": "DeleteAlias", "GET": "GetAlias", "PUT": "UpdateAlias"}
ONE_ALIAS = re.compile(r"/2015-03-31/functions/[^/]+/aliases/[^/]+/?")
OF_LOG_STREAMS = {"Logs_20140328.CreateLogStream", "Logs_20140328.PutLogEvents"}


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    iam_actions: Any = import_module("ministack.core.iam_actions")
    iam_actions.extract_iam_action = of_one(iam_actions.extract_iam_action)
    resource_of = iam_actions.extract_resource_arn
    for repaired in (
        in_its_group, of_its_alias, of_its_stream, named_by_arn, of_new_function, of_one_alarm,
    ):  # fmt: skip
        resource_of = repaired(resource_of)
    iam_actions.extract_resource_arn = resource_of
    app: Any = import_module("ministack.app")
    app._enforce_data_plane = and_invoke_function(app._enforce_data_plane)


def of_one(action_of: Callable[..., str | None]) -> Callable[..., str | None]:
    """Wrap MiniStack's naming of the action of a request: that of a batch is the action of one.

    And what is done to one alias of a function is not to list all.
    """

    @functools.wraps(action_of)
    def run(service: str, method: str, path: str, *request: Any) -> str | None:  # noqa: ANN401
        if service == "lambda" and ONE_ALIAS.fullmatch(path) and method in OF_ONE_ALIAS:
            return f"lambda:{OF_ONE_ALIAS[method]}"
        action = action_of(service, method, path, *request)
        return ACTIONS.get(action, action) if action else action

    return run


def in_its_group(resource_of: Callable[..., str]) -> Callable[..., str]:
    """Wrap MiniStack's naming of the resource of a request: a schedule is in the group it names."""

    @functools.wraps(resource_of)
    def run(service: str, *request: Any) -> str:  # noqa: ANN401  MiniStack's
        arn = resource_of(service, *request)
        if service != "scheduler" or ":schedule/default/" not in arn:
            return arn
        body, query = request[3:5]
        asked = query.get("groupName") or [json.loads(body or b"{}").get("GroupName") or "default"]
        group = asked if isinstance(asked, str) else asked[0]
        return arn.replace(":schedule/default/", f":schedule/{group}/")

    return run


def of_its_alias(resource_of: Callable[..., str]) -> Callable[..., str]:
    """Wrap MiniStack's naming of the resource of a request: who invokes an alias needs just that.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html
    """

    @functools.wraps(resource_of)
    def run(service: str, *request: Any) -> str:  # noqa: ANN401  MiniStack's
        arn = resource_of(service, *request)
        path, query = request[1], request[4]
        if service != "lambda" or not path.endswith("/invocations") or not query.get("Qualifier"):
            return arn
        asked = query["Qualifier"]
        return f"{arn}:{asked if isinstance(asked, str) else asked[0]}"

    return run


def of_its_stream(resource_of: Callable[..., str]) -> Callable[..., str]:
    """Wrap MiniStack's naming of the resource of a request: a log stream is not its group."""

    @functools.wraps(resource_of)
    def run(service: str, *request: Any) -> str:  # noqa: ANN401  MiniStack's
        arn = resource_of(service, *request)
        headers, body = request[2:4]
        if headers.get("x-amz-target") not in OF_LOG_STREAMS:
            return arn
        return f"{arn}:log-stream:{json.loads(body or b'{}').get('logStreamName', '')}"

    return run


def named_by_arn(resource_of: Callable[..., str]) -> Callable[..., str]:
    """Wrap MiniStack's naming of the resource of a request: some name it by its ARN."""

    @functools.wraps(resource_of)
    def run(service: str, *request: Any) -> str:  # noqa: ANN401  MiniStack's
        headers, body, query = request[2:5]
        field = NAMED_BY_ARN.get(headers.get("x-amz-target"))
        if field is not None:
            return str(json.loads(body or b"{}").get(field, "*"))
        # Tags of alarms; CloudWatch has its requests as a form.
        tagged = query.get("ResourceARN") if service == "monitoring" else None
        if tagged:
            return str(tagged if isinstance(tagged, str) else tagged[0])
        return resource_of(service, *request)

    return run


def of_new_function(resource_of: Callable[..., str]) -> Callable[..., str]:
    """Wrap MiniStack's naming of the resource of a request: a new function is named in the body."""

    @functools.wraps(resource_of)
    def run(service: str, *request: Any) -> str:  # noqa: ANN401  MiniStack's
        arn = resource_of(service, *request)
        _, path, _, body, _, region, account = request
        if service != "lambda" or not NEW_FUNCTION.fullmatch(path) or not body:
            return arn
        return f"arn:aws:lambda:{region}:{account}:function:{json.loads(body)['FunctionName']}"

    return run


def of_one_alarm(resource_of: Callable[..., str]) -> Callable[..., str]:
    """Wrap MiniStack's naming of the resource of a request: one alarm or dashboard by its name.

    A request that names several stays one for every resource, which is stricter than AWS.
    """

    @functools.wraps(resource_of)
    def run(service: str, *request: Any) -> str:  # noqa: ANN401  MiniStack's
        if service == "monitoring":
            region, account = request[5:7]
            fields = _fields(*request[2:5])
            for field, arn in ALARMS_AND_DASHBOARDS.items():
                names = [name for member, name in fields if member == field]
                if len(names) == 1:
                    return arn.format(region=region, account=account, name=names[0])
        return resource_of(service, *request)

    return run


def _fields(headers: Any, body: bytes, query: dict[str, Any]) -> list[tuple[str, str]]:  # noqa: ANN401
    """Return what a request to CloudWatch has, in JSON (boto3) or as a form (Terraform)."""
    if "json" in headers.get("content-type", ""):
        query = json.loads(body or b"{}")
    listed = [
        (field.partition(".member.")[0], value if isinstance(value, list) else [value])
        for field, value in query.items()
    ]
    return [(field, str(value)) for field, values in listed for value in values]


def and_invoke_function(enforce: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap MiniStack's check of who calls a function URL: it takes lambda:InvokeFunction, too."""

    @functools.wraps(enforce)
    def run(service: str, action: str, headers: Any, *request: Any, **about: Any) -> Any:  # noqa: ANN401
        denied = enforce(service, action, headers, *request, **about)
        # Without a signature it is the resource's policy that lets everybody in.
        if denied or action != "lambda:InvokeFunctionUrl" or "authorization" not in headers:
            return denied
        about["service_context"] = {"lambda:InvokedViaFunctionUrl": "true"}
        return enforce(service, "lambda:InvokeFunction", headers, *request, **about)

    return run
