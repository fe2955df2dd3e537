"""What ``make simulate`` takes, as NAME=VALUE, and what each pattern makes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tools.quotas import value
from tools.simulation.api import Api
from tools.simulation.profile import SHAPES, Profile
from tools.simulation.queue import Queue
from tools.simulation.stream import Stream
from tools.simulation.workflow import Workflow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from tools.simulation.result import Result

MOST_EVENTS = 800_000
"""What a run may have to think of: about five seconds of work."""


class SimulationError(Exception):
    """Something is asked for that there is not; the message says what to give instead."""


class Pattern(Protocol):
    """A model of one pattern."""

    def run(self, load: Profile, random: Random) -> Result:
        """Simulate the load."""


@dataclass(frozen=True)
class Number:
    """A number that can be given: between which ones, and for which patterns (none: for all)."""

    what: str
    default: float | None
    least: float
    most: float
    patterns: tuple[str, ...] = ()
    whole: bool = False

    def read(self, name: str, text: str) -> float:
        """Return the number that is written.

        Raises
        ------
        SimulationError
            It is none, or out of bounds.
        """
        kind = "a whole number" if self.whole else "a number"
        bounds = f"{name} is {self.what}: give {kind} from {self.least:,g} to {self.most:,.12g}"
        try:
            number = float(text)
        except ValueError:
            raise SimulationError(f'{name} is "{text}"; {bounds}') from None
        if not (self.least <= number <= self.most) or (self.whole and number != int(number)):
            raise SimulationError(f"{name} is {text}; {bounds}")
        return number


_CONCURRENCY = value("lambda.concurrency")
NUMBERS = {
    "RATE": Number("the arrivals a second in the beginning", None, 0.001, 1_000_000),
    "SECONDS": Number("the time that is simulated", 600, 10, 86_400),
    "DURATION": Number("the seconds that an invocation, or a state, takes on average", 0.1, 0.001,
                       900),
    "SEED": Number("what chance begins with", 1, 0, 2**31, whole=True),
    "COLD": Number("the seconds that a cold start adds", 0.5, 0, 60, ("api", "queue", "stream")),
    "LIMIT": Number("how many environments the function may have at once", _CONCURRENCY, 1,
                    100_000, ("api", "queue", "stream"), whole=True),
    "PROVISIONED": Number("how many environments are always warm", 0, 0, 100_000, ("api",),
                          whole=True),
    "THROTTLE": Number("the requests a second that the API lets through (0: no throttle)", 0, 0,
                       1_000_000, ("api",)),
    "BURST": Number("the requests that the API lets through at once", 0, 0, 1_000_000, ("api",)),
    "BATCH": Number("the messages of a batch (left out: 10 of a queue, 100 of a stream)", 0, 0,
                    10_000, ("queue", "stream"), whole=True),
    "WINDOW": Number("the seconds to wait until a batch is full", 0, 0, 300, ("queue", "stream")),
    "MAX_CONCURRENCY": Number("how many batches may run at once (0: no bound)", 0, 0, _CONCURRENCY,
                              ("queue",), whole=True),
    "SHARDS": Number("the shards of the stream", 1, 1, 1_000, ("stream",), whole=True),
    "PARALLEL": Number("how many batches of one shard run at once", 1, 1,
                       value("stream.parallelization_most"), ("stream",), whole=True),
    "STATES": Number("the states that an execution goes through", 11, 1, 25_000, ("workflow",),
                     whole=True),
}  # fmt: skip
WORDS = {
    "PATTERN": ("what is simulated", ("api", "queue", "stream", "workflow")),
    "PROFILE": ("how the load goes", tuple(SHAPES)),
}
OUT = "OUT"


@dataclass(frozen=True)
class Wanted:
    """A run: what of, under which load, by which seed, and where its picture goes."""

    name: str
    pattern: Pattern
    load: Profile
    seed: int
    out: str | None


def read(arguments: Sequence[str]) -> Wanted:
    """Return what is asked for by ``NAME=VALUE`` each.

    Raises
    ------
    SimulationError
        A name or a value is not known, or there is too much to do.
    """
    given = _pairs(arguments)
    pattern = _word("PATTERN", given, None)
    numbers = {
        name: number.read(name, given[name]) if name in given else number.default
        for name, number in NUMBERS.items()
    }
    if numbers["RATE"] is None:
        raise SimulationError("RATE is missing: give the arrivals a second, as RATE=50")
    known = {name: number for name, number in numbers.items() if number is not None}
    for name in given:
        patterns = NUMBERS[name].patterns if name in NUMBERS else ()
        if patterns and pattern not in patterns:
            raise SimulationError(
                f"{name}={given[name]} is for PATTERN={' and '.join(patterns)}, and PATTERN is "
                f"{pattern}: leave it out"
            )
    load = Profile(known["RATE"], known["SECONDS"], _word("PROFILE", given, "constant"))
    _check(pattern, known, load)
    return Wanted(pattern, _PATTERNS[pattern](known), load, int(known["SEED"]), given.get(OUT))


def _pairs(arguments: Sequence[str]) -> dict[str, str]:
    names = [*WORDS, *NUMBERS, OUT]
    pairs: dict[str, str] = {}
    for argument in arguments:
        name, equals, text = argument.partition("=")
        if not equals or name not in names:
            raise SimulationError(f'"{argument}" is not known: give {"=, ".join(names)}=')
        pairs[name] = text
    return pairs


def _word(name: str, given: Mapping[str, str], default: str | None) -> str:
    what, words = WORDS[name]
    word = given.get(name, default)
    if word is None:
        raise SimulationError(f"{name} is missing: give {what}, as {name}={words[0]}; "
                              f"there are {', '.join(words)}")  # fmt: skip
    if word not in words:
        raise SimulationError(f'{name} is "{word}"; {name} is {what}: give {", ".join(words)}')
    return word


def _check(pattern: str, known: Mapping[str, float], load: Profile) -> None:
    """Refuse what fits together in no way, and what would take too long."""
    if pattern == "api" and known["THROTTLE"] and known["BURST"] < 1:
        raise SimulationError(
            f"THROTTLE is {known['THROTTLE']:g} and BURST is {known['BURST']:g}: nothing would "
            "pass; give BURST, the requests that the API lets through at once"
        )
    if pattern == "api" and known["PROVISIONED"] > known["LIMIT"]:
        raise SimulationError(f"PROVISIONED is {known['PROVISIONED']:g}, more than LIMIT, "
                              f"{known['LIMIT']:g}: lower it, or raise LIMIT")  # fmt: skip
    lanes = known["SHARDS"] * known["PARALLEL"]
    if pattern == "stream" and lanes > known["LIMIT"]:
        raise SimulationError(f"SHARDS times PARALLEL is {lanes:,g}, more than LIMIT, "
                              f"{known['LIMIT']:,g}: lower one, or raise LIMIT")  # fmt: skip
    if pattern == "queue" and known["MAX_CONCURRENCY"] == 1:
        raise SimulationError("MAX_CONCURRENCY is 1, and Lambda takes 2 to 1,000: give 2 or more, "
                              "or leave it out")  # fmt: skip
    events = _EVENTS[pattern](known, load)
    if events > MOST_EVENTS:
        seconds = math.floor(known["SECONDS"] * MOST_EVENTS / events)
        mend = f"SECONDS={seconds}"
        if seconds < NUMBERS["SECONDS"].least:
            mend = "fewer SHARDS or a lower RATE" if pattern == "stream" else "a lower RATE"
        raise SimulationError(
            f"RATE={known['RATE']:.12g} for SECONDS={known['SECONDS']:g} makes about "
            f"{events:,.0f} events, and a run takes {MOST_EVENTS:,}: give {mend}"
        )


def _most_batches(known: Mapping[str, float], load: Profile, lanes: float) -> float:
    return min(load.total(), lanes * load.seconds / known["DURATION"])


_EVENTS: dict[str, Callable[[Mapping[str, float], Profile], float]] = {
    "api": lambda _, load: load.total(),
    "queue": lambda known, load: _most_batches(known, load, known["LIMIT"]) + 10 * load.seconds,
    "stream": lambda known, load: (
        _most_batches(known, load, known["SHARDS"] * known["PARALLEL"])
        + 10 * load.seconds * known["SHARDS"] * known["PARALLEL"]
    ),
    "workflow": lambda known, load: (
        load.total()
        + min(
            load.total() * known["STATES"],
            value("states.transition_bucket") + value("states.transition_rate") * load.seconds,
        )
    ),
}
_PATTERNS: dict[str, Callable[[Mapping[str, float]], Pattern]] = {
    "api": lambda known: Api(
        duration=known["DURATION"],
        limit=int(known["LIMIT"]),
        provisioned=int(known["PROVISIONED"]),
        cold_seconds=known["COLD"],
        throttle=known["THROTTLE"],
        burst=known["BURST"],
    ),
    "queue": lambda known: Queue(
        duration=known["DURATION"],
        limit=int(known["LIMIT"]),
        batch=int(known["BATCH"]) or 10,
        window=known["WINDOW"],
        max_concurrency=int(known["MAX_CONCURRENCY"]),
        cold_seconds=known["COLD"],
    ),
    "stream": lambda known: Stream(
        duration=known["DURATION"],
        shards=int(known["SHARDS"]),
        parallelization=int(known["PARALLEL"]),
        batch=int(known["BATCH"]) or 100,
        window=known["WINDOW"],
        cold_seconds=known["COLD"],
    ),
    "workflow": lambda known: Workflow(duration=known["DURATION"], states=int(known["STATES"])),
}
