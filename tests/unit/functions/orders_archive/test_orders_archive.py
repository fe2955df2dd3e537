"""orders_archive: old orders move, none is lost and none is doubled, wherever a run is killed."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest import mock

import pytest
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


def test_an_archive_is_sorted_by_id(app: ModuleType, world: World, context: Context) -> None:
    for hour in (7, 3, 5):
        world.order(f"2026-03-01T{hour:02}:00:00.000000Z", "failed" if hour == 5 else "fulfilled")
    app.handler(SCHEDULER, context)
    assert world.archived() == sorted(world.archived())


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

    def keep_while_it_changes(*day: object) -> None:
        keep(*day)
        world.change(changed)

    with mock.patch.object(app.order_archive, "keep", keep_while_it_changes):
        assert app.handler(SCHEDULER, context)["moved"] == {"2026-03-01": 1}
    assert world.in_table() == {changed}


def test_a_changed_order_takes_the_place_of_what_was_archived_of_it(
    app: ModuleType, world: World, context: Context
) -> None:
    order_id = world.order("2026-03-01T12:00:00.000000Z")
    with mock.patch.object(app.order_table, "remove", return_value=False):
        app.handler(SCHEDULER, context)
    world.change(order_id)
    app.handler(SCHEDULER, context)
    assert json.loads(gzip.decompress(world.read(KEY)))["version"] == 4


def test_nothing_is_removed_when_the_archive_lacks_what_was_written(
    app: ModuleType, world: World, context: Context
) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    with (
        mock.patch.object(app.order_archive.object_store, "replace"),
        pytest.raises(app.order_archive.ArchiveBrokenError, match="lacks 1 orders"),
    ):
        app.handler(SCHEDULER, context)
    assert len(world.in_table()) == 1


@pytest.mark.parametrize(
    "broken",
    [b"", b"no gzip", gzip.compress(b'{"id": "a"}\n'), gzip.compress(b"x" * 99)[:-6]],
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


def test_of_two_runs_at_once_one_gives_way(app: ModuleType, world: World, context: Context) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    replace = app.order_archive.object_store.replace
    other = gzip.compress(b"", mtime=0)

    def replace_too_late(*write: object, **how: object) -> None:
        world.put(KEY, other)
        replace(*write, **how)

    with (
        mock.patch.object(app.order_archive.object_store, "replace", replace_too_late),
        pytest.raises(app.order_archive.object_store.ObjectChangedError, match="run again"),
    ):
        app.handler(SCHEDULER, context)
    assert (len(world.in_table()), world.read(KEY)) == (1, other)


def test_a_run_out_of_time_says_where_the_next_one_goes_on(
    app: ModuleType, world: World, context: Context
) -> None:
    world.order("2026-03-01T12:00:00.000000Z")
    world.order("2026-03-05T12:00:00.000000Z")
    context.remaining_milliseconds = 29_000
    first = app.handler(SCHEDULER, context)
    assert first == {"moved": {"2026-03-01": 1}, "next_day": "2026-03-05"}
    assert app.handler(SCHEDULER, context) == {"moved": {"2026-03-05": 1}, "next_day": None}


@pytest.mark.parametrize("after", [False, True], ids=["before it is done", "after it is done"])
def test_a_run_killed_at_any_request_and_begun_again_loses_and_doubles_nothing(
    app: ModuleType, world: World, context: Context, *, after: bool
) -> None:
    ids = {world.order(f"2026-03-0{1 + n // 2}T0{n}:00:00.000000Z") for n in range(4)}
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
