"""What is in a dead-letter queue comes back, once, whichever way it is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tools.operations.redrive import __main__ as command
from tools.operations.redrive import moves
from tools.operations.redrive.queues import Queue, RedriveError, look, pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.operations.redrive.conftest import Queues

WHERE = "AWS, eu-west-1"


class Killed(BaseException):
    """Stands for a signal: nothing in the tool catches it."""


class TestThePair:
    @pytest.mark.parametrize("name", ["billing", "billing-dlq"])
    def test_is_found_by_the_name_of_either(self, queues: Queues, name: str) -> None:
        queues.pair()
        dead, source = pair(queues.sqs, name)
        assert (dead.name, source.name) == ("billing-dlq", "billing")

    @pytest.mark.parametrize("name", ["ledger", "ledger.fifo", "ledger-dlq", "ledger-dlq.fifo"])
    def test_of_fifo_queues_is_found_without_the_suffix(self, queues: Queues, name: str) -> None:
        queues.fifo_pair()
        dead, source = pair(queues.sqs, name)
        assert (dead.name, source.name) == ("ledger-dlq.fifo", "ledger.fifo")

    def test_is_found_where_sqs_cannot_list_the_sources(
        self, queues: Queues, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        queues.pair()
        queues.make("other")
        paginator = queues.sqs.get_paginator

        def without(name: str) -> object:
            if name == "list_dead_letter_source_queues":
                raise ClientError({"Error": {"Code": "InvalidAction"}}, name)
            return paginator(name)

        monkeypatch.setattr(queues.sqs, "get_paginator", without, raising=False)
        dead, source = pair(queues.sqs, "billing-dlq")
        assert (dead.name, source.name) == ("billing-dlq", "billing")

    def test_of_an_unknown_name_is_refused_with_the_names_that_there_are(
        self, queues: Queues
    ) -> None:
        queues.pair()
        with pytest.raises(RedriveError, match="no queue 'bills' in eu-west-1") as caught:
            pair(queues.sqs, "bills")
        assert "billing, billing-dlq" in str(caught.value)

    def test_of_a_queue_that_is_nobodys_is_refused(self, queues: Queues) -> None:
        queues.make("lonely")
        with pytest.raises(RedriveError, match="lonely has no dead-letter queue, and is none"):
            pair(queues.sqs, "lonely")

    def test_of_a_queue_that_serves_two_is_refused_with_both_names(self, queues: Queues) -> None:
        queues.pair()
        queues.make("shipping", dead="billing-dlq")
        with pytest.raises(RedriveError, match=r"several queues \(billing, shipping\)"):
            pair(queues.sqs, "billing-dlq")


class TestMovingByHand:
    def test_brings_every_message_back(self, queues: Queues) -> None:
        dead, source = queues.pair()
        queues.send(dead, *(f"order {n}" for n in range(23)))
        assert moved(queues, dead, source) == 23
        assert queues.bodies(source) == sorted(f"order {n}" for n in range(23))
        assert queues.bodies(dead) == []

    def test_keeps_the_attributes_of_a_message(self, queues: Queues) -> None:
        dead, source = queues.pair()
        kind = {"kind": {"DataType": "String", "StringValue": "paid"}}
        trace = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-2-3"}}
        queues.send(dead, "order", MessageAttributes=kind, MessageSystemAttributes=trace)
        moved(queues, dead, source)
        [message] = queues.messages(source)
        assert message["MessageAttributes"] == kind
        assert message["Attributes"]["AWSTraceHeader"] == "Root=1-2-3"

    def test_tells_how_far_it_is_after_each_batch(self, queues: Queues) -> None:
        dead, source = queues.pair()
        queues.send(dead, *(f"order {n}" for n in range(12)))
        told: list[int] = []
        moved(queues, dead, source, told.append)
        assert told == [10, 12]

    @pytest.mark.parametrize("kind", ["pair", "fifo_pair"])
    def test_loses_nothing_when_it_is_killed_between_sending_and_deleting(
        self, queues: Queues, monkeypatch: pytest.MonkeyPatch, kind: str
    ) -> None:
        dead, source = getattr(queues, kind)()
        group = {"MessageGroupId": "g"} if kind == "fifo_pair" else {}
        queues.send(dead, "one", "two", "three", **group)
        killed_before_it_deletes(queues, dead, source, monkeypatch)
        assert set(queues.bodies(dead) + queues.bodies(source)) == {"one", "two", "three"}

    def test_of_a_fifo_queue_run_again_after_a_kill_sends_nothing_twice(
        self, queues: Queues, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dead, source = queues.fifo_pair()
        queues.send(dead, "one", "two", MessageGroupId="g")
        killed_before_it_deletes(queues, dead, source, monkeypatch)
        moved(queues, dead, source)
        assert [m["Body"] for m in queues.messages(source)] == ["one", "two"]

    def test_sends_what_the_queue_had_within_the_last_minutes(self, queues: Queues) -> None:
        dead, source = queues.fifo_pair()
        known = {"MessageGroupId": "g", "MessageDeduplicationId": "order-1"}
        queues.send(source, "order", **known)
        queues.sqs.purge_queue(QueueUrl=source)
        queues.send(dead, "order", **known)
        moved(queues, dead, source)
        assert queues.bodies(source) == ["order"]

    def test_ends_with_what_waited_at_the_start(self, queues: Queues) -> None:
        dead, source = queues.pair()
        queues.send(dead, "one")

        def failing_again(_: int) -> None:
            queues.send(dead, "one")

        assert moved(queues, dead, source, failing_again) == 1
        assert queues.bodies(dead) == ["one"]

    def test_says_what_comes_twice_when_sqs_does_not_delete(
        self, queues: Queues, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        dead, source = queues.pair()
        queues.send(dead, "one")
        answer = {"Failed": [{"Id": "0", "Message": "out of order"}]}
        monkeypatch.setattr(queues.sqs, "delete_message_batch", lambda **_: answer, raising=False)
        with pytest.raises(
            RedriveError,
            match=r"1 of the messages .* still in billing-dlq as well \(out of order\)",
        ):
            moved(queues, dead, source)


def moved(
    queues: Queues, dead: str, source: str, report: Callable[[int], None] = lambda _: None
) -> int:
    return moves.by_hand(queues.sqs, look(queues.sqs, dead), look(queues.sqs, source), report)


def killed_before_it_deletes(
    queues: Queues, dead: str, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Move messages, killed after they were sent; what was read comes again at once."""

    def killed(**_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(queues.sqs, "delete_message_batch", killed, raising=False)
        patch.setattr(moves, "HIDDEN_SECONDS", 0)
        with pytest.raises(Killed):
            moved(queues, dead, source)


class Tasks:
    """SQS that moves messages by itself, in the steps that it is given."""

    def __init__(self, *steps: dict[str, Any], refused: str | None = None) -> None:
        self.steps = list(steps)
        self.started: dict[str, str] = {}
        self.refused = refused

    def start_message_move_task(self, **arguments: str) -> dict[str, str]:
        if self.refused:
            said = "There is already a task running."
            raise ClientError(
                {"Error": {"Code": self.refused, "Message": said}}, "StartMessageMoveTask"
            )
        self.started = arguments
        return {"TaskHandle": "handle"}

    def list_message_move_tasks(self, **_: object) -> dict[str, Any]:
        return {"Results": [self.steps.pop(0)]}


class TestMovingByTask:
    DEAD = Queue("url-d", "arn:aws:sqs:eu-west-1:123456789012:billing-dlq", 3, 0, None)
    SOURCE = Queue("url-s", "arn:aws:sqs:eu-west-1:123456789012:billing", 0, 0, DEAD.arn)

    @pytest.fixture(autouse=True)
    def at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(moves, "POLL_SECONDS", 0)

    def run(self, sqs: Tasks, told: list[int] | None = None) -> int | None:
        told = [] if told is None else told
        return moves.by_task(sqs, self.DEAD, self.SOURCE, told.append)

    def test_names_where_from_and_where_to(self) -> None:
        sqs = Tasks({"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 3})
        self.run(sqs)
        assert sqs.started == {"SourceArn": self.DEAD.arn, "DestinationArn": self.SOURCE.arn}

    def test_waits_until_it_is_done_and_tells_how_far_it_is(self) -> None:
        sqs = Tasks(
            {"Status": "RUNNING"},
            {"Status": "RUNNING", "ApproximateNumberOfMessagesMoved": 2},
            {"Status": "COMPLETED", "ApproximateNumberOfMessagesMoved": 3},
        )
        told: list[int] = []
        assert self.run(sqs, told) == 3
        assert told == [0, 2]

    def test_that_fails_says_why(self) -> None:
        sqs = Tasks(
            {
                "Status": "FAILED",
                "ApproximateNumberOfMessagesMoved": 1,
                "FailureReason": "AWS.SimpleQueueService.NonExistentQueue",
            }
        )
        with pytest.raises(RedriveError, match=r"FAILED with 1 moved: AWS.*NonExistentQueue"):
            self.run(sqs)

    def test_while_another_one_runs_is_refused(self) -> None:
        sqs = Tasks(refused="AWS.SimpleQueueService.UnsupportedOperation")
        with pytest.raises(RedriveError, match="already a task running"):
            self.run(sqs)

    def test_is_none_where_sqs_has_no_tasks(self) -> None:
        assert self.run(Tasks(refused="InvalidAction")) is None


class TestTheCommand:
    def run(self, queues: Queues, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
        monkeypatch.setattr("sys.argv", ["redrive", *arguments])
        monkeypatch.setattr(command, "client", lambda: (queues.sqs, WHERE))
        return command.main()

    def test_says_what_it_moved(
        self, queues: Queues, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        dead, _ = queues.pair()
        queues.send(dead, "one", "two")
        assert self.run(queues, monkeypatch, "billing") == 0
        first, *_, last = capsys.readouterr().out.splitlines()
        assert first == "redrive: from billing-dlq to billing on AWS, eu-west-1: 2 waiting"
        assert last.startswith("redrive: 2 moved in ")
        assert last.endswith(" s, 0 left in billing-dlq")

    def test_says_that_there_is_nothing_to_move(
        self, queues: Queues, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        queues.pair()
        assert self.run(queues, monkeypatch, "billing") == 0
        assert capsys.readouterr().out == "redrive: nothing to move, billing-dlq is empty\n"

    def test_says_that_somebody_else_is_at_it(
        self, queues: Queues, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        dead, _ = queues.pair()
        queues.send(dead, "one")
        queues.sqs.receive_message(QueueUrl=dead, VisibilityTimeout=30)
        self.run(queues, monkeypatch, "billing")
        assert "billing-dlq is empty; 1 are just being received" in capsys.readouterr().out

    def test_without_a_queue_says_how_to_name_one(
        self, queues: Queues, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.run(queues, monkeypatch) == 2
        assert "make redrive QUEUE=" in capsys.readouterr().err

    def test_says_what_is_wrong_in_one_line(
        self, queues: Queues, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        queues.make("lonely")
        assert self.run(queues, monkeypatch, "lonely") == 2
        assert capsys.readouterr().err == (
            "redrive: lonely has no dead-letter queue, and is none: "
            "no queue's redrive policy names it\n"
        )


def test_the_command_without_credentials_says_how_to_get_some(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setattr("sys.argv", ["redrive", "billing"])
    assert command.main() == 2
    assert "AWS=local" in capsys.readouterr().err
