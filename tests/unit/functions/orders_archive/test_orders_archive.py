"""orders_archive: old orders move, none is lost and none is doubled, wherever a run is killed."""

from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import date
from itertools import chain, pairwise, repeat
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from botocore.exceptions import ReadTimeoutError
from botocore.response import StreamingBody
from hypothesis import HealthCheck, given, settings
from moto import mock_aws

from tests.unit.functions.order_jobs import ENVIRONMENT, Killed, World, events, killed_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.unit.functions.conftest import Context, Load

SCHEDULER = json.loads((Path(__file__).parents[2] / "events" / "scheduler.json").read_text())
KEY = "archive/2026/03/01.jsonl.gz"


@pytest.fixture
def world(load: Load) -> Iterator[World]:  # noqa: ARG001  sets the environment
    with mock_aws():
        yield World()


@pytest.fixture(autouse=True)
def time_enough(context: Context) -> None:
    context.remaining_milliseconds = 900_000


@pytest.fixture
def app(load: Load, world: World) -> ModuleType:  # noqa: ARG001  before any client
    return load("orders_archive", **ENVIRONMENT)


def test_the_schedule_moves_what_is_older_than_the_days_that_orders_stay(
    app: ModuleType, world: World, context: Context
) -> None:
    old = world.order("2026-08-26T23:59:59.999999Z")
    young = world.order("2026-08-27T00:00:00.000000Z")
    moved = app.handler(SCHEDULER, context)
    assert moved == {"moved": {"2026-08-26": 1}, "next_day": None}
    assert (world.in_table(), world.archived()) == ({young}, [old])


@pytest.mark.parametrize("status", ["fulfilled", "failed", "cancelled"])
def test_a_final_order_moves(app: ModuleType, world: World, context: Context, status: str) -> None:
    world.order("2026-03-01T12:00:00.000000Z", status)
    app.handler(SCHEDULER, context)
    assert (len(world.in_table()), len(world.archived())) == (0, 1)


@pytest.mark.parametrize("status", ["placed", "fulfilling", "awaiting_approval"])
def test_an_order_that_is_not_final_stays_however_old(
    app: ModuleType, world: World, context: Context, status: str
) -> None:
    world.order("2025-03-01T12:00:00.000000Z", status)
    app.handler(SCHEDULER, context)
    assert (len(world.in_table()), len(world.archived())) == (1, 0)


def test_an_archived_order_is_whole(app: ModuleType, world: World, context: Context) -> None:
    order_id = world.order("2026-03-01T12:00:00.000000Z", total=42)
    app.handler(SCHEDULER, context)
    assert json.loads(gzip.decompress(world.read(KEY))) == {
        "id": order_id,
        "customer": "ada@example.com",
        "currency": "EUR",
        "lines": [{"sku": "tea", "quantity": 1, "unit_price": 42}],
        "total": 42,
        "status": "fulfilled",
        "version": 3,
        "created_at": "2026-03-01T12:00:00.000000Z",
        "updated_at": "2026-03-01T12:00:00.000000Z",
    }


def test_an_archive_has_the_oldest_order_first_and_of_one_moment_the_lowest_id(
    app: ModuleType, world: World, context: Context
) -> None:
    status = {3: "cancelled", 5: "failed"}
    seven, three, five, again = (
        world.order(f"2026-03-01T{hour:02}:00:00.000000Z", status.get(hour, "fulfilled"))
        for hour in (7, 3, 5, 3)
    )
    app.handler(SCHEDULER, context)
    assert world.archived() == [three, again, five, seven]


def test_the_same_orders_make_the_same_bytes(
    app: ModuleType, world: World, context: Context
) -> None:
    ids = [world.order(f"2026-03-01T{hour:02}:00:00.000000Z") for hour in range(4)]
    items = world.dynamodb.scan(TableName="orders")["Items"]
    app.handler(SCHEDULER, context)
    whole = world.read(KEY)
    # The same orders once more, in two runs.
    world.s3.delete_object(Bucket="orders-data", Key=KEY)
    for late in (False, True):
        for item in items:
            if (item["id"]["S"] in ids[2:]) == late:
                world.dynamodb.put_item(TableName="orders", Item=item)
        app.handler(SCHEDULER, context)
    assert world.read(KEY) == whole


def test_a_day_asked_again_by_hand_is_as_it_was(
    app: ModuleType, world: World, context: Context
) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    assert app.handler({"day": "2026-03-01"}, context)["moved"] == {"2026-03-01": 1}
    before = world.read(KEY)
    assert app.handler({"day": "2026-03-01"}, context)["moved"] == {"2026-03-01": 0}
    assert world.read(KEY) == before


def test_what_becomes_final_late_joins_its_day(
    app: ModuleType, world: World, context: Context
) -> None:
    first = world.order("2026-03-01T12:00:00.000000Z")
    app.handler(SCHEDULER, context)
    second = world.order("2026-03-01T13:00:00.000000Z", "failed")
    app.handler(SCHEDULER, context)
    assert set(world.archived()) == {first, second}


def test_an_order_that_changed_in_the_meantime_stays(
    app: ModuleType, world: World, context: Context
) -> None:
    changed = world.order("2026-03-01T12:00:00.000000Z")
    world.order("2026-03-01T13:00:00.000000Z")
    keep = app.order_archive.keep

    def keep_while_it_changes(*day: object) -> object:
        etag = keep(*day)
        world.change(changed)
        return etag

    with mock.patch.object(app.order_archive, "keep", keep_while_it_changes):
        assert app.handler(SCHEDULER, context)["moved"] == {"2026-03-01": 1}
    assert world.in_table() == {changed}


def test_an_order_that_changes_while_others_are_removed_stays(
    app: ModuleType, world: World, context: Context
) -> None:
    changed = world.order("2026-03-01T12:00:00.000000Z")
    world.order("2026-03-01T13:00:00.000000Z")
    remove_many = app.order_table.remove_many

    def remove_once_it_changed(orders: object) -> object:
        world.change(changed)
        return remove_many(orders)

    with mock.patch.object(app.order_table, "remove_many", remove_once_it_changed):
        assert app.handler(SCHEDULER, context)["moved"] == {"2026-03-01": 1}
    assert world.in_table() == {changed}


def test_an_order_that_another_run_removed_meanwhile_is_gone(
    app: ModuleType, world: World, context: Context
) -> None:
    ids = [world.order(f"2026-03-01T{hour:02}:00:00.000000Z") for hour in (12, 13)]
    remove_many = app.order_table.remove_many

    def remove_too_late(orders: object) -> object:
        world.dynamodb.delete_item(TableName="orders", Key={"id": {"S": ids[0]}})
        return remove_many(orders)

    with mock.patch.object(app.order_table, "remove_many", remove_too_late):
        assert app.handler(SCHEDULER, context)["moved"] == {"2026-03-01": 2}
    assert (world.in_table(), world.archived()) == (set(), ids)


def test_a_changed_order_takes_the_place_of_what_was_archived_of_it(
    app: ModuleType, world: World, context: Context
) -> None:
    order_id = world.order("2026-03-01T12:00:00.000000Z")
    with mock.patch.object(app.order_table, "remove_many", return_value=0):
        app.handler(SCHEDULER, context)
    world.change(order_id)
    app.handler(SCHEDULER, context)
    assert json.loads(gzip.decompress(world.read(KEY)))["version"] == 4


# Without ids they would be named by their bytes, which hold the second of their making.
@pytest.mark.parametrize(
    "packed", [gzip.compress(b""), gzip.compress(b'{"id": "a"}\n')], ids=["empty", "another"]
)
def test_nothing_is_removed_when_the_archive_is_not_what_was_written(
    app: ModuleType, world: World, context: Context, packed: bytes
) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    store = app.order_archive.object_store
    opened = store.opened

    def opened_wrongly(key: str) -> object:
        found = opened(key)
        return found and found._replace(file=io.BufferedReader(io.BytesIO(packed)))

    with (
        mock.patch.object(store, "opened", opened_wrongly),
        pytest.raises(app.order_archive.ArchiveBrokenError, match="is not what was written"),
    ):
        app.handler(SCHEDULER, context)
    assert len(world.in_table()) == 1


@pytest.mark.parametrize(
    "broken",
    [b"", b"no gzip", gzip.compress(b'{"id": "a"}\n'), gzip.compress(b"")[:-6]],
    ids=["empty", "not compressed", "no orders", "cut off"],
)
def test_nothing_is_removed_on_the_word_of_a_broken_archive(
    app: ModuleType, world: World, context: Context, broken: bytes
) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    world.put(KEY, broken)
    with pytest.raises(app.order_archive.ArchiveBrokenError, match=f"{KEY} cannot be read"):
        app.handler(SCHEDULER, context)
    assert (len(world.in_table()), world.read(KEY)) == (1, broken)


def test_an_archive_that_cannot_be_reached_is_not_called_broken(
    app: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = iter([lines_of(("a", "2026-03-01T12:00:00.000000Z"))[:40]])

    class Breaks(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:  # noqa: ANN401  any buffer
            part = next(begin, None)
            if part is None:
                raise ReadTimeoutError(endpoint_url="https://s3.eu-west-1.amazonaws.com")
            buffer[: len(part)] = part
            return len(part)

    store = app.order_archive.object_store
    found = store.Opened(io.BufferedReader(Breaks()), '"etag"')
    monkeypatch.setattr(store, "opened", lambda _: found)
    with pytest.raises(ReadTimeoutError):
        list(app.order_archive.Reading([date(2026, 3, 1)]))


def lines_of(*ids_at: tuple[str, str]) -> bytes:
    """Return an object of the archive, of orders with these ids that were created then."""
    order: dict[str, Any] = {"customer": "a", "currency": "EUR", "total": 0, "status": "failed"}
    order |= {"lines": [{"sku": "a", "quantity": 1, "unit_price": 0}], "version": 1}
    return gzip.compress(
        b"".join(
            json.dumps(order | {"id": id_, "created_at": at, "updated_at": at}).encode() + b"\n"
            for id_, at in ids_at
        ),
        mtime=0,
    )


@pytest.mark.parametrize(
    "ids_at",
    [
        (("a", "2026-03-01T13:00:00.000000Z"), ("b", "2026-03-01T12:00:00.000000Z")),
        (("b", "2026-03-01T12:00:00.000000Z"), ("a", "2026-03-01T12:00:00.000000Z")),
        (("a", "2026-03-01T12:00:00.000000Z"), ("a", "2026-03-01T12:00:00.000000Z")),
    ],
    ids=["younger first", "higher id first", "twice"],
)
def test_nothing_is_removed_on_the_word_of_an_archive_in_another_order(
    app: ModuleType, world: World, context: Context, ids_at: tuple[tuple[str, str], ...]
) -> None:
    world.order("2026-03-01T14:00:00.000000Z")
    world.put(KEY, lines_of(*ids_at))
    with pytest.raises(app.order_archive.ArchiveBrokenError, match=f"wrong place in {KEY}"):
        app.handler(SCHEDULER, context)
    assert (len(world.in_table()), world.read(KEY)) == (1, lines_of(*ids_at))


@pytest.mark.parametrize("operation", ["PutObject", "GetObject"])
def test_of_two_runs_at_once_one_gives_way(
    app: ModuleType, world: World, context: Context, operation: str
) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    other = lines_of(("other", "2026-03-01T12:00:00.000000Z"))
    seen: list[str] = []

    def other_run(**_: object) -> None:
        # Before ours writes; or once it has written, before it reads what it has written.
        seen.append(operation)
        if operation == "PutObject" or len(seen) == 2:
            world.put(KEY, other)

    events = app.order_archive.object_store._client.meta.events
    events.register(f"before-call.s3.{operation}", other_run)
    with pytest.raises(app.order_archive.object_store.ObjectChangedError, match="run again"):
        app.handler(SCHEDULER, context)
    assert (len(world.in_table()), world.read(KEY)) == (1, other)


def test_a_run_that_finds_the_archive_changed_before_it_removes_gives_way(
    app: ModuleType, world: World, context: Context
) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    keep = app.order_archive.keep

    def kept_and_changed(*day: object) -> object:
        etag = keep(*day)
        world.put(KEY, lines_of(("other", "2026-03-01T12:00:00.000000Z")))
        return etag

    with (
        mock.patch.object(app.order_archive, "keep", kept_and_changed),
        pytest.raises(app.order_archive.object_store.ObjectChangedError, match="run again"),
    ):
        app.handler(SCHEDULER, context)
    assert len(world.in_table()) == 1


def test_many_orders_go_through_in_pages_and_are_removed_a_hundred_at_once(
    app: ModuleType, world: World, context: Context
) -> None:
    ids = [
        world.order(
            f"2026-03-01T12:{n // 60:02}:{n % 60:02}.000000Z", ("failed", "fulfilled")[n % 2]
        )
        for n in range(230)
    ]
    with (
        mock.patch.object(app.order_table, "PAGE", 23),
        mock.patch.dict(app.order_table._BRIEFLY, Limit=23),
        killed_at(-1, after=True) as done,
    ):
        assert app.handler(SCHEDULER, context)["moved"] == {"2026-03-01": 230}
    assert (world.in_table(), world.archived()) == (set(), ids)
    assert done.count("TransactWriteItems") == 3
    # Each of two statuses has 5 full pages, which are read twice.
    assert done.count("Query") >= 20


SMALL_PART = 300
"""Bytes of a part, so that a few orders are more than one request takes."""


@pytest.fixture
def small_parts(app: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[app.order_archive.object_store.ObjectWriter.__module__]
    monkeypatch.setattr(module, "PART", SMALL_PART)
    monkeypatch.setattr("moto.s3.models.S3_UPLOAD_PART_MIN_SIZE", SMALL_PART)
    # Orders that are so much alike would be fewer bytes.
    monkeypatch.setattr(app.order_archive, "_LEVEL", 0)


@pytest.mark.usefixtures("small_parts")
def test_a_large_archive_is_written_in_parts_on_condition_that_nobody_else_wrote(
    app: ModuleType, world: World, context: Context
) -> None:
    conditions = []

    def seen(params: dict[str, Any], **_: object) -> None:
        conditions.append({name for name in params["headers"] if name.startswith("If-")})

    events = app.order_archive.object_store._client.meta.events
    events.register("before-call.s3.CompleteMultipartUpload", seen)
    ids: list[str] = []
    for day in ("2026-03-01", "2026-03-01"):
        ids += [world.order(f"{day}T{len(ids) + n:02}:00:00.000000Z") for n in range(6)]
        app.handler(SCHEDULER, context)
    assert world.archived() == ids
    assert conditions == [{"If-None-Match"}, {"If-Match"}]


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("at", ["UploadPart", "CompleteMultipartUpload"])
def test_a_large_archive_that_is_not_finished_leaves_no_parts(
    app: ModuleType, world: World, context: Context, at: str
) -> None:
    ids = {world.order(f"2026-03-01T0{n}:00:00.000000Z") for n in range(6)}
    events = app.order_archive.object_store._client.meta.events

    def fail(**_: object) -> None:
        raise ConnectionError

    events.register(f"before-call.s3.{at}", fail)
    with pytest.raises(ConnectionError):
        app.handler(SCHEDULER, context)
    assert world.s3.list_multipart_uploads(Bucket="orders-data").get("Uploads", []) == []
    assert (world.in_table(), world.names()) == (ids, [])


@pytest.mark.usefixtures("small_parts")
def test_a_large_archive_that_has_all_already_is_not_written_again(
    app: ModuleType, world: World, context: Context
) -> None:
    for n in range(6):
        world.order(f"2026-03-01T0{n}:00:00.000000Z")
    with (
        mock.patch.object(app.order_table, "remove_many", side_effect=Killed),
        pytest.raises(Killed),
    ):
        app.handler(SCHEDULER, context)
    with killed_at(-1, after=True) as done:
        assert app.handler(SCHEDULER, context)["moved"] == {"2026-03-01": 6}
    assert "AbortMultipartUpload" in done
    assert "CompleteMultipartUpload" not in done


def test_a_connection_that_breaks_while_the_archive_is_read_is_made_anew(
    app: ModuleType, world: World, context: Context
) -> None:
    first = world.order("2026-03-01T12:00:00.000000Z")
    app.handler(SCHEDULER, context)
    second = world.order("2026-03-01T13:00:00.000000Z")
    requests = []

    def cut(parsed: dict[str, Any], **_: object) -> None:
        whole = parsed["Body"].read()
        requests.append(len(whole))
        rest = whole if len(requests) % 2 == 0 else whole[:50]
        parsed["Body"] = StreamingBody(io.BytesIO(rest), len(whole))

    app.order_archive.object_store._client.meta.events.register("after-call.s3.GetObject", cut)
    app.handler(SCHEDULER, context)
    assert (world.in_table(), world.archived()) == (set(), [first, second])
    assert [after - before for before, after in pairwise(requests)][::2] == [-50] * 3


def test_a_run_out_of_time_within_a_day_leaves_the_rest_to_the_next(
    app: ModuleType, world: World, context: Context
) -> None:
    ids = {world.order(f"2026-03-01T12:{n // 60:02}:{n % 60:02}.000000Z") for n in range(240)}
    context.remaining_milliseconds = 14_000
    first = app.handler(SCHEDULER, context)
    assert first == {"moved": {"2026-03-01": 100}, "next_day": "2026-03-01"}
    assert len(world.in_table()) == 140
    assert set(world.archived()) == ids
    context.remaining_milliseconds = 900_000
    assert app.handler(SCHEDULER, context) == {"moved": {"2026-03-01": 140}, "next_day": None}
    assert (world.in_table(), set(world.archived())) == (set(), ids)


def test_three_fifths_of_the_time_are_for_removing(
    app: ModuleType, world: World, context: Context
) -> None:
    ids = [world.order(f"2026-03-01T0{n}:00:00.000000Z") for n in range(9)]
    moments = chain([100_000, 100_000, 60_000, 59_000], repeat(20_000))
    with mock.patch.object(context, "get_remaining_time_in_millis", lambda: next(moments)):
        first = app.handler(SCHEDULER, context)
    assert first == {"moved": {"2026-03-01": 3}, "next_day": "2026-03-01"}
    assert (world.in_table(), world.archived()) == (set(ids[3:]), ids[:3])
    assert app.handler(SCHEDULER, context) == {"moved": {"2026-03-01": 6}, "next_day": None}
    assert world.archived() == ids


def test_a_part_of_which_nothing_may_leave_the_table_is_not_taken_again_at_once(
    app: ModuleType, world: World, context: Context
) -> None:
    ids = [world.order(f"2026-03-01T0{n}:00:00.000000Z") for n in range(9)]
    keep = app.order_archive.keep

    def keep_while_all_change(*day: object) -> object:
        etag = keep(*day)
        for order in ids:
            world.change(order)
        return etag

    # Time ends after three orders of the first part, and is there again for a second one.
    moments = chain([100_000, 100_000, 60_000, 59_000], repeat(50_000))
    with (
        mock.patch.object(context, "get_remaining_time_in_millis", lambda: next(moments)),
        mock.patch.object(app.order_archive, "keep", side_effect=keep_while_all_change) as kept,
    ):
        done = app.handler(SCHEDULER, context)
    assert done == {"moved": {"2026-03-01": 0}, "next_day": "2026-03-01"}
    assert (kept.call_count, world.in_table()) == (1, set(ids))


def test_a_run_out_of_time_says_where_the_next_one_goes_on(
    app: ModuleType, world: World, context: Context
) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    world.order("2026-03-05T12:00:00.000000Z")
    context.remaining_milliseconds = 29_000
    first = app.handler(SCHEDULER, context)
    assert first == {"moved": {"2026-03-01": 1}, "next_day": "2026-03-05"}
    assert app.handler(SCHEDULER, context) == {"moved": {"2026-03-05": 1}, "next_day": None}


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("after", [False, True], ids=["before it is done", "after it is done"])
def test_a_run_killed_at_any_request_and_begun_again_loses_and_doubles_nothing(
    app: ModuleType,
    world: World,
    context: Context,
    monkeypatch: pytest.MonkeyPatch,
    *,
    after: bool,
) -> None:
    # Two transactions on the first day, and one part at least.
    monkeypatch.setattr(app.order_table, "MAX_MANY", 2)
    ids = {world.order(f"2026-03-0{1 + n // 3}T0{n}:00:00.000000Z") for n in range(4)}
    items = world.dynamodb.scan(TableName="orders")["Items"]
    request, ended, wholes = 0, False, set()
    while not ended:
        request += 1
        for item in items:
            world.dynamodb.put_item(TableName="orders", Item=item)
        for key in world.names():
            world.s3.delete_object(Bucket="orders-data", Key=key)
        with killed_at(request, after=after):
            try:
                app.handler(SCHEDULER, context)
                ended = True
            except Killed:
                pass
        assert world.in_table() | set(world.archived()) == ids
        app.handler(SCHEDULER, context)
        assert not world.in_table()
        assert sorted(world.archived()) == sorted(ids)
        wholes.add(tuple(world.read(key) for key in world.names()))
    assert (request > 20, len(wholes)) == (True, 1)


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"scheduled_at": "<aws.scheduler.scheduled-time>"}, "no moment with its zone"),
        ({"day": "2062-03-01"}, "2062-03-01 is too young: orders stay 90 days"),
        ({"from": "2026-03-01", "to": "2026-04-01"}, "are 32 days, and a run takes 1 to 31"),
        ({"day": "2026-02-29"}, "no day of the calendar"),
        ([], "The event is no object but []"),
    ],
)
def test_an_event_that_names_no_day_is_refused_in_words(
    app: ModuleType, world: World, context: Context, event: object, says: str
) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    with pytest.raises(app.InvalidScheduleEventError, match=r"Give \{") as refused:
        app.handler(event, context)
    assert says in str(refused.value)
    assert len(world.in_table()) == 1


@settings(
    max_examples=2_000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(event=events)
def test_no_event_is_a_silent_success(app: ModuleType, context: Context, event: object) -> None:
    looked: list[str] = []

    def created_between(status: str, *_: str, **_how: int) -> tuple[()]:
        looked.append(status)
        return ()

    stub = SimpleNamespace(created_between=created_between)
    with mock.patch.multiple(app, order_table=stub):
        try:
            done = app.handler(event, context)
        except app.InvalidScheduleEventError:
            assert not looked
        else:
            assert looked
            assert done["next_day"] is None
