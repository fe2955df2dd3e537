"""What bounds each pattern: what it needs at the load of today, and what there is."""

from __future__ import annotations

import math
from dataclasses import dataclass

from tools.quotas import value
from tools.scale.load import happy_path, of


@dataclass(frozen=True)
class Bound:
    """A bound: what is needed at once the load, and what there is of it."""

    what: str
    needed: float
    there_is: float
    unit: str
    by: str
    """``quota`` where AWS sets it, ``setting`` where this repository does."""
    grows: bool = True
    """Whether more is needed under more load."""

    def needed_at(self, times: int) -> float:
        """Return what is needed at so many times the load."""
        return self.needed * times if self.grows else self.needed

    @property
    def reached_at(self) -> float:
        """How many times the load is just met."""
        return self.there_is / self.needed if self.grows else math.inf


# Of each order: put, taken up, each line shipped, settled. Each is a record of the stream.
_changes = 3 + of("lines")
# Put there and taken away again; in `fulfilling`, an update for each line between.
_placed_units = 2 * of("order_units")
_fulfilling_units = (2 + of("lines")) * of("order_units")
# A write in a transaction counts twice.
_article_units = 2 * of("popular_article")
_told = 2

_api_concurrency = of("requests") * of("request_seconds")
_publish_concurrency = of("orders") * _changes / of("stream_batch") * of("publish_seconds")
_start_concurrency = of("orders") / of("queue_batch") * of("start_seconds")
_tell_concurrency = of("orders") * _told / of("queue_batch") * of("tell_seconds")
_task_concurrency = of("orders") * happy_path().tasks * of("task_seconds")
_import_concurrency = of("files") * of("rows") * of("row_seconds")

_free = value("lambda.concurrency") - of("api_reserved")
_stream_rate = (
    of("shards") * of("stream_parallelization") * of("stream_batch") / of("publish_seconds")
)
# Eventually consistent reads of 4 KB cost half a unit, and orders have at most 1 KB.
_read_rate = value("dynamodb.partition_reads") * 2 * 4
_a_day = of("orders") * 86_400
# Of each order, seconds at the memory that the functions have.
_core = of("memory") / value("lambda.core_memory")
_archive_seconds = (
    of("archive_cpu") / 1e6 / _core
    + of("query_seconds") * (1 / of("page") + 1 / of("brief_page"))
    + of("remove_seconds") / of("removed")
)
# Each run reads and writes again what the runs before it have brought of the day, in which time it
# brings nothing: so it brings less than the run before it, always by the same share.
_archived_seconds = of("archived_cpu") / 1e6 / _core
_archive_time = of("archive_timeout") * sum(
    (1 - _archived_seconds / _archive_seconds) ** run for run in range(round(of("archive_runs")))
)
_report_seconds = of("report_cpu") / 1e6 / _core + of("query_seconds") * of("statuses") / of(
    "brief_page"
)


def _of_the_function() -> list[Bound]:
    """Return what bounds orders_api, whoever is in front of it."""
    reserved = of("api_reserved")
    most = value("lambda.concurrency") - value("lambda.unreserved")
    each = value("lambda.requests_per_environment")
    return [
        Bound("environments of orders_api", _api_concurrency, reserved, "environments", "setting"),
        Bound("requests to orders_api", of("requests"), reserved * each, "requests/s", "setting"),
        Bound("requests to orders_api with the largest reservation", of("requests"), most * each,
              "requests/s", "quota"),
        Bound("new environments in 10 s, if all the load comes at once", _api_concurrency,
              value("lambda.scaling_environments"), "environments", "quota"),
    ]  # fmt: skip


def _of_the_orders() -> list[Bound]:
    """Return what bounds the table of orders."""
    writes = of("orders") * _changes * of("order_units")
    partition = value("dynamodb.partition_writes")
    return [
        Bound("index `by_status`, partition `fulfilling`", of("orders") * _fulfilling_units,
              partition, "write units/s", "quota"),
        Bound("index `by_status`, partition `placed`", of("orders") * _placed_units, partition,
              "write units/s", "quota"),
        Bound("stock of the most popular article", of("orders") * _article_units, partition,
              "write units/s", "quota"),
        Bound("a new table of orders", writes, value("dynamodb.new_table_writes"), "write units/s",
              "quota"),
        Bound("the table of orders", writes, value("dynamodb.table_writes"), "write units/s",
              "quota"),
    ]  # fmt: skip


def patterns() -> dict[str, list[Bound]]:
    """Return the bounds of each pattern, those first that are reached first."""
    gateway = Bound("API Gateway, all APIs of the region", of("requests"),
                    value("apigateway.rate"), "requests/s", "quota")  # fmt: skip
    busiest = Bound("throttle of the busiest route", of("requests") * of("busiest_route"),
                    of("route_rate"), "requests/s", "setting")  # fmt: skip
    found = {
        "url": _of_the_function(),
        "http": [busiest, gateway, *_of_the_function()],
        "rest": [
            Bound("throttle of the largest partner's key", of("requests") * of("partner_share"),
                  of("partner_rate"), "requests/s", "setting"),
            Bound("throttle of the writing route", of("requests") * of("writing_route"),
                  of("writes_rate"), "requests/s", "setting"),
            busiest, gateway, *_of_the_function(),
        ],
        "table": _of_the_orders(),
        "queue": _queue(),
        "stream": [
            Bound("shards × parallelization × batch", of("orders") * _changes, _stream_rate,
                  "records/s", "setting"),
            Bound("shards × parallelization 10 × batch", of("orders") * _changes,
                  _stream_rate * value("stream.parallelization_most"), "records/s", "quota"),
            Bound("free environments", _publish_concurrency, _free, "environments", "quota"),
        ],
        "uploads": [
            Bound("index `by_status`, partition `placed`",
                  of("files") * of("rows") * of("order_units"), value("dynamodb.partition_writes"),
                  "write units/s", "quota"),
            Bound("time of a file", of("rows") * of("row_seconds"), of("import_timeout"), "s",
                  "setting", grows=False),
            Bound("reads from one prefix", of("files"), value("s3.reads"), "requests/s", "quota"),
            Bound("uploads to one prefix", of("files"), value("s3.writes"), "requests/s", "quota"),
            Bound("free environments", _import_concurrency, _free, "environments", "quota"),
        ],
        "workflow": _workflow(),
        "schedules": [
            Bound("time of orders_archive for a day", _a_day * _archive_seconds, _archive_time, "s",
                  "setting"),
            Bound("time of orders_report for a day", _a_day * _report_seconds,
                  of("report_timeout"), "s", "setting"),
            Bound("memory of orders_archive", of("archive_memory"), of("memory"), "MB", "setting",
                  grows=False),
            Bound("memory of orders_report", of("report_memory"), of("memory"), "MB", "setting",
                  grows=False),
            Bound("time of orders_archive for a day, as fast as the index takes it",
                  _a_day * of("order_units") / value("dynamodb.partition_writes"),
                  _archive_time, "s", "quota"),
            Bound("time of orders_report for a day, as fast as the index is read",
                  _a_day / _read_rate, of("report_timeout"), "s", "quota"),
            Bound("jobs that Scheduler starts at once", 1, value("scheduler.invocations"),
                  "invocations/s", "quota", grows=False),
        ],
        "cdn": [
            Bound("requests to the distribution", of("viewers"), value("cloudfront.requests"),
                  "requests/s", "quota"),
            Bound("requests to the edge signer, all in one region", of("requests"),
                  value("edge.requests"), "requests/s", "quota"),
            Bound("environments of the edge signer in that region",
                  of("requests") * of("edge_seconds"), value("edge.concurrency"), "environments",
                  "quota"),
            *_of_the_function(),
        ],
    }  # fmt: skip
    return {name: sorted(bounds, key=lambda one: one.reached_at) for name, bounds in found.items()}


def _queue() -> list[Bound]:
    most = min(value("sqs.pollers_most"), _free)
    start, growth = value("sqs.pollers_start"), value("sqs.pollers_growth")
    return [
        Bound("batches at once in orders_to_fulfil", _start_concurrency, most, "batches", "quota"),
        Bound("batches at once in orders_to_tell", _tell_concurrency, most, "batches", "quota"),
        Bound("batches at once of orders_to_fulfil in the first moment", _start_concurrency,
              start, "batches", "quota"),
        Bound("batches at once of orders_to_fulfil after a minute", _start_concurrency,
              start + growth, "batches", "quota"),
        Bound("messages received and not yet deleted", _start_concurrency * of("queue_batch"),
              value("sqs.in_flight"), "messages", "quota"),
    ]  # fmt: skip


def _workflow() -> list[Bound]:
    waiting = of("approval_share") * of("approval_seconds")
    running = happy_path().states * of("task_seconds")
    return [
        Bound("starts", of("orders"), value("states.start_rate"), "calls/s", "quota"),
        Bound("transitions", of("orders") * happy_path().states, value("states.transition_rate"),
              "transitions/s", "quota"),
        Bound("open executions", of("orders") * (waiting + running),
              value("states.open_executions"), "executions", "quota"),
        Bound("free environments", _task_concurrency, _free, "environments", "quota"),
    ]  # fmt: skip


def concurrency() -> dict[str, float]:
    """Return the environments that each function needs at once the load."""
    return {
        "orders_api": _api_concurrency,
        "order_publisher": _publish_concurrency,
        "fulfilment_starter": _start_concurrency,
        "order_notifier": _tell_concurrency,
        "fulfilment, stock, payments": _task_concurrency,
        "order_import": _import_concurrency,
    }


def stream_overload(times: int) -> tuple[float, float]:
    """Return the records a second that the outbox leaves over, and the hours until some expire."""
    arriving = of("orders") * _changes * times
    left = max(0.0, arriving - _stream_rate)
    hours = value("stream.retention") * arriving / left if left else math.inf
    return left, hours


def starter_concurrency() -> int:
    """Return the batches at once of orders_to_fulfil that start no more than AWS lets through."""
    return math.floor(value("states.start_rate") * of("start_seconds") / of("queue_batch"))
