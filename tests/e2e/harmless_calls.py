"""Calls to AWS that change nothing, whoever makes them: they only tell whether somebody may.

Who may not is told so before anything else is looked at. Who may gets an answer, or the error of a
condition that cannot hold, of a thing that is not there, or of a value that nobody takes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from tools.local_aws.server import ACCOUNT_ID, REGION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tools.order_service.service import Service

DENIED = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
"""What S3, SQS and IAM say, what the others say, and what SNS says."""
NOBODY = "no-such-thing"
LONG_AGO = {"StartTime": 0, "EndTime": 60}
TABLES = ("notifications", "orders", "payments", "stock")
FAILURES = {
    "failures of imports": "order_import",
    "failures of reports": "orders_report",
    "failures of archiving": "orders_archive",
    "failures of rollbacks": "rollback",
}
"""Queues for events that a function could not handle."""


@dataclass(frozen=True)
class Call:
    """One call by boto3, and the permission that it needs."""

    where: str
    action: str
    service: str
    operation: str
    parameters: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        """What a table of permissions calls it."""
        return self.where, self.action

    def event(self) -> dict[str, Any]:
        """Return it as the probe takes it."""
        return asdict(self)


def calls_of(service: Service, function: str, token: str) -> list[Call]:
    """Return the calls; those to a function's own log are to that of `function`.

    Parameters
    ----------
    service
        Whose things the calls are about.
    function
        Whose log is the own one.
    token
        A task token of the workflow that was answered already.
    """
    return [
        *(call for table in TABLES for call in _table(service, table)),
        *_index(service),
        *_stream(service),
        *_topic(service),
        *_workflow(service, token),
        *_bucket(service, "uploads", ("incoming/", "reports/")),
        *_bucket(service, "records", ("archive/", "reports/")),
        *_queues(service),
        *_functions(service),
        *_logs(service, function),
        *_account(service),
    ]


def _table(service: Service, table: str) -> Iterator[Call]:
    name = service.outputs["tables"][table]
    key = {"id": {"S": NOBODY}}
    there = {"ConditionExpression": "attribute_exists(id)"}
    read_only: dict[str, dict[str, Any]] = {
        "GetItem": {"Key": key},
        "PutItem": {"Item": key, **there},
        "UpdateItem": {"Key": key, "UpdateExpression": "REMOVE nothing", **there},
        "DeleteItem": {"Key": key, **there},
        "Query": {
            "KeyConditionExpression": "id = :id",
            "ExpressionAttributeValues": {":id": {"S": NOBODY}},
        },
        "Scan": {"Limit": 1},
    }
    at_once: dict[str, tuple[str, dict[str, Any]]] = {
        "BatchGetItem": ("batch_get_item", {"RequestItems": {name: {"Keys": [key]}}}),
        "BatchWriteItem": (
            "batch_write_item",
            {"RequestItems": {name: [{"DeleteRequest": {"Key": key}}]}},
        ),
        "ConditionCheckItem": (
            "transact_write_items",
            {"TransactItems": [{"ConditionCheck": {"TableName": name, "Key": key, **there}}]},
        ),
        # There is no such mode.
        "UpdateTable": ("update_table", {"TableName": name, "BillingMode": NOBODY}),
    }
    for action, parameters in read_only.items():
        yield _call(f"table {table}", "dynamodb", action, TableName=name, **parameters)
    for action, (operation, request) in at_once.items():
        yield Call(f"table {table}", f"dynamodb:{action}", "dynamodb", operation, request)


def _index(service: Service) -> Iterator[Call]:
    where = {"TableName": service.outputs["tables"]["orders"], "IndexName": "by_status"}
    yield _call(
        "index by_status", "dynamodb", "Query", **where,
        KeyConditionExpression="#status = :status",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":status": {"S": NOBODY}},
    )  # fmt: skip
    yield _call("index by_status", "dynamodb", "Scan", **where, Limit=1)


def _stream(service: Service) -> Iterator[Call]:
    table = service.server.client("dynamodb").describe_table(
        TableName=service.outputs["tables"]["orders"]
    )["Table"]
    arn = table["LatestStreamArn"]
    asked: dict[str, dict[str, Any]] = {
        "DescribeStream": {"Limit": 1},
        "GetShardIterator": {"ShardId": f"shardId-{NOBODY:-<20}", "ShardIteratorType": "LATEST"},
    }
    for action, more in asked.items():
        yield Call(
            "stream of orders", f"dynamodb:{action}", "dynamodbstreams", _snake(action),
            {"StreamArn": arn, **more},
        )  # fmt: skip


def _topic(service: Service) -> Iterator[Call]:
    arn = service.outputs["topic_arn"]
    # No subscription takes it.
    kind = {"type": {"DataType": "String", "StringValue": NOBODY}}
    yield _call("topic", "sns", "Publish", TopicArn=arn, Message="{}", MessageAttributes=kind)
    yield _call("topic", "sns", "GetTopicAttributes", TopicArn=arn)


def _workflow(service: Service, token: str) -> Iterator[Call]:
    arn, where = service.outputs["workflow"]["arn"], "workflow"
    answered = {
        "SendTaskFailure": {},
        "SendTaskHeartbeat": {},
        "SendTaskSuccess": {"output": "{}"},
    }
    # One that ran, with something else: the name is taken.
    ran = service.server.client("stepfunctions").list_executions(
        stateMachineArn=arn, statusFilter="SUCCEEDED", maxResults=1
    )["executions"][0]["name"]
    yield _call(where, "states", "StartExecution", stateMachineArn=arn, name=ran)
    yield _call(where, "states", "DescribeStateMachine", stateMachineArn=arn)
    for action, more in answered.items():
        yield _call(where, "states", action, taskToken=token, **more)
    yield _call(where, "states", "ListExecutions", stateMachineArn=arn, maxResults=1)
    execution = f"{service.execution_prefix}:{NOBODY}"
    yield _call(where, "states", "StopExecution", executionArn=execution)


def _bucket(service: Service, bucket: str, prefixes: Iterable[str]) -> Iterator[Call]:
    name = service.outputs["buckets"][bucket]
    s3 = service.server.client("s3")
    yield Call(bucket, "s3:ListBucket", "s3", "list_objects_v2", {"Bucket": name, "MaxKeys": 1})
    yield Call(
        bucket, "s3:ListBucketVersions", "s3", "list_object_versions",
        {"Bucket": name, "MaxKeys": 1},
    )  # fmt: skip
    yield _call(bucket, "s3", "GetBucketPolicy", Bucket=name)
    for prefix in prefixes:
        where = f"{bucket} {prefix}"
        # One that is there: of what is not, S3 says "denied" to whoever may not list.
        kept = s3.list_object_versions(Bucket=name, Prefix=prefix, MaxKeys=1)["Versions"][0]
        one = {"Bucket": name, "Key": kept["Key"]}
        none = {"Bucket": name, "Key": f"{prefix}{NOBODY}"}
        yield _call(where, "s3", "GetObject", **one)
        yield Call(
            where, "s3:GetObjectVersion", "s3", "get_object",
            one | {"VersionId": kept["VersionId"]},
        )  # fmt: skip
        yield Call(
            where, "s3:ListBucket", "s3", "list_objects_v2",
            {"Bucket": name, "Prefix": prefix, "MaxKeys": 1},
        )  # fmt: skip
        yield Call(
            where, "s3:ListBucketVersions", "s3", "list_object_versions",
            {"Bucket": name, "Prefix": prefix, "MaxKeys": 1},
        )  # fmt: skip
        yield _call(where, "s3", "PutObject", **none, IfMatch=f'"{NOBODY}"')
        yield _call(where, "s3", "AbortMultipartUpload", **none, UploadId=NOBODY)
        yield Call(
            where, "s3:DeleteObjectVersion", "s3", "delete_object", none | {"VersionId": NOBODY}
        )


def _queues(service: Service) -> Iterator[Call]:
    queues = service.outputs["queues"]
    for name in ("fulfil", "tell"):
        yield from _queue(f"queue {name}", queues[name]["url"])
        yield from _queue(f"dead letters of {name}", queues[name]["dlq_url"])
    yield from _queue("failures of changes", queues["order_changes"]["dlq_url"])
    client = service.server.client("lambda")
    for where, function in FAILURES.items():
        found = client.get_function_event_invoke_config(
            FunctionName=service.outputs["functions"][function], Qualifier="live"
        )
        arn = found["DestinationConfig"]["OnFailure"]["Destination"]
        yield from _queue(where, f"{service.server.endpoint}/{ACCOUNT_ID}/{arn.split(':')[-1]}")


def _queue(where: str, url: str) -> Iterator[Call]:
    name = url.rsplit("/", 1)[1]
    arn = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}"
    requests: dict[str, dict[str, Any]] = {
        "ChangeMessageVisibility": {"ReceiptHandle": NOBODY, "VisibilityTimeout": 1},
        "DeleteMessage": {"ReceiptHandle": NOBODY},
        "GetQueueAttributes": {"AttributeNames": ["QueueArn"]},
        # Ten are the most.
        "ReceiveMessage": {"MaxNumberOfMessages": 99},
        "SendMessage": {"MessageBody": "\0"},
        "SetQueueAttributes": {"Attributes": {"DelaySeconds": "9999"}},
    }
    for action, parameters in requests.items():
        yield _call(where, "sqs", action, QueueUrl=url, **parameters)
    yield _call(where, "sqs", "GetQueueUrl", QueueName=name)
    yield _call(where, "sqs", "ListMessageMoveTasks", SourceArn=arn)


def _functions(service: Service) -> Iterator[Call]:
    for function, name in service.outputs["functions"].items():
        for where, more in ((f"{function}:live", {"Qualifier": "live"}), (function, {})):
            yield Call(
                where, "lambda:InvokeFunction", "lambda", "invoke",
                {"FunctionName": name, "InvocationType": "DryRun", **more},
            )  # fmt: skip
        alias = {"FunctionName": name, "Name": "live"}
        yield _call(function, "lambda", "GetAlias", **alias)
        yield _call(function, "lambda", "ListVersionsByFunction", FunctionName=name)
        yield _call(function, "lambda", "UpdateAlias", **alias, RevisionId=NOBODY)
    own = service.outputs["functions"]["stock"]
    yield _call("stock", "lambda", "GetFunction", FunctionName=own)
    yield _call("stock", "lambda", "UpdateFunctionCode", FunctionName=own, ZipFile="", DryRun=True)


def _logs(service: Service, function: str) -> Iterator[Call]:
    other = "stock" if function != "stock" else "payments"
    for where, whose in (("own log", function), ("another's log", other)):
        stream = {
            "logGroupName": f"/aws/lambda/{service.outputs['functions'][whose]}",
            # A colon is in the name of none.
            "logStreamName": f"{NOBODY}:",
        }
        yield _call(where, "logs", "CreateLogStream", **stream)
        yield _call(where, "logs", "PutLogEvents", **stream, logEvents=[
            {"timestamp": 0, "message": NOBODY}
        ])  # fmt: skip
        yield _call(where, "logs", "GetLogEvents", **stream)
    for name, full in service.outputs["functions"].items():
        group = f"/aws/lambda/{full}"
        yield _call(f"log of {name}", "logs", "FilterLogEvents", logGroupName=group, limit=1)


def _account(service: Service) -> Iterator[Call]:
    role = service.outputs["functions"]["stock"]
    yield _call("account", "cloudwatch", "DescribeAlarms", MaxRecords=1)
    yield _call("account", "cloudwatch", "GetMetricData", MetricDataQueries=[], **LONG_AGO)
    yield _call(
        "account", "cloudwatch", "GetMetricStatistics", Namespace="AWS/Lambda", MetricName=NOBODY,
        Period=60, Statistics=["Sum"], **LONG_AGO,
    )  # fmt: skip
    yield _call("account", "dynamodb", "ListTables", Limit=1)
    yield _call("account", "iam", "ListUsers", MaxItems=1)
    yield _call("account", "iam", "GetRole", RoleName=role)
    yield _call(
        "account", "iam", "PutRolePolicy", RoleName=role, PolicyName=NOBODY, PolicyDocument="none"
    )
    # It is there already.
    yield _call("account", "logs", "CreateLogGroup", logGroupName=f"/aws/lambda/{role}")
    yield Call("account", "s3:ListAllMyBuckets", "s3", "list_buckets", {})


_CLIENTS = {"states": "stepfunctions"}


def _call(where: str, prefix: str, action: str, **parameters: Any) -> Call:  # noqa: ANN401
    service = _CLIENTS.get(prefix, prefix)
    return Call(where, f"{prefix}:{action}", service, _snake(action), parameters)


def _snake(action: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in action).lstrip("_")
