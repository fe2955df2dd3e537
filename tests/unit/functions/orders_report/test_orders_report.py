"""orders_report: what a day came to, the same whenever and however often it is asked."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from moto import mock_aws

from order import STATUSES
from tests.unit.functions.order_jobs import (
    BUCKET,
    ENVIRONMENT,
    Killed,
    World,
    events,
    killed_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from tests.unit.functions.conftest import Context, Load

SCHEDULER = json.loads((Path(__file__).parents[2] / "events" / "scheduler.json").read_text())
DASHBOARD = "reports/dashboard.json"


@pytest.fixture
def world(load: Load) -> Iterator[World]:  # noqa: ARG001  sets the environment
    with mock_aws():
        yield World()


@pytest.fixture(autouse=True)
def time_enough(context: Context) -> None:
    context.remaining_milliseconds = 900_000


@pytest.fixture
def app(load: Load, world: World) -> ModuleType:  # noqa: ARG001  before any client
    return load("orders_report", **ENVIRONMENT)


def report(world: World, day: str) -> Any:  # noqa: ANN401  any JSON
    return world.json(f"reports/daily/{day}.json")


def test_the_schedule_reports_the_local_day_that_ended_before_it(
    app: ModuleType, world: World, context: Context
) -> None:
    assert app.handler(SCHEDULER, context) == {"days": ["2026-11-24"]}
    assert world.names() == ["reports/daily/2026-11-24.json", DASHBOARD]


def test_a_report_counts_orders_and_what_was_earned_in_each_currency(
    app: ModuleType, world: World, context: Context
) -> None:
    world.order("2026-11-24T09:00:00.000000Z", total=1000)
    world.order("2026-11-24T10:00:00.000000Z", total=500)
    world.order("2026-11-24T11:00:00.000000Z", total=70, currency="USD")
    world.order("2026-11-24T12:00:00.000000Z", "cancelled")
    world.order("2026-11-24T13:00:00.000000Z", "placed")
    app.handler({"day": "2026-11-24"}, context)
    assert report(world, "2026-11-24") == {
        "by_status": {
            "awaiting_approval": 0,
            "cancelled": 1,
            "failed": 0,
            "fulfilled": 3,
            "fulfilling": 0,
            "placed": 1,
        },
        "day": "2026-11-24",
        "placed": 5,
        "revenue_by_currency": {"EUR": 1500, "USD": 70},
        "time_zone": "Europe/Berlin",
    }


def test_orders_of_every_status_are_read(app: ModuleType) -> None:
    assert set(app.READING_ORDER) == set(STATUSES)


@pytest.mark.parametrize(
    ("day", "span"),
    [
        pytest.param("2026-11-24", ("2026-11-23T23:00:00", "2026-11-24T22:59:59"), id="24 hours"),
        pytest.param("2026-03-29", ("2026-03-28T23:00:00", "2026-03-29T21:59:59"), id="23 hours"),
        pytest.param("2025-10-26", ("2025-10-25T22:00:00", "2025-10-26T22:59:59"), id="25 hours"),
    ],
)
def test_a_day_begins_and_ends_by_the_local_clock(
    app: ModuleType, world: World, context: Context, day: str, span: tuple[str, str]
) -> None:
    world.order(f"{span[0]}.000000Z")
    world.order(f"{span[1]}.999999Z")
    app.handler({"day": day}, context)
    assert report(world, day)["placed"] == 2


@pytest.mark.parametrize("moment", ["2026-03-28T22:59:59.999999Z", "2026-03-29T22:00:00.000000Z"])
def test_what_was_placed_beside_a_day_is_not_in_it(
    app: ModuleType, world: World, context: Context, moment: str
) -> None:
    world.order(moment)
    app.handler({"day": "2026-03-29"}, context)
    assert report(world, "2026-03-29")["placed"] == 0


def test_a_second_run_writes_the_same_bytes(
    app: ModuleType, world: World, context: Context
) -> None:
    for hour in range(12):
        world.order(f"2026-11-24T{hour:02}:00:00.000000Z", currency=["USD", "EUR"][hour % 2])
    app.handler(SCHEDULER, context)
    before = {key: world.read(key) for key in world.names()}
    app.handler({"day": "2026-11-24"}, context)
    assert {key: world.read(key) for key in world.names()} == before


def test_a_report_does_not_change_when_its_orders_are_archived(
    app: ModuleType, load: Load, world: World, context: Context
) -> None:
    for hour in range(24):
        world.order(f"2026-03-{28 + hour // 22}T{hour:02}:30:00.000000Z", "failed")
        world.order(f"2026-03-29T{hour:02}:15:00.000000Z", total=hour)
    span = {"from": "2026-03-28", "to": "2026-03-30"}
    app.handler(span, context)
    before = {key: world.read(key) for key in world.names()}
    load("orders_archive", **ENVIRONMENT).handler({"scheduled_at": "2026-11-25T01:00:00Z"}, context)
    assert not world.in_table()
    app.handler(span, context)
    assert {key: world.read(key) for key in before} == before


def test_an_order_in_table_and_archive_counts_once(
    app: ModuleType, load: Load, world: World, context: Context
) -> None:
    world.order("2026-03-29T12:00:00.000000Z")
    archive = load("orders_archive", **ENVIRONMENT)
    with (
        mock.patch.object(archive.order_table, "remove", side_effect=Killed),
        pytest.raises(Killed),
    ):
        archive.handler({"day": "2026-03-29"}, context)
    assert (len(world.in_table()), len(world.archived())) == (1, 1)
    app.handler({"day": "2026-03-29"}, context)
    assert report(world, "2026-03-29")["placed"] == 1


def test_the_dashboard_shows_the_last_thirty_days_in_order(
    app: ModuleType, world: World, context: Context
) -> None:
    app.handler({"from": "2026-10-20", "to": "2026-11-19"}, context)
    days = [entry["day"] for entry in world.json(DASHBOARD)["days"]]
    assert (days[0], days[-1], len(days)) == ("2026-10-21", "2026-11-19", 30)


def test_the_dashboard_stays_with_the_newest_day_when_an_old_one_is_asked(
    app: ModuleType, world: World, context: Context
) -> None:
    app.handler(SCHEDULER, context)
    before = world.json(DASHBOARD)["days"][-1]
    app.handler({"day": "2026-06-01"}, context)
    assert world.json(DASHBOARD)["days"][-1] == before


def test_a_day_with_open_orders_is_reported_again_until_all_are_final(
    app: ModuleType, world: World, context: Context
) -> None:
    order_id = world.order("2026-11-20T12:00:00.000000Z", "awaiting_approval")
    app.handler({"from": "2026-11-20", "to": "2026-11-23"}, context)
    world.dynamodb.update_item(
        TableName="orders",
        Key={"id": {"S": order_id}},
        UpdateExpression="SET #status = :to",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":to": {"S": "fulfilled"}},
    )
    again = app.handler(SCHEDULER, context)
    assert again == {"days": ["2026-11-20", "2026-11-24"]}
    assert world.json(DASHBOARD)["days"][0]["by_status"]["fulfilled"] == 1


def test_days_on_which_the_job_did_not_run_are_filled_in(
    app: ModuleType, context: Context, world: World
) -> None:
    app.handler({"day": "2026-11-21"}, context)
    filled = app.handler(SCHEDULER, context)
    assert filled == {"days": ["2026-11-22", "2026-11-23", "2026-11-24"]}
    assert len(world.json(DASHBOARD)["days"]) == 4


def test_a_run_that_is_killed_and_begun_again_ends_as_one_that_was_not(
    app: ModuleType, world: World, context: Context
) -> None:
    for hour in range(6):
        world.order(f"2026-11-24T{hour:02}:00:00.000000Z")
    app.handler(SCHEDULER, context)
    whole = {key: world.read(key) for key in world.names()}
    request = 0
    ended = False
    while not ended:
        request += 1
        for key in world.names():
            world.s3.delete_object(Bucket=BUCKET, Key=key)
        with killed_at(request, after=True):
            try:
                app.handler(SCHEDULER, context)
                ended = True
            except Killed:
                pass
        app.handler(SCHEDULER, context)
        assert {key: world.read(key) for key in world.names()} == whole
    assert request > 8


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"scheduled_at": "<aws.scheduler.scheduled-time>"}, "no moment with its zone"),
        ({"scheduled_at": "2026-11-25T01:00:00"}, "no moment with its zone"),
        ({"day": "24.11.2026"}, "no day of the calendar"),
        ({"day": "2062-11-24"}, "2062-11-24 is still to come"),
        ({"scheduled_at": "2062-11-25T01:00:00Z"}, "2062-11-24 is still to come"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "are 0 days, and a run takes 1 to 31"),
        ({"from": "2026-01-01", "to": "2026-11-01"}, "are 305 days, and a run takes 1 to 31"),
        ({"from": "2026-11-02"}, "The event has the fields ['from']"),
        ({}, "The event has the fields []"),
        (None, "The event is no object but None"),
    ],
)
def test_an_event_that_names_no_day_is_refused_in_words(
    app: ModuleType, world: World, context: Context, event: object, says: str
) -> None:
    with pytest.raises(app.InvalidScheduleEventError, match=r"Give \{") as refused:
        app.handler(event, context)
    assert says in str(refused.value)
    assert world.names() == []


@settings(
    max_examples=2_000,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(event=events)
def test_no_event_is_a_silent_success(app: ModuleType, context: Context, event: object) -> None:
    written: list[str] = []
    table = SimpleNamespace(created_between=lambda *_: ())
    store = SimpleNamespace(
        keys=lambda _: [], get=lambda _: None, put=lambda key, *_: written.append(key)
    )
    stubs = mock.patch.multiple(app, object_store=store, order_table=table)
    with stubs, mock.patch.object(app.order_archive, "read", lambda _: {}):
        try:
            done = app.handler(event, context)
        except app.InvalidScheduleEventError:
            assert not written
        else:
            assert done["days"]
            assert written == [f"reports/daily/{day}.json" for day in done["days"]] + [DASHBOARD]
