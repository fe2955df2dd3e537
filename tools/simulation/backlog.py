"""What waits: how many came when, first in, first out."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass
class Backlog:
    """Messages in the order of their arrival, those of one moment together."""

    size: int = 0
    waited: float = 0.0
    longest: float = 0.0
    _cohorts: deque[list[float]] = field(default_factory=deque)

    def put(self, moment: float, count: int) -> None:
        """Let `count` messages arrive."""
        if count:
            self._cohorts.append([moment, count])
            self.size += count

    def age(self, now: float) -> float:
        """Return for how long the oldest has been waiting."""
        return now - self._cohorts[0][0] if self._cohorts else 0.0

    def take(self, now: float, most: int) -> int:
        """Take the oldest, at most so many; return how many."""
        taken = min(most, self.size)
        self.longest = max(self.longest, self.age(now))
        left = taken
        while left:
            moment, count = self._cohorts[0]
            some = min(left, int(count))
            self.waited += some * (now - moment)
            left -= some
            if some == count:
                self._cohorts.popleft()
            else:
                self._cohorts[0][1] -= some
        self.size -= taken
        return taken


def step_of(seconds: float) -> float:
    """Return how finely arrivals are told apart: a tenth of a second, finer when time is short."""
    return min(0.1, seconds / 2000)
