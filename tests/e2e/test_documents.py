"""Commands of documents that no other test runs, as they are written, on the stack of all tests.

The AWS CLI is not installed here. Its commands and options are made from the same models as
boto3's, so a line is read by them and sent by boto3.
"""

from __future__ import annotations

import re
import shlex
import zipfile
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name

from tests.copies import run
from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Stack
    from tools.local_aws.server import Server

_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# As the CLI reads an option by the type of its parameter.
READ: dict[str, Any] = {"integer": int, "string": str}


def commands(document: str, beginning: str) -> list[str]:
    """Return the lines of a document's shell blocks that begin so."""
    text = (ROOT / document).read_text()
    lines = [line for block in _SHELL.findall(text) for line in block.splitlines()]
    return [line for line in lines if line.startswith(beginning)]


def aws(server: Server, line: str) -> Any:  # noqa: ANN401  boto3's own
    """Run a line of the AWS CLI with options of plain values."""
    _, service, operation, *words = shlex.split(line)
    options = dict(zip(words[::2], words[1::2], strict=True))
    client = server.client(service, options.pop("--region", "eu-west-1"))
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    given = {
        name: READ[member.type_name](options.pop(f"--{xform_name(name, '-')}"))
        for name, member in shape.input_shape.members.items()
        if f"--{xform_name(name, '-')}" in options
    }
    assert not options, line
    return getattr(client, method)(**given)


@contextmanager
def function(stack: Stack, region: str, name: str) -> Iterator[Any]:
    """Make a function for a while; yield a client of its region."""
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("app.py", "def handler(event, context): ...\n")
    client = stack.local.client("lambda", region)
    role = stack.outputs["functions"]["stock"]
    client.create_function(
        FunctionName=name, Role=f"arn:aws:iam::123456789012:role/{role}", Handler="app.handler",
        Runtime="python3.13", Code={"ZipFile": archive.getvalue()},
    )  # fmt: skip
    try:
        yield client
    finally:
        if name in names(client):
            client.delete_function(FunctionName=name)


def names(client: Any) -> list[str]:  # noqa: ANN401  boto3's own
    pages = client.get_paginator("list_functions").paginate()
    return [each["FunctionName"] for page in pages for each in page["Functions"]]


def test_a_function_of_the_edge_is_deleted_in_its_region(stack: Stack) -> None:
    (line,) = commands("docs/troubleshooting.md", "aws lambda delete-function")
    with function(stack, "us-east-1", "shop-signer") as client:
        aws(stack.local, line)
        assert "shop-signer" not in names(client)


def test_a_function_that_invokes_itself_is_stopped(stack: Stack) -> None:
    (line,) = commands("docs/troubleshooting.md", "aws lambda put-function-concurrency")
    with function(stack, "eu-west-1", "shop-order-import") as client:
        aws(stack.local, line)
        kept = client.get_function_concurrency(FunctionName="shop-order-import")
        assert kept["ReservedConcurrentExecutions"] == 0


@pytest.mark.parametrize(
    "document", ["docs/patterns/events-sns-sqs.md", "modules/queue_consumer/README.md"]
)
def test_dead_letters_are_brought_back(stack: Stack, document: str) -> None:
    (line,) = commands(document, "make redrive")
    name = line.partition("QUEUE=")[2]
    sqs = stack.local.client("sqs")
    dead = sqs.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = f'{{"deadLetterTargetArn": "{arn["QueueArn"]}", "maxReceiveCount": "5"}}'
    queue = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": policy})["QueueUrl"]
    try:
        sqs.send_message(QueueUrl=dead, MessageBody="late")
        done = run(ROOT, *shlex.split(line), AWS="local", LOCAL_AWS_HOME=str(stack.local.home))
        assert done.returncode == 0, done.stdout + done.stderr
        (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)["Messages"]
        assert message["Body"] == "late"
    finally:
        for url in (queue, dead):
            sqs.delete_queue(QueueUrl=url)
