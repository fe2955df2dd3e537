"""What a simulation gives back: series over time, and figures about the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SAMPLES = 200


@dataclass
class Result:
    """Series by name, each with a value for every one of `times`, and totals by name."""

    times: list[float] = field(default_factory=list)
    series: dict[str, list[float]] = field(default_factory=dict)
    totals: dict[str, float] = field(default_factory=dict)

    def add(self, time: float, **values: float) -> None:
        """Write down what is at a moment."""
        self.times.append(time)
        for name, one in values.items():
            self.series.setdefault(name, []).append(one)


def moments(seconds: float) -> Iterator[float]:
    """Yield the moments at which samples are taken, the last at the very end."""
    for number in range(1, SAMPLES + 1):
        yield seconds * number / SAMPLES


@dataclass
class Sampler:
    """Takes the samples that are due while a simulation goes on."""

    seconds: float
    look: Callable[[float], dict[str, float]]
    result: Result = field(default_factory=Result)

    def __post_init__(self) -> None:
        self._moments = moments(self.seconds)
        self._next: float | None = next(self._moments)

    def until(self, now: float) -> None:
        """Take the samples of all moments up to `now`."""
        while self._next is not None and self._next <= now:
            self.result.add(self._next, **self.look(self._next))
            self._next = next(self._moments, None)
