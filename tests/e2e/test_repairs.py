"""What MiniStack is put right in: each of its repairs, seen from a client."""

from __future__ import annotations

import io
import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from awscrt import http as crt_http
from awscrt import io as crt_io
from botocore.config import Config
from botocore.exceptions import ClientError

from tools.local_aws import principals, server
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

ACCOUNT, REGION = server.ACCOUNT_ID, server.REGION
PASS = {"StartAt": "Done", "States": {"Done": {"Type": "Pass", "End": True}}}
# Each invocation is an object, in the order of its key, that holds what the function was given.
KEEP = """\
import json, os, time
import boto3
s3 = boto3.client("s3")
def handler(event, context):
    key = f"{os.environ['AWS_LAMBDA_FUNCTION_NAME']}/{time.time_ns()}"
    s3.put_object(Bucket="kept", Key=key, Body=json.dumps(event))
"""


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Server]:
    home = tmp_path_factory.mktemp("repairs") / "local-aws"
    running, _ = server.up(home)
    running.client("s3").create_bucket(
        Bucket="kept", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    yield running
    server.down(home)


def as_user(local: server.Server, service: str, action: str, resource: str) -> Any:  # noqa: ANN401
    """Return a client of `service` as a user who may do just one thing."""
    granted = {"it": {"actions": [action], "resources": [resource]}}
    key = principals.user(local, "granted", granted).credentials
    return boto3.client(
        service,  # type: ignore[call-overload]  # one literal a service in the stubs
        region_name=REGION,
        endpoint_url=local.endpoint,
        verify=str(local.ca_bundle),
        aws_access_key_id=key.access_key,
        aws_secret_access_key=key.secret_key,
        config=Config(retries={"total_max_attempts": 1}),
    )


def refused(call: Callable[..., Any], **request: Any) -> bool:  # noqa: ANN401
    try:
        call(**request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        assert code in {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
        return True
    return False


def role(local: server.Server, name: str, service: str, *statements: Mapping[str, Any]) -> str:
    """Make a role that `service` takes on; return its ARN."""
    iam = local.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    arn: str = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    if statements:
        document = {"Version": "2012-10-17", "Statement": statements}
        iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=json.dumps(document))
    return arn


def function(local: server.Server, name: str, code: str = "", **more: Any) -> str:  # noqa: ANN401
    """Make a function that keeps what it is given, then does `code`; return its ARN."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("app.py", KEEP + code)
    may = {
        "Effect": "Allow",
        "Action": ["s3:ListBucket", "s3:PutObject", "sqs:*", "dynamodb:*", "states:*"],
        "Resource": "*",
    }
    client = local.client("lambda")
    arn: str = client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="app.handler",
        Role=role(local, f"{name}-role", "lambda.amazonaws.com", may),
        Code={"ZipFile": archive.getvalue()},
        Timeout=20,
        **more,
    )["FunctionArn"]
    client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1})
    return arn


def kept(local: server.Server, name: str) -> list[Any]:
    """Return what the function was given, in order."""
    s3 = local.client("s3")
    listed = s3.list_objects_v2(Bucket="kept", Prefix=f"{name}/").get("Contents", [])
    return [json.load(s3.get_object(Bucket="kept", Key=one["Key"])["Body"]) for one in listed]


def wait_for(found: Callable[[], Any]) -> Any:  # noqa: ANN401
    return until("what the test waits for", found, seconds=60)


def table(local: server.Server, name: str) -> str:
    """Make a table with a stream; return the stream's ARN."""
    made = local.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    arn: str = made["TableDescription"]["LatestStreamArn"]
    return arn


def put(local: server.Server, name: str, *ids: str) -> None:
    """Put items into a table, all before its stream is read again."""
    items: Any = [{"Put": {"TableName": name, "Item": {"id": {"S": one}}}} for one in ids]
    local.client("dynamodb").transact_write_items(TransactItems=items)


def queue(local: server.Server, name: str, **attributes: str) -> tuple[str, str]:
    """Make a queue; return its URL and its ARN."""
    url = local.client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    return url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"


def consume(local: server.Server, source: str, name: str, **settings: Any) -> None:  # noqa: ANN401
    """Let a function consume a queue or a stream."""
    if ":dynamodb:" in source:
        settings["StartingPosition"] = "TRIM_HORIZON"
    local.client("lambda").create_event_source_mapping(
        EventSourceArn=source, FunctionName=name, **settings
    )


def ids(event: Any) -> list[str]:  # noqa: ANN401
    """Return the keys of the items that a stream's event tells of."""
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]


def received(local: server.Server, url: str) -> Any:  # noqa: ANN401
    """Return a message of a queue as JSON, or None."""
    messages = local.client("sqs").receive_message(QueueUrl=url).get("Messages", [])
    return json.loads(messages[0]["Body"]) if messages else None


def machine(local: server.Server, name: str, definition: Any, **more: Any) -> str:  # noqa: ANN401
    """Make a state machine; return its ARN."""
    invoke = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}
    arn: str = local.client("stepfunctions").create_state_machine(
        name=name,
        definition=json.dumps(definition),
        roleArn=role(local, f"{name}-role", "states.amazonaws.com", invoke),
        **more,
    )["stateMachineArn"]
    return arn


def waiting_for(function_arn: str) -> Any:  # noqa: ANN401
    """Return a machine that gives a function a token, and waits for the answer to it."""
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
        "Parameters": {"FunctionName": function_arn, "Payload": {"token.$": "$$.Task.Token"}},
        "TimeoutSeconds": 60,
        "End": True,
    }
    return {"StartAt": "Ask", "States": {"Ask": task}}


# --- authorization --------------------------------------------------------------------------------

MANY: dict[str, tuple[str, str, dict[str, Any]]] = {
    "change_message_visibility_batch": ("sqs", "ChangeMessageVisibility", {"VisibilityTimeout": 1}),
    "delete_message_batch": ("sqs", "DeleteMessage", {"ReceiptHandle": "none"}),
    "publish_batch": ("sns", "Publish", {"Message": "it"}),
    "send_message_batch": ("sqs", "SendMessage", {"MessageBody": "it"}),
}


def try_many(local: server.Server, operation: str, suffix: str) -> bool:
    """Tell whether a batch is refused to a user who may do the one, or the one with `suffix`."""
    service, action, entry = MANY[operation]
    if "Visibility" in action:
        entry = entry | {"ReceiptHandle": "none"}
    entries = [{"Id": "1"} | entry]
    request: dict[str, Any]
    if service == "sns":
        arn = local.client("sns").create_topic(Name="many")["TopicArn"]
        request = {"TopicArn": arn, "PublishBatchRequestEntries": entries}
    else:
        url, arn = queue(local, "many")
        request = {"QueueUrl": url, "Entries": entries}
    client = as_user(local, service, f"{service}:{action}{suffix}", arn)
    return refused(getattr(client, operation), **request)


def test_a_connection_serves_more_requests_than_an_apply_sends(local: server.Server) -> None:
    options = crt_io.TlsContextOptions()
    options.override_default_trust_store_from_path(None, str(local.ca_bundle))
    options.alpn_list = ["h2"]
    tls = crt_io.ClientTlsContext(options).new_connection_options()
    tls.set_server_name("127.0.0.1")
    opened = crt_http.HttpClientConnection.new(
        "127.0.0.1", local.port, tls_connection_options=tls
    ).result(10)
    assert opened.version == crt_http.HttpVersion.Http2
    headers = crt_http.HttpHeaders([("host", "127.0.0.1")])
    request = crt_http.HttpRequest("GET", "/_ministack/health", headers)
    answers: list[int] = []

    def note(*, status_code: int, **_: object) -> None:
        answers.append(status_code)

    for _ in range(100):
        # As many at once as Terraform does.
        streams = [opened.request(request, on_response=note) for _ in range(12)]
        for stream in streams:
            stream.activate()
        for stream in streams:
            stream.completion_future.result(10)
    assert answers == [200] * 1_200
    opened.close()


@pytest.mark.parametrize("operation", MANY)
def test_who_may_do_one_may_do_many(local: server.Server, operation: str) -> None:
    assert not try_many(local, operation, "")


@pytest.mark.parametrize("operation", MANY)
def test_there_is_no_permission_for_many(local: server.Server, operation: str) -> None:
    assert try_many(local, operation, "Batch")


def test_a_topic_lets_publish_many_whom_its_policy_lets_publish(local: server.Server) -> None:
    user = as_user(local, "sns", "sns:ListTopics", "*")
    sns = local.client("sns")
    arn = sns.create_topic(Name="open")["TopicArn"]
    allowed = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/granted"},
        "Action": "sns:Publish",
        "Resource": arn,
    }
    sns.set_topic_attributes(
        TopicArn=arn,
        AttributeName="Policy",
        AttributeValue=json.dumps({"Version": "2012-10-17", "Statement": [allowed]}),
    )
    entries = [{"Id": "1", "Message": "it"}]
    assert not refused(user.publish_batch, TopicArn=arn, PublishBatchRequestEntries=entries)


def test_a_move_task_needs_a_permission_for_the_queue_it_names(local: server.Server) -> None:
    _, arn = queue(local, "moved")
    client = as_user(local, "sqs", "sqs:ListMessageMoveTasks", arn)
    # Past the permission: MiniStack has no move tasks.
    with pytest.raises(ClientError, match="InvalidAction"):
        client.list_message_move_tasks(SourceArn=arn)


def test_who_may_delete_one_alarm_or_dashboard_may_delete_no_other(local: server.Server) -> None:
    mine = f"arn:aws:cloudwatch:{server.REGION}:{ACCOUNT}:alarm:mine"
    alarms = as_user(local, "cloudwatch", "cloudwatch:DeleteAlarms", mine)
    assert not refused(alarms.delete_alarms, AlarmNames=["mine"])
    assert refused(alarms.delete_alarms, AlarmNames=["others"])
    assert refused(alarms.delete_alarms, AlarmNames=["mine", "others"])
    shown = f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/mine"
    dashboards = as_user(local, "cloudwatch", "cloudwatch:PutDashboard", shown)
    assert not refused(dashboards.put_dashboard, DashboardName="mine", DashboardBody="{}")
    assert refused(dashboards.put_dashboard, DashboardName="others", DashboardBody="{}")


# --- dynamodb -------------------------------------------------------------------------------------


def test_recovery_tells_how_many_days_it_reaches_back(local: server.Server) -> None:
    table(local, "recovered")
    client = local.client("dynamodb")
    client.update_continuous_backups(
        TableName="recovered",
        PointInTimeRecoverySpecification={
            "PointInTimeRecoveryEnabled": True,
            "RecoveryPeriodInDays": 7,
        },
    )
    told = client.describe_continuous_backups(TableName="recovered")["ContinuousBackupsDescription"]
    assert told["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 7


# --- event sources --------------------------------------------------------------------------------

UNTIL_THE_QUEUE_IS_SERVED = """\
    for _ in range(100):
        if s3.list_objects_v2(Bucket="kept", Prefix="beside-queue/")["KeyCount"]:
            s3.put_object(Bucket="kept", Key="beside-met/it", Body="true")
            return
        time.sleep(0.1)
"""


def test_a_queue_is_served_while_a_stream_is(local: server.Server) -> None:
    function(local, "beside-stream", UNTIL_THE_QUEUE_IS_SERVED)
    function(local, "beside-queue")
    url, arn = queue(local, "beside")
    consume(local, table(local, "beside"), "beside-stream")
    consume(local, arn, "beside-queue")
    put(local, "beside", "it")
    assert wait_for(lambda: kept(local, "beside-stream"))
    local.client("sqs").send_message(QueueUrl=url, MessageBody="it")
    assert wait_for(lambda: kept(local, "beside-met"))


def test_a_stream_comes_in_order_and_one_batch_at_a_time(local: server.Server) -> None:
    function(local, "ordered")
    consume(local, table(local, "ordered"), "ordered", BatchSize=10)
    written = [f"{number:03}" for number in range(90)]
    put(local, "ordered", *written)

    def read() -> list[str]:
        return [one for event in kept(local, "ordered") for one in ids(event)]

    wait_for(lambda: len(read()) >= len(written))
    assert read() == written


def test_what_is_sent_while_a_queue_is_emptied_comes_once(local: server.Server) -> None:
    function(local, "emptied")
    url, arn = queue(local, "emptied")
    consume(local, arn, "emptied")
    sqs = local.client("sqs")
    sent = [str(number) for number in range(200)]
    for at in range(0, len(sent), 10):
        entries = [{"Id": one, "MessageBody": one} for one in sent[at : at + 10]]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)

    def handled() -> list[str]:
        return [m["body"] for event in kept(local, "emptied") for m in event["Records"]]

    wait_for(lambda: len(handled()) >= len(sent))
    assert sorted(handled()) == sorted(sent)


def test_a_message_that_fails_is_tried_as_often_as_its_queue_says(local: server.Server) -> None:
    function(local, "poisoned", "    raise ValueError\n")
    dead, dead_arn = queue(local, "poisoned-dlq")
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    url, arn = queue(local, "poisoned", VisibilityTimeout="1", RedrivePolicy=policy)
    consume(local, arn, "poisoned")
    local.client("sqs").send_message(QueueUrl=url, MessageBody='"it"')
    assert wait_for(lambda: received(local, dead)) == "it"
    wait_for(lambda: len(kept(local, "poisoned")) == 2)


# --- events ---------------------------------------------------------------------------------------


def test_a_schedule_fires_on_time_and_tells_its_context(local: server.Server) -> None:
    target = function(local, "scheduled")
    may = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": target}
    due = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 1))
    arn = local.client("scheduler").create_schedule(
        Name="soon",
        ScheduleExpression=f"at({due})",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={
            "Arn": target,
            "RoleArn": role(local, "soon-role", "scheduler.amazonaws.com", may),
            "Input": json.dumps(
                {"due": "<aws.scheduler.scheduled-time>", "by": "<aws.scheduler.schedule-arn>"}
            ),
        },
    )["ScheduleArn"]
    assert wait_for(lambda: kept(local, "scheduled")) == [{"due": f"{due}Z", "by": arn}]


def test_an_event_that_fails_ends_where_the_alias_says(local: server.Server) -> None:
    function(local, "evented", "    raise ValueError\n", Publish=True)
    failed, failed_arn = queue(local, "evented-failed")
    client, events = local.client("lambda"), local.client("events")
    alias = client.create_alias(FunctionName="evented", Name="live", FunctionVersion="1")
    client.put_function_event_invoke_config(
        FunctionName="evented",
        Qualifier="live",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": failed_arn}},
    )
    events.put_rule(Name="evented", EventPattern=json.dumps({"source": ["tests"]}))
    events.put_targets(Rule="evented", Targets=[{"Id": "it", "Arn": alias["AliasArn"]}])
    events.put_events(Entries=[{"Source": "tests", "DetailType": "it", "Detail": "{}"}])
    told = wait_for(lambda: received(local, failed))
    assert told["requestPayload"]["source"] == "tests"


# --- step functions -------------------------------------------------------------------------------


def test_a_machine_keeps_its_tracing(local: server.Server) -> None:
    arn = machine(local, "traced", PASS, tracingConfiguration={"enabled": True})
    told = local.client("stepfunctions").describe_state_machine(stateMachineArn=arn)
    assert told["tracingConfiguration"] == {"enabled": True}


def test_the_same_execution_is_started_once_while_it_runs(local: server.Server) -> None:
    wait = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}}
    arn = machine(local, "once", wait)
    client = local.client("stepfunctions")
    first, again = (
        client.start_execution(stateMachineArn=arn, name="it", input='{"a": 1}') for _ in range(2)
    )
    assert first["executionArn"] == again["executionArn"]
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        client.start_execution(stateMachineArn=arn, name="it", input='{"a": 2}')


def test_a_task_that_waits_fails_with_its_function(local: server.Server) -> None:
    arn = machine(local, "failing", waiting_for(function(local, "fails", "    raise KeyError\n")))
    client = local.client("stepfunctions")
    started = client.start_execution(stateMachineArn=arn)["executionArn"]

    def error() -> str | None:
        told: str | None = client.describe_execution(executionArn=started).get("error")
        return told

    assert wait_for(error) == "KeyError"


def test_only_who_may_answer_for_the_machine_may_answer_its_token(local: server.Server) -> None:
    arn = machine(local, "answered", waiting_for(function(local, "asked")))
    local.client("stepfunctions").start_execution(stateMachineArn=arn)
    token = wait_for(lambda: kept(local, "asked"))[0]["token"]
    answer = {"taskToken": token, "output": "{}"}
    stranger = as_user(local, "stepfunctions", "states:SendTaskSuccess", f"{arn}-other")
    assert refused(stranger.send_task_success, **answer)
    owner = as_user(local, "stepfunctions", "states:SendTaskSuccess", arn)
    assert not refused(owner.send_task_success, **answer)


def test_of_many_answers_to_one_token_the_first_counts(local: server.Server) -> None:
    arn = machine(local, "answered-once", waiting_for(function(local, "asked-once")))
    states = local.client("stepfunctions")
    states.start_execution(stateMachineArn=arn)
    token = wait_for(lambda: kept(local, "asked-once"))[0]["token"]

    def answer(_: int) -> str:
        try:
            states.send_task_success(taskToken=token, output="{}")
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "taken"

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(answer, range(16)))
    assert answers.count("taken") == 1
    assert set(answers) <= {"taken", "TaskDoesNotExist", "TaskTimedOut"}


# --- streams --------------------------------------------------------------------------------------

FAIL_ON_B_ONCE = """\
    for record in event["Records"]:
        if record["dynamodb"]["Keys"]["id"]["S"] == "b" and not os.path.exists("FAILED"):
            open("FAILED", "w").close()
            number = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": number}]}
"""
FAIL_ON_B = """\
    assert "b" not in [record["dynamodb"]["Keys"]["id"]["S"] for record in event["Records"]]
"""


def test_a_stream_goes_on_from_the_record_that_failed(local: server.Server, tmp_path: Path) -> None:
    code = FAIL_ON_B_ONCE.replace("FAILED", str(tmp_path / "failed"))
    function(local, "parts", code)
    source = table(local, "parts")
    put(local, "parts", "a", "b", "c")
    consume(local, source, "parts", FunctionResponseTypes=["ReportBatchItemFailures"])
    wait_for(lambda: len(kept(local, "parts")) == 2)
    assert [ids(event) for event in kept(local, "parts")] == [["a", "b", "c"], ["b", "c"]]


def test_a_batch_that_fails_is_halved_and_the_record_that_failed_given_up(
    local: server.Server,
) -> None:
    function(local, "halves", FAIL_ON_B)
    failed, failed_arn = queue(local, "halves-failed")
    source = table(local, "halves")
    put(local, "halves", "a", "b")
    consume(
        local,
        source,
        "halves",
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": failed_arn}},
    )
    told = wait_for(lambda: received(local, failed))
    assert [ids(event) for event in kept(local, "halves")] == [["a", "b"], ["a"], ["b"]]
    assert told["DDBStreamBatchInfo"]["batchSize"] == 1


@pytest.mark.parametrize(
    ("operation", "action"), [("get_alias", "GetAlias"), ("update_alias", "UpdateAlias")]
)
def test_who_may_do_one_thing_to_an_alias_may_do_no_other(
    local: server.Server, operation: str, action: str
) -> None:
    name = f"moved-{action.lower()}"
    arn = function(local, name)
    local.client("lambda").create_alias(FunctionName=name, Name="live", FunctionVersion="$LATEST")
    client = as_user(local, "lambda", f"lambda:{action}", arn)
    alias = {"FunctionName": name, "Name": "live"}
    for each in ("get_alias", "update_alias"):
        assert refused(getattr(client, each), **alias) == (each != operation)


def test_an_alarm_that_changes_its_state_is_an_event(local: server.Server) -> None:
    name = "state-changes"
    arn = function(local, name)
    local.client("cloudwatch").put_metric_alarm(
        AlarmName="orders-errors",
        ComparisonOperator="GreaterThanThreshold",
        Dimensions=[{"Name": "FunctionName", "Value": "orders"}],
        EvaluationPeriods=1,
        MetricName="Errors",
        Namespace="AWS/Lambda",
        Period=60,
        Statistic="Sum",
        Threshold=1,
    )
    pattern = {"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}
    events = local.client("events")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "it", "Arn": arn}])
    for state in ("OK", "ALARM"):
        local.client("cloudwatch").set_alarm_state(
            AlarmName="orders-errors", StateValue=state, StateReason="so"
        )
    [event] = wait_for(lambda: kept(local, name))
    assert event["detail-type"] == "CloudWatch Alarm State Change"
    assert event["resources"] == [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:orders-errors"]
    [metric] = event["detail"]["configuration"]["metrics"]
    assert metric["metricStat"]["metric"]["dimensions"] == {"FunctionName": "orders"}
