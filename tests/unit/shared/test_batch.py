"""Which records are reported, and which are handled, when some of a batch fail."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

import json_log
from batch import (
    Change,
    NoBatchError,
    RecordFailedError,
    changes,
    messages,
    process,
    process_together,
)
from tests.unit.event_handlers import (
    change,
    documented,
    failed,
    order,
    queue_event,
    stream_event,
)

SECRET = "what-a-body-holds"


class Refuse:
    """Handle contents but for some, and remember which came."""

    def __init__(self, *refused: object) -> None:
        self.refused = refused
        self.came: list[Any] = []

    def one(self, content: str) -> str:
        self.came.append(content)
        if content in self.refused:
            raise RecordFailedError(f"{content} is refused")
        return content

    def many(self, contents: list[Any]) -> dict[int, str]:
        self.came.append(contents)
        return {n: "refused" for n, content in enumerate(contents) if content in self.refused}


def test_nothing_is_reported_when_all_succeed() -> None:
    assert process(messages(queue_event("a", "b")), print) == {"batchItemFailures": []}


def test_a_failed_message_is_reported_alone() -> None:
    refuse = Refuse("b")
    assert failed(process(messages(queue_event("a", "b", "c")), refuse.one)) == ["message-1"]
    assert refuse.came == ["a", "b", "c"]


def test_all_are_reported_when_all_fail() -> None:
    answer = process(messages(queue_event("a", "b")), Refuse("a", "b").one)
    assert failed(answer) == ["message-0", "message-1"]


def test_an_unexpected_exception_is_a_failure_of_its_record() -> None:
    answer = process(messages(queue_event("1", "0", "2")), lambda body: 1 / int(body))
    assert failed(answer) == ["message-1"]


def test_an_answer_that_did_not_come_in_time_is_a_failure_of_its_record() -> None:
    def handle(_: str) -> None:
        raise ReadTimeoutError(endpoint_url="https://sns.example.com/")  # its response is None

    assert failed(process(messages(queue_event("a")), handle)) == ["message-0"]


def test_what_ends_the_process_is_not_held_up() -> None:
    with pytest.raises(SystemExit):
        process(messages(queue_event("a")), lambda _: exit())  # noqa: PLR1722  raises SystemExit


def test_records_for_which_no_time_is_left_are_reported_unhandled() -> None:
    left = iter([True, False, False])
    refuse = Refuse()
    answer = process(messages(queue_event("a", "b", "c")), refuse.one, has_time=lambda: next(left))
    assert failed(answer) == ["message-1", "message-2"]
    assert refuse.came == ["a"]


def test_a_failure_is_told_with_what_its_own_record_has_bound(
    capsys: pytest.CaptureFixture[str],
) -> None:
    left = iter([True, True, False])

    def handle(body: str) -> None:
        json_log.bind(f"request-{body}")
        raise RecordFailedError(body)

    process(messages(queue_event("a", "b", "c")), handle, has_time=lambda: next(left))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["record_id"], line.get("correlation_id")) for line in lines] == [
        ("message-0", "request-a"),
        ("message-1", "request-b"),
        ("message-2", None),
    ]


def test_after_a_failure_its_fifo_group_is_reported_unhandled() -> None:
    event = documented("sqs_fifo")  # groups a, b, a, b
    for number, record in enumerate(event["Records"]):
        record |= {"body": number, "messageId": f"message-{number}"}
    refuse = Refuse(0)
    assert failed(process(messages(event), refuse.one)) == ["message-0", "message-2"]
    assert refuse.came == [0, 1, 3]


def test_groups_of_a_standard_queue_order_nothing() -> None:
    event = queue_event("a", "b")
    for record in event["Records"]:
        record["attributes"] |= {"MessageGroupId": "tenant"}
    assert failed(process(messages(event), Refuse("a").one)) == ["message-0"]


@pytest.mark.parametrize("attributes", [None, 5, {}])
def test_fifo_messages_without_a_group_are_in_order_with_each_other(attributes: object) -> None:
    event = queue_event("a", "b", group="a")
    for record in event["Records"]:
        record["attributes"] = attributes
    assert failed(process(messages(event), Refuse("a").one)) == ["message-0", "message-1"]


def test_of_a_stream_only_the_first_failure_is_reported_and_nothing_handled_after_it() -> None:
    event = stream_event(*(change(None, order(n)) for n in range(4)))
    handled = []

    def handle(one: Change) -> None:
        handled.append(one.new_image["id"]["S"])
        if len(handled) == 2:
            raise RecordFailedError("second")

    assert failed(process(changes(event), handle)) == ["10001"]
    assert handled == [order(0).id, order(1).id]


def test_together_are_handled_as_many_as_allowed() -> None:
    refuse = Refuse()
    process_together(messages(queue_event(*"abcde")), refuse.one, refuse.many, most=2)
    assert refuse.came[5:] == [["a", "b"], ["c", "d"], ["e"]]


def test_together_are_handled_as_many_as_fit() -> None:
    refuse = Refuse()
    bodies = ("aaa", "bb", "ccccccc", "d")
    process_together(
        messages(queue_event(*bodies)),
        str,
        refuse.many,
        most=10,
        size=len,
        most_size=5,
    )
    assert refuse.came == [["aaa", "bb"], ["ccccccc"], ["d"]]


def test_together_failed_positions_are_those_of_their_records() -> None:
    refuse = Refuse("c", "d")
    answer = process_together(messages(queue_event(*"abcd")), Refuse("a").one, refuse.many, most=2)
    assert failed(answer) == ["message-0", "message-2", "message-3"]
    assert refuse.came == [["b", "c"], ["d"]]


def test_together_what_needs_nothing_is_no_failure() -> None:
    refuse = Refuse()
    answer = process_together(messages(queue_event("a")), lambda _: None, refuse.many, most=2)
    assert (failed(answer), refuse.came) == ([], [])


def test_an_exception_mid_way_is_the_failure_of_all_that_were_handled_with_it() -> None:
    def handle(some: list[str]) -> dict[int, str]:
        if "c" in some:
            raise OSError
        return {}

    answer = process_together(messages(queue_event(*"abcdef")), str, handle, most=2)
    assert failed(answer) == ["message-2", "message-3"]


def test_together_what_comes_before_a_malformed_change_is_handled() -> None:
    event = stream_event(*(change(None, order(n)) for n in range(4)))
    refuse = Refuse()

    def prepare(one: Change) -> str:
        if one.new_image["id"]["S"] == order(2).id:
            raise RecordFailedError("third")
        return str(one.new_image["id"]["S"])

    answer = process_together(changes(event), prepare, refuse.many, most=10)
    assert failed(answer) == ["10002"]
    assert refuse.came == [[order(0).id, order(1).id]]


def test_together_a_streams_rest_is_not_handled_after_a_failure() -> None:
    event = stream_event(*(change(None, order(n)) for n in range(4)))
    refuse = Refuse(order(1).id)
    answer = process_together(
        changes(event), lambda one: one.new_image["id"]["S"], refuse.many, most=2
    )
    assert failed(answer) == ["10001"]
    assert refuse.came == [[order(0).id, order(1).id]]


def test_together_the_first_of_several_that_a_stream_could_not_do_at_once_counts() -> None:
    event = stream_event(*(change(None, order(n)) for n in range(4)))
    refuse = Refuse(order(1).id, order(3).id)
    answer = process_together(
        changes(event), lambda one: str(one.new_image["id"]["S"]), refuse.many, most=9
    )
    assert failed(answer) == ["10001"]


def test_together_the_earliest_of_a_streams_failures_counts() -> None:
    event = stream_event(*(change(None, order(n)) for n in range(3)))
    refuse = Refuse(order(1).id)

    def prepare(one: Change) -> str:
        if one.new_image["id"]["S"] == order(2).id:
            raise RecordFailedError("third")
        return str(one.new_image["id"]["S"])

    assert failed(process_together(changes(event), prepare, refuse.many, most=9)) == ["10001"]


@pytest.mark.parametrize(
    ("event", "where"),
    [
        (None, "got `null`"),
        ({}, "`Records`"),
        ({"Records": []}, "$.Records"),
        (documented("dynamodb_stream"), "aws:dynamodb"),
        ({"Records": [{"messageId": "", "eventSource": "aws:sqs"}]}, "messageId"),
        ({"Records": [{"messageId": "1", "eventSource": "aws:kinesis"}]}, "aws:kinesis"),
    ],
)
def test_what_is_no_event_of_a_queue_is_refused_naming_where(event: object, where: str) -> None:
    with pytest.raises(NoBatchError, match="This is no event of an SQS queue") as error:
        messages(event)
    assert where in str(error.value)


def test_what_is_no_event_of_a_stream_is_refused_naming_where() -> None:
    with pytest.raises(NoBatchError, match=r"DynamoDB stream: .*Records\[0\]"):
        changes(documented("sqs_raw"))


def test_a_failure_is_logged_with_id_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    process(messages(queue_event("a")), Refuse("a").one)
    line = capsys.readouterr().out
    assert '"record_id":"message-0"' in line
    assert '"reason":"a is refused"' in line


def test_an_exceptions_own_text_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    process(messages(queue_event(SECRET)), int)
    lines = capsys.readouterr().out
    assert SECRET not in lines
    assert '"reason":"ValueError"' in lines
    assert "batch.py" in lines


def test_the_code_of_an_aws_error_is_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    def handle(_: object) -> None:
        answer: Any = {"Error": {"Code": "ThrottlingException", "Message": SECRET}}
        raise ClientError(answer, "PutItem")

    process(messages(queue_event("a")), handle)
    lines = capsys.readouterr().out
    assert '"reason":"ThrottlingException"' in lines
    assert SECRET not in lines


def test_where_aws_does_not_answer_the_error_is_the_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def handle(_: object) -> None:
        raise ReadTimeoutError(endpoint_url="https://sns.eu-west-1.amazonaws.com")

    answer = process(messages(queue_event("a", "b")), handle)
    assert len(answer["batchItemFailures"]) == 2
    assert '"reason":"ReadTimeoutError"' in capsys.readouterr().out
