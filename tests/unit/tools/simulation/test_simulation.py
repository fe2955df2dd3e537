from __future__ import annotations

from random import Random

import pytest

from tools.simulation import chart, options
from tools.simulation.options import SimulationError
from tools.simulation.profile import Profile, poisson

RUNS = {
    "api": ["PATTERN=api", "RATE=40", "LIMIT=30"],
    "queue": ["PATTERN=queue", "RATE=40", "MAX_CONCURRENCY=2", "DURATION=2"],
    "stream": ["PATTERN=stream", "RATE=40", "SHARDS=2"],
    "workflow": ["PATTERN=workflow", "RATE=5"],
}
SHORT = ["SECONDS=60", "PROFILE=step"]


@pytest.mark.parametrize("name", RUNS)
def test_a_seed_gives_the_same_run_again_and_another_seed_another(name: str) -> None:
    def run(seed: int) -> object:
        wanted = options.read([*RUNS[name], *SHORT, f"SEED={seed}"])
        return wanted.pattern.run(wanted.load, Random(wanted.seed))

    assert run(1) == run(1)
    assert run(1) != run(2)


@pytest.mark.parametrize("name", RUNS)
def test_every_series_has_a_value_for_each_moment_up_to_the_end(name: str) -> None:
    wanted = options.read([*RUNS[name], *SHORT])
    result = wanted.pattern.run(wanted.load, Random(1))
    assert len(result.times) == 200
    assert result.times[-1] == 60
    assert {len(line) for line in result.series.values()} == {200}


@pytest.mark.parametrize("name", ["queue", "stream"])
def test_what_came_was_served_or_waits(name: str) -> None:
    wanted = options.read([*RUNS[name], *SHORT])
    totals = wanted.pattern.run(wanted.load, Random(1)).totals
    assert totals["arrivals"] == totals["served"] + totals["backlog at the end"]


@pytest.mark.parametrize(
    ("shape", "rates"), [("constant", (5, 5, 5)), ("step", (5, 50, 50)), ("spike", (5, 50, 5))]
)
def test_a_profile_has_its_shape(shape: str, rates: tuple[float, ...]) -> None:
    load = Profile(5, 1_000, shape)
    assert (load.rate_at(100), load.rate_at(450), load.rate_at(900)) == rates
    arrivals = list(load.arrivals(Random(1)))
    assert len(arrivals) == pytest.approx(load.total(), rel=0.05)
    assert arrivals == sorted(arrivals)


@pytest.mark.parametrize("mean", [0.1, 4, 29, 31, 500])
def test_poisson_has_its_mean_and_its_variance(mean: float) -> None:
    random = Random(3)
    counts = [poisson(random, mean) for _ in range(8_000)]
    average = sum(counts) / len(counts)
    assert average == pytest.approx(mean, rel=0.1)
    variance = sum((count - average) ** 2 for count in counts) / len(counts)
    assert variance == pytest.approx(mean, rel=0.1)


@pytest.mark.parametrize("name", RUNS)
def test_the_picture_shows_the_load_and_every_series(name: str) -> None:
    wanted = options.read([*RUNS[name], *SHORT])
    result = wanted.pattern.run(wanted.load, Random(1))
    load, *others = chart.panels(wanted, result)
    assert set(load.lines["arrivals a second"]) == {wanted.load.rate, 10 * wanted.load.rate}
    assert {line for panel in others for line in panel.lines} == set(result.series)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("RATE=5", "PATTERN is missing: give what is simulated, as PATTERN=api; there are api"),
        ("PATTERN=apis RATE=5", 'PATTERN is "apis"; PATTERN is what is simulated: give api, queue'),
        ("PATTERN=api", "RATE is missing: give the arrivals a second, as RATE=50"),
        ("PATTERN=api RATE=many", 'RATE is "many"; RATE is the arrivals a second'),
        ("PATTERN=api RATE=-1", "RATE is -1; .*give a number from 0.001 to 1,000,000"),
        ("PATTERN=api RATE=nan", "RATE is nan; "),
        ("PATTERN=queue RATE=1 BATCH=1.5", "BATCH is 1.5; .*give a whole number from 0 to 10,000"),
        ("PATTERN=api RATE=1 BATCH=5", "BATCH=5 is for PATTERN=queue and stream, .*leave it out"),
        ("PATTERN=api RATE=1 SPEED=5", '"SPEED=5" is not known: give PATTERN=, PROFILE=, RATE='),
        ("PATTERN=api RATE=1 THROTTLE=5", "THROTTLE is 5 and BURST is 0: .*give BURST"),
        ("PATTERN=api RATE=1 LIMIT=5 PROVISIONED=9", "PROVISIONED is 9, more than LIMIT, 5: lower"),
        ("PATTERN=queue RATE=1 MAX_CONCURRENCY=1", "MAX_CONCURRENCY is 1, .*give 2 or more"),
        ("PATTERN=stream RATE=1 SHARDS=200 PARALLEL=10", "SHARDS times PARALLEL is 2,000, more"),
        ("PATTERN=api RATE=5000", "about 3,000,000 events, .*: give SECONDS=160"),
        ("PATTERN=api RATE=900000 SECONDS=20", "800,000: give a lower RATE"),
        ("PATTERN=stream RATE=1 SECONDS=11 SHARDS=1000 PARALLEL=10 LIMIT=10000",
         "800,000: give fewer SHARDS or a lower RATE"),
    ],
)  # fmt: skip
def test_what_there_is_not_is_named_with_the_mend(arguments: str, message: str) -> None:
    with pytest.raises(SimulationError, match=message):
        options.read(arguments.split())
