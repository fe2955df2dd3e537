"""How many arrive, and when: a constant load, a step to ten times, a spike of ten times."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

TIMES = 10
"""How much higher the load of a step or a spike is."""

# Of the whole time: when the load changes, and to what.
SHAPES = {
    "constant": ((0.0, 1.0, 1),),
    "step": ((0.0, 1 / 3, 1), (1 / 3, 1.0, TIMES)),
    "spike": ((0.0, 0.4, 1), (0.4, 0.5, TIMES), (0.5, 1.0, 1)),
}


@dataclass(frozen=True)
class Profile:
    """A load: arrivals a second in the beginning, its shape and its time in seconds."""

    rate: float
    seconds: float
    shape: str = "constant"

    def pieces(self) -> Iterator[tuple[float, float, float]]:
        """Yield begin, end and arrivals a second of each part."""
        for begin, end, times in SHAPES[self.shape]:
            yield begin * self.seconds, end * self.seconds, times * self.rate

    def rate_at(self, moment: float) -> float:
        """Return the arrivals a second at a moment."""
        for _, end, rate in self.pieces():
            if moment < end:
                return rate
        return rate

    def total(self) -> float:
        """Return how many arrivals are to be expected."""
        return sum((end - begin) * rate for begin, end, rate in self.pieces())

    def arrivals(self, random: Random) -> Iterator[float]:
        """Yield the moments of a Poisson process with this rate."""
        for begin, end, rate in self.pieces():
            moment = begin + random.expovariate(rate)
            while moment < end:
                yield moment
                moment += random.expovariate(rate)


def poisson(random: Random, mean: float) -> int:
    """Return a Poisson variate; above a mean of 30 the rounded normal one, which is near enough."""
    if mean > 30:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    count, chance, least = 0, random.random(), math.exp(-mean)
    while chance > least:
        count += 1
        chance *= random.random()
    return count
