"""new_function: a file that is dropped is read."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.unit.functions.conftest import Context, Load

EVENT = json.loads(Path(__file__).with_name("event.json").read_text())


@pytest.fixture
def app(load: Load) -> Iterator[ModuleType]:
    with mock_aws():
        yield load("new_function")


def event_of(body: bytes) -> Any:  # noqa: ANN401  any JSON
    """Put a file where the event says; return the event of it."""
    event = copy.deepcopy(EVENT)
    told = event["Records"][0]["s3"]
    bucket, key = told["bucket"]["name"], told["object"]["key"]
    s3 = boto3.client("s3", "us-east-1")
    s3.create_bucket(Bucket=bucket)
    told["object"]["eTag"] = s3.put_object(Bucket=bucket, Key=key, Body=body)["ETag"].strip('"')
    del told["object"]["versionId"]
    return event


def test_the_lines_of_a_file_are_counted(app: ModuleType, context: Context) -> None:
    assert app.handler(event_of(b"one\ntwo\n"), context) == [2]


def test_a_file_that_was_replaced_meanwhile_is_left_to_its_own_event(
    app: ModuleType, context: Context
) -> None:
    event = event_of(b"one\ntwo\n")
    event["Records"][0]["s3"]["object"]["eTag"] = "d41d8cd98f00b204e9800998ecf8427e"
    assert app.handler(event, context) == [0]


def test_the_event_with_which_s3_tries_the_notification_is_none_of_an_upload(
    app: ModuleType, context: Context
) -> None:
    assert app.handler({"Service": "Amazon S3", "Event": "s3:TestEvent"}, context) == []
