"""From AWS's batch events to their records, and back to the records that have failed.

A queue's or a stream's event holds many records. What failed is told by name, so that what
succeeded is not done again. The event source mapping must say ReportBatchItemFailures, else Lambda
takes every answer for success.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html

Records of a group whose order counts (of a FIFO queue, or all of a stream's shard) come again from
the first that failed on. So after a failure the group's later records are not handled any more, and
reported too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct, field

from json_log import bind, log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Answer = dict[str, list[dict[str, str]]]

T = TypeVar("T")
P = TypeVar("P")
K = TypeVar("K")

SHARD = "shard"
"""The one group of all the records of a stream."""

_Name = Annotated[str, Meta(min_length=1)]


class NoBatchError(Exception):
    """The event is none of the kind that the function is for; the message says where it differs."""


class RecordFailedError(Exception):
    """One record cannot be handled. The message is logged, so it holds no more than names."""


class Record(Struct, Generic[T], gc=False):
    """One record of a batch.

    Attributes
    ----------
    id
        What Lambda calls it in an answer: an SQS message's id, a change's sequence number.
    group
        Records of one group are handled in their order; None: it does not count.
    content
        A message's body (whatever is there in place of a string, too), or a change.
    """

    id: str
    group: str | None
    content: T


class Change(Struct, gc=False):
    """A change of a DynamoDB item, with the images as DynamoDB writes them, unseen."""

    event_name: Any
    old_image: Any
    new_image: Any


def messages(event: Any) -> list[Record[Any]]:  # noqa: ANN401  whatever invokes the function
    """Return the messages of an SQS event.

    Raises
    ------
    NoBatchError
        It is none, or a message has no id to report it by.
    """
    return [
        # A standard queue's messages may have a group as well: for fairness, it orders nothing.
        Record(
            message.message_id,
            _group(message) if message.source_arn.endswith(".fifo") else None,
            message.body,
        )
        for message in _convert(event, _QueueEvent, "an SQS queue").records
    ]


def changes(event: Any) -> list[Record[Change]]:  # noqa: ANN401  whatever invokes the function
    """Return the changes in an event of a DynamoDB stream.

    Raises
    ------
    NoBatchError
        It is none, or a change has no sequence number to report it by.
    """
    return [
        Record(change.data.number, SHARD, Change(change.name, change.data.old, change.data.new))
        for change in _convert(event, _StreamEvent, "a DynamoDB stream").records
    ]


def process(
    records: Sequence[Record[T]],
    handle: Callable[[T], object],
    *,
    has_time: Callable[[], bool] = lambda: True,
) -> Answer:
    """Handle records one by one.

    Parameters
    ----------
    records
        In the event's order.
    handle
        Handles the content of one; what it raises is that record's failure. What it binds to the
        log's lines, these tell until the next record.
    has_time
        Tells whether there is time for one more. Records for which there is none are reported, so
        that the function does not time out and what it has done counts.

    Returns
    -------
    dict
        Lambda's ``{"batchItemFailures": [{"itemIdentifier": id}, …]}``.
    """
    failures = _Failures(records)
    for at, record in enumerate(records):
        if failures.first and failures.block(at):
            continue
        bind(None)
        if not has_time():
            failures.add(at, "no time was left for it")
            continue
        try:
            handle(record.content)
        except Exception as error:  # noqa: BLE001  the others are to be handled whatever happens
            failures.add(at, _told(error))
    return failures.answer()


def process_together(  # noqa: PLR0913  what AWS limits has two limits
    records: Sequence[Record[T]],
    prepare: Callable[[T], P | None],
    handle: Callable[[list[P]], Mapping[int, str]],
    *,
    most: int,
    size: Callable[[P], int] | None = None,
    most_size: int = 0,
) -> Answer:
    """Handle records many at a time.

    Parameters
    ----------
    records
        In the event's order.
    prepare
        Makes of one record's content what is to be handled, or None when there is nothing to do;
        what it raises is that record's failure.
    handle
        Handles several; returns the positions of those that failed, and why. What it raises is the
        failure of all of them.
    most
        How many to handle at a time.
    size, most_size
        Tells how large what is to be handled is, and how large all at a time may be. What is larger
        alone is handled alone.

    Returns
    -------
    dict
        Lambda's ``{"batchItemFailures": [{"itemIdentifier": id}, …]}``.
    """
    failures = _Failures(records)
    ready: list[tuple[int, P]] = []
    for at, record in enumerate(records):
        if failures.first and failures.block(at):
            continue
        try:
            prepared = prepare(record.content)
        except Exception as error:  # noqa: BLE001  the others are to be handled whatever happens
            failures.add(at, _told(error))
        else:
            if prepared is not None:
                ready.append((at, prepared))
    for some in _chunks(ready, most, size, most_size):
        pending = [one for one in some if not failures.block(one[0])] if failures.first else some
        if not pending:
            continue
        try:
            failed = handle([prepared for _, prepared in pending])
        except Exception as error:  # noqa: BLE001  the others are to be handled whatever happens
            failed = dict.fromkeys(range(len(pending)), _told(error))
        for position, why in failed.items():
            failures.add(pending[position][0], why)
    return failures.answer()


class _Failures:
    """Which records of a batch have failed, or must come again with one that has.

    Attributes
    ----------
    first
        Group -> where in the batch its first failure is; empty while nothing has to be blocked.
    """

    def __init__(self, records: Sequence[Record[Any]]) -> None:
        self._records = records
        self._failed: set[int] = set()
        self.first: dict[str, int] = {}

    def add(self, at: int, why: str) -> None:
        record = self._records[at]
        self._failed.add(at)
        if record.group is not None:
            self.first[record.group] = min(at, self.first.get(record.group, at))
        log("ERROR", "record failed", record_id=record.id, reason=why)

    def block(self, at: int) -> bool:
        """Tell whether a record follows a failure in its group; if so, count it as failed."""
        group = self._records[at].group
        blocked = group is not None and self.first.get(group, at) < at
        if blocked:
            self._failed.add(at)
        return blocked

    def answer(self) -> Answer:
        first = self.first.get(SHARD)
        # Lambda comes again with all from the lowest sequence number on.
        at = sorted(self._failed) if first is None else [first]
        return {"batchItemFailures": [{"itemIdentifier": self._records[n].id} for n in at]}


def _told(error: Exception) -> str:
    """Return why a record failed, in words that hold nothing of it."""
    if isinstance(error, RecordFailedError):
        return str(error)[:500]
    from traceback import format_tb  # noqa: PLC0415  only when something is broken

    # AWS's errors have a code, and no response when AWS gave none in time. Their text, as any
    # exception's, may hold what is in the record; frames name files and lines.
    code = (getattr(error, "response", None) or {}).get("Error", {}).get("Code")
    stack = "".join(format_tb(error.__traceback__))
    log("ERROR", "unexpected", error=type(error).__name__, code=code, stack=stack)
    return str(code or type(error).__name__)


def _chunks(
    ready: list[tuple[int, P]], most: int, size: Callable[[P], int] | None, most_size: int
) -> Iterator[list[tuple[int, P]]]:
    if size is None:
        for start in range(0, len(ready), most):
            yield ready[start : start + most]
        return
    some: list[tuple[int, P]] = []
    together = 0
    for one in ready:
        its_own = size(one[1])
        if some and (len(some) == most or together + its_own > most_size):
            yield some
            some, together = [], 0
        some.append(one)
        together += its_own
    if some:
        yield some


class _Message(Struct, rename="camel", gc=False):
    message_id: _Name
    event_source: Literal["aws:sqs"]
    source_arn: str = field(name="eventSourceARN")
    attributes: Any = None
    body: Any = None


class _QueueEvent(Struct, gc=False):
    records: Annotated[list[_Message], Meta(min_length=1)] = field(name="Records")


class _ChangeData(Struct, gc=False):
    number: _Name = field(name="SequenceNumber")
    old: Any = field(name="OldImage", default=None)
    new: Any = field(name="NewImage", default=None)


class _Change(Struct, gc=False):
    source: Literal["aws:dynamodb"] = field(name="eventSource")
    data: _ChangeData = field(name="dynamodb")
    name: Any = field(name="eventName", default=None)


class _StreamEvent(Struct, gc=False):
    records: Annotated[list[_Change], Meta(min_length=1)] = field(name="Records")


def _convert(event: Any, kind: type[K], source: str) -> K:  # noqa: ANN401  see the callers
    try:
        return msgspec.convert(event, kind)
    except msgspec.ValidationError as error:
        raise NoBatchError(f"This is no event of {source}: {error}") from error


def _group(message: _Message) -> str:
    given = message.attributes.get("MessageGroupId") if isinstance(message.attributes, dict) else ""
    return str(given)
