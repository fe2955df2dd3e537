"""orders_report: what a day came to, the same whenever and however often it is asked."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moto import mock_aws
from msgspec.structs import replace

from local_day import span_of
from order import (
    AWAITING_APPROVAL,
    FULFILLED,
    FULFILLING,
    PLACED,
    STATUSES,
    TRANSITIONS,
    BriefOrder,
    Order,
    OrderLine,
)
from order_report import DayReport, report_of, write
from tests.unit.functions.order_jobs import (
    BUCKET,
    ENVIRONMENT,
    Killed,
    World,
    events,
    killed_at,
)
from tools.scale.load import of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from tests.unit.functions.conftest import Context, Load

SCHEDULER = json.loads((Path(__file__).parents[2] / "events" / "scheduler.json").read_text())
DASHBOARD = "reports/dashboard.json"


def test_scale_counts_as_many_looks_as_there_are(app: ModuleType) -> None:
    assert len(app.READING_ORDER) == of("statuses")


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
    assert app.handler(SCHEDULER, context) == {"days": ["2026-11-24"], "left": []}
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


def test_a_day_of_many_pages_is_whole(app: ModuleType, world: World, context: Context) -> None:
    for hour in range(24):
        world.order(f"2026-03-01T{hour:02}:00:00.000000Z", STATUSES[hour % 4])
    with mock.patch.dict(app.order_table._BRIEFLY, Limit=2), killed_at(-1, after=True) as done:
        app.handler({"from": "2026-03-01", "to": "2026-03-02"}, context)
    assert [report(world, f"2026-03-0{day}")["placed"] for day in (1, 2)] == [23, 1]
    assert report(world, "2026-03-01")["by_status"] == dict.fromkeys(STATUSES, 0) | {
        PLACED: 6, FULFILLING: 6, AWAITING_APPROVAL: 6, FULFILLED: 5,
    }  # fmt: skip
    assert done.count("Query") > 2 * len(app.READING_ORDER)


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
        mock.patch.object(archive.order_table, "remove_many", side_effect=Killed),
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
    assert again["days"] == ["2026-11-20", "2026-11-24"]
    assert world.json(DASHBOARD)["days"][0]["by_status"]["fulfilled"] == 1


def test_days_on_which_the_job_did_not_run_are_filled_in(
    app: ModuleType, context: Context, world: World
) -> None:
    app.handler({"day": "2026-11-21"}, context)
    filled = app.handler(SCHEDULER, context)
    assert filled["days"] == ["2026-11-22", "2026-11-23", "2026-11-24"]
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
    table = SimpleNamespace(first_created_between=lambda *_: ([], None))
    store = SimpleNamespace(
        keys=lambda _: [],
        get=lambda _: None,
        put=lambda key, *_: written.append(key),
        opened=lambda _: None,
        etag_of=lambda _: None,
    )
    stubs = mock.patch.multiple(app, object_store=store, order_table=table)
    with stubs, mock.patch.object(app.order_archive, "object_store", store):
        try:
            done = app.handler(event, context)
        except app.InvalidScheduleEventError:
            assert not written
        else:
            assert done["days"]
            assert written == [f"reports/daily/{day}.json" for day in done["days"]] + [DASHBOARD]


class Shop:
    """A table and an archive of which every request may find more done than the one before it.

    What is done between two requests is drawn from `draw`: orders move on in their lives, and those
    that are final are archived and removed.
    """

    def __init__(self, orders: list[Order], page: int, draw: Callable[[int], list[int]]) -> None:
        self.table = {order.id: order for order in orders}
        self.archive: dict[str, dict[str, Order]] = {}
        self._approved: set[str] = set()
        self._page = page
        self._draw = draw

    def go_on(self) -> None:
        """Let happen what happens between two requests."""
        for choice in self._draw(len(TRANSITIONS)):
            if not self.table:
                return
            names = sorted(self.table)
            order = self.table[names[choice % len(names)]]
            following = TRANSITIONS[order.status]
            if order.id in self._approved:
                # A workflow asks once.
                following = tuple(status for status in following if status != AWAITING_APPROVAL)
            if following:
                status = following[choice % len(following)]
                if order.status == AWAITING_APPROVAL:
                    self._approved.add(order.id)
                self.table[order.id] = replace(order, status=status, version=order.version + 1)
            else:
                # First there, then not here.
                self.archive.setdefault(order.created_at[:10], {})[order.id] = order
                if choice % 2:
                    del self.table[order.id]

    def first_created_between(
        self, status: str, first: str, end: str
    ) -> tuple[list[BriefOrder], str | None]:
        """Answer as the table's index."""
        self.go_on()
        found = {
            f"{order.created_at}#{order.id}": order
            for order in self.table.values()
            if order.status == status
        }
        keys = sorted(key for key in found if first <= key <= end)
        page = keys[: self._page]
        return [brief(found[key]) for key in page], page[-1] if len(keys) > self._page else None

    def opened(self, key: str) -> object:
        """Answer as the bucket: an object, and what names its content."""
        self.go_on()
        packed = self._packed(key)
        if packed is None:
            return None
        file = io.BufferedReader(io.BytesIO(packed))
        return SimpleNamespace(file=file, etag=str(zlib.crc32(packed)))

    def etag_of(self, key: str) -> str | None:
        """Answer as the bucket, too."""
        packed = self._packed(key)
        return None if packed is None else str(zlib.crc32(packed))

    def _packed(self, key: str) -> bytes | None:
        orders = self.archive.get(key[len("archive/") :][:10].replace("/", "-"))
        if orders is None:
            return None
        by_age = sorted(orders.values(), key=lambda order: (order.created_at, order.id))
        return gzip.compress(b"".join(msgspec.json.encode(order) + b"\n" for order in by_age))


def brief(order: Order) -> BriefOrder:
    return BriefOrder(**{name: getattr(order, name) for name in BriefOrder.__struct_fields__})


ZONE = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 3, 29)
"""Of 23 hours."""
order_lists = st.lists(
    st.builds(
        lambda *order: order,
        st.integers(0, 60 * 27),
        st.sampled_from(STATUSES),
        st.sampled_from(["EUR", "USD"]),
        st.integers(0, 10**6),
    ),
    max_size=25,
)


def placed(number: int, minute: int, status: str, currency: str, total: int) -> Order:
    # From before the day until after it, some of them at the same moment.
    at = datetime(2026, 3, 28, 20, 30, tzinfo=UTC) + minute // 7 * timedelta(minutes=7)
    moment = at.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    line = OrderLine(sku="tea", quantity=1, unit_price=total)
    return Order(
        id=f"order-{number % 5}{number}", customer="a", currency=currency, lines=(line,),
        total=total, status=status, version=1, created_at=moment, updated_at=moment,
    )  # fmt: skip


def in_memory(shop: Shop) -> DayReport:
    """Return the report as it was made when it took a day's orders into memory."""
    first, end = span_of(TODAY, ZONE)
    newest: dict[str, Order] = {}
    archived = [order for orders in shop.archive.values() for order in orders.values()]
    for order in [*shop.table.values(), *archived]:
        if order.id not in newest or newest[order.id].version < order.version:
            newest[order.id] = order
    orders = [brief(order) for order in newest.values() if first <= order.created_at < end]
    return report_of(str(TODAY), ZONE.key, orders)


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(orders=order_lists, page=st.integers(1, 8), archived=st.lists(st.integers(0, 24)))
def test_a_report_in_pages_is_that_of_all_orders_at_once(
    app: ModuleType, orders: list[tuple[Any, ...]], page: int, archived: list[int]
) -> None:
    shop = Shop([placed(n, *order) for n, order in enumerate(orders)], page, lambda _: [])
    for order in [order for n, order in enumerate(shop.table.values()) if n in archived]:
        # One of two has left the table; of the other an old version may be in the archive.
        shop.archive.setdefault(order.created_at[:10], {})[order.id] = order
        if order.total % 2:
            del shop.table[order.id]
        elif order.total % 3:
            shop.table[order.id] = replace(order, version=2, total=order.total + 1)
    with stubbed(app, shop):
        assert write(app.report_on(TODAY)) == write(in_memory(shop))


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(orders=order_lists, page=st.integers(1, 8), data=st.data())
def test_no_order_is_missed_or_doubled_that_moves_on_while_the_report_is_made(
    app: ModuleType, orders: list[tuple[Any, ...]], page: int, data: st.DataObject
) -> None:
    happens = st.lists(st.integers(0, 99), max_size=3)
    shop = Shop(
        [placed(n, *order) for n, order in enumerate(orders)], page, lambda _: data.draw(happens)
    )
    wanted = in_memory(shop).placed
    with stubbed(app, shop):
        try:
            made = app.report_on(TODAY)
        except app.object_store.ObjectChangedError:
            # Archived all the while: the run is tried again.
            return
    assert made.placed == wanted


def test_a_day_that_is_archived_all_the_while_is_not_reported(app: ModuleType) -> None:
    shop = Shop([placed(1, 0, "failed", "EUR", 1)], 1, lambda _: [])
    etags = count()
    with (
        stubbed(app, shop),
        mock.patch.object(app.object_store, "etag_of", lambda _: str(next(etags))),
        pytest.raises(app.object_store.ObjectChangedError, match=r"archive/2026/03/2[89].jsonl.gz"),
    ):
        app.report_on(TODAY)
    assert next(etags) == app.TRIES


@contextmanager
def stubbed(app: ModuleType, shop: Shop) -> Iterator[None]:
    with (
        mock.patch.multiple(app.object_store, opened=shop.opened, etag_of=shop.etag_of),
        mock.patch.object(app.order_table, "first_created_between", shop.first_created_between),
    ):
        yield


def test_days_that_there_is_no_time_for_are_left_to_the_next_run(
    app: ModuleType, world: World, context: Context
) -> None:
    for day in (20, 21, 22):
        world.order(f"2026-11-{day}T12:00:00.000000Z", "placed")
    app.handler({"from": "2026-11-20", "to": "2026-11-22"}, context)
    context.remaining_milliseconds = 59_000
    done = app.handler({"day": "2026-11-23"}, context)
    # What was asked for comes first.
    assert done == {"days": ["2026-11-23"], "left": ["2026-11-20", "2026-11-21", "2026-11-22"]}
    assert [entry["day"] for entry in world.json(DASHBOARD)["days"]] == [
        f"2026-11-{day}" for day in (20, 21, 22, 23)
    ]
    context.remaining_milliseconds = 900_000
    assert app.handler({"day": "2026-11-23"}, context)["left"] == []
