"""The simulation against what queueing theory knows of the same systems."""

from __future__ import annotations

from math import factorial
from random import Random
from typing import TYPE_CHECKING

import pytest

from tools.simulation.api import Api
from tools.simulation.lambda_service import TokenBucket
from tools.simulation.profile import Profile
from tools.simulation.queue import Queue
from tools.simulation.stream import Stream
from tools.simulation.workflow import Workflow

if TYPE_CHECKING:
    from tools.simulation.options import Pattern
    from tools.simulation.result import Result


def run(pattern: Pattern, rate: float, seconds: float, shape: str = "constant") -> Result:
    return pattern.run(Profile(rate, seconds, shape), Random(7))


def erlang_b(servers: int, load: float) -> float:
    """Return the share that is refused where nobody waits."""
    terms = [load**number / factorial(number) for number in range(servers + 1)]
    return terms[-1] / sum(terms)


def erlang_c(servers: int, load: float) -> float:
    """Return the share that has to wait where everybody does."""
    blocked = erlang_b(servers, load)
    return blocked / (1 - load / servers * (1 - blocked))


@pytest.mark.parametrize(("rate", "duration"), [(50, 0.2), (20, 3.0), (200, 0.02)])
def test_mean_concurrency_is_rate_times_duration(rate: float, duration: float) -> None:
    totals = run(Api(duration, limit=10_000), rate, 20_000 / rate).totals
    assert totals["mean concurrency"] == pytest.approx(rate * duration, rel=0.03)
    assert totals["served"] == totals["arrivals"]


@pytest.mark.parametrize(("limit", "rate"), [(10, 16.0), (5, 4.0), (20, 60.0)])
def test_a_concurrency_limit_refuses_what_erlang_b_says(limit: int, rate: float) -> None:
    totals = run(Api(0.5, limit), rate, 60_000 / rate).totals
    refused = totals["refused"] / totals["arrivals"]
    assert refused == pytest.approx(erlang_b(limit, rate * 0.5), rel=0.06)
    assert totals["highest concurrency"] == limit


def test_a_function_grows_by_the_scaling_rate_and_no_faster() -> None:
    totals = run(Api(1e9, limit=100_000), 2_000, 8).totals
    assert totals["cold starts"] == pytest.approx(1_000 + 100 * 8, abs=2)
    assert totals["refused: scaling rate"] == totals["refused"] > 0


def test_a_throttle_lets_through_its_burst_and_its_rate() -> None:
    api = Api(0.01, limit=1_000, throttle=100, burst=200)
    totals = run(api, 1_000, 60).totals
    assert totals["served"] == pytest.approx(200 + 100 * 60, abs=2)


def test_a_function_takes_ten_requests_a_second_for_each_environment() -> None:
    totals = run(Api(0.001, limit=10), 500, 60).totals
    assert totals["served"] == pytest.approx(100 + 10 * 10 * 60, abs=2)
    assert totals["refused: requests a second"] == totals["refused"]


def test_a_bucket_gives_tokens_in_turn() -> None:
    bucket = TokenBucket(rate=2, size=3)
    assert [bucket.reserve(1.0) for _ in range(5)] == [1, 1, 1, 1.5, 2.0]
    assert not bucket.take(1.9)
    assert bucket.take(2.5)


def test_provisioned_environments_are_warm_from_the_beginning() -> None:
    cold = run(Api(0.1, limit=100, cold_seconds=0.5), 100, 60).totals
    warm = run(Api(0.1, limit=100, cold_seconds=0.5, provisioned=40), 100, 60).totals
    assert cold["cold starts"] >= 20
    assert warm["cold starts"] == 0


def test_what_a_queue_cannot_serve_piles_up_second_by_second() -> None:
    queue = Queue(0.05, limit=1_000, batch=10, max_concurrency=10, pollers_start=10)
    result = run(queue, 3_000, 200)
    assert result.totals["backlog at the end"] == pytest.approx((3_000 - 2_000) * 200, rel=0.04)
    assert result.series["backlog"][99] == pytest.approx((3_000 - 2_000) * 100, rel=0.04)


def test_messages_wait_as_long_as_erlang_c_says() -> None:
    queue = Queue(5.0, limit=1_000, batch=1, max_concurrency=5, pollers_start=5)
    load = Profile(0.6, 12_000)
    # Waits hang together for long: the mean of one run is 10 % off easily.
    waits = [queue.run(load, Random(seed)).totals["mean wait in s"] for seed in range(4)]
    assert sum(waits) / 4 == pytest.approx(erlang_c(5, 3) / (5 / 5 - 0.6), rel=0.15)


def test_the_pollers_of_a_queue_grow_by_the_minute() -> None:
    totals = run(Queue(1.0, limit=1_000, batch=10), 5_000, 60).totals
    assert totals["highest concurrency"] == pytest.approx(5 + 300, abs=2)


@pytest.mark.parametrize(("limit", "most"), [(0, 40), (12, 12)])
def test_max_concurrency_and_the_limit_bound_a_consumer(limit: int, most: int) -> None:
    queue = Queue(1.0, limit=40, batch=10, max_concurrency=limit)
    assert run(queue, 5_000, 60).totals["highest concurrency"] == most


def test_a_window_fills_batches() -> None:
    at_once = run(Queue(0.1, limit=100, batch=10), 5, 600).totals
    patient = run(Queue(0.1, limit=100, batch=10, window=20), 5, 600).totals
    assert at_once["messages a batch"] < 2
    assert patient["messages a batch"] == pytest.approx(10, abs=0.1)
    assert patient["longest wait in s"] <= 20.1


@pytest.mark.parametrize("parallelization", [1, 3])
def test_a_stream_takes_shards_times_parallelization_times_a_batch(parallelization: int) -> None:
    stream = Stream(0.2, shards=2, parallelization=parallelization, batch=10)
    capacity = 2 * parallelization * 10 / 0.2
    totals = run(stream, capacity + 100, 200).totals
    assert totals["served"] == pytest.approx(capacity * 200, rel=0.03)
    assert totals["backlog at the end"] == pytest.approx(100 * 200, rel=0.2)


def test_executions_start_by_the_bucket_of_starts() -> None:
    totals = run(Workflow(0.01, states=1), 1_000, 60).totals
    assert totals["executions started"] == pytest.approx(1_300 + 300 * 60, abs=2)
    started = 1_300 + 300 * 60
    assert totals["longest wait for a start in s"] == pytest.approx(
        (totals["arrivals"] - started) / 300, rel=0.05
    )


def test_states_change_by_the_bucket_of_transitions() -> None:
    totals = run(Workflow(0.01, states=20), 200, 60).totals
    assert totals["transitions"] == pytest.approx(5_000 + 1_500 * 60, rel=0.001)
    assert totals["waiting transitions at the end"] > 0


def test_as_many_states_run_as_littles_law_says() -> None:
    totals = run(Workflow(0.3, states=10), 20, 600).totals
    assert totals["mean of states that run"] == pytest.approx(20 * 10 * 0.3, rel=0.05)
