"""The parts of Lambda that bound a function: its environments, and token buckets."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from tools.quotas import value

if TYPE_CHECKING:
    from random import Random

# AWS does not say how long it keeps an environment; minutes is what people see.
IDLE_SECONDS = 600.0


class Start(Enum):
    """How an invocation began, or for want of what it did not."""

    WARM = "warm"
    COLD = "cold"
    NO_CONCURRENCY = "concurrency"
    NO_SCALING = "scaling rate"

    @property
    def began(self) -> bool:
        """Whether it did."""
        return self in {Start.WARM, Start.COLD}


@dataclass
class TokenBucket:
    """A bucket of `size` tokens into which `rate` tokens fall a second; full in the beginning."""

    rate: float
    size: float
    tokens: float = field(init=False)
    moment: float = 0.0

    def __post_init__(self) -> None:
        self.tokens = self.size

    def _refill(self, now: float) -> None:
        self.tokens = min(self.size, self.tokens + (now - self.moment) * self.rate)
        self.moment = now

    def take(self, now: float) -> bool:
        """Take a token, if there is one."""
        self._refill(now)
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True

    def reserve(self, now: float) -> float:
        """Take the next token in turn; return when it is there. Calls come in order of time."""
        self._refill(now)
        self.tokens -= 1
        return now if self.tokens >= 0 else now - self.tokens / self.rate


def scaling_bucket() -> TokenBucket:
    """Return the bucket of one function's new environments."""
    size = value("lambda.scaling_environments")
    return TokenBucket(size / value("lambda.scaling_seconds"), size)


@dataclass
class Environments:
    """The environments of one function: `limit` at once, `provisioned` of them always warm."""

    limit: int
    duration: float
    random: Random
    provisioned: int = 0
    cold_seconds: float = 0.0
    new: TokenBucket = field(default_factory=scaling_bucket)
    ends: list[float] = field(default_factory=list)
    idle: deque[float] = field(default_factory=deque)
    cold_starts: int = 0
    busy_seconds: float = 0.0
    most: int = 0

    def __post_init__(self) -> None:
        self.idle.extend([0.0] * self.provisioned)

    def invoke(self, now: float, horizon: float) -> Start:
        """Run the function once from `now` on; `horizon` is when the simulation ends."""
        self.release(now)
        if len(self.ends) >= self.limit:
            return Start.NO_CONCURRENCY
        if self.idle:
            # The one that ended last: so the others grow old and go.
            self.idle.pop()
            start, seconds = Start.WARM, 0.0
        elif self.new.take(now):
            start, seconds = Start.COLD, self.cold_seconds
            self.cold_starts += 1
        else:
            return Start.NO_SCALING
        end = now + seconds + self.random.expovariate(1 / self.duration)
        heapq.heappush(self.ends, end)
        self.busy_seconds += min(end, horizon) - now
        self.most = max(self.most, len(self.ends))
        return start

    def release(self, now: float) -> None:
        """Let go what has ended until `now`, and environments that were idle for too long."""
        while self.ends and self.ends[0] <= now:
            self.idle.append(heapq.heappop(self.ends))
        while (
            len(self.idle) + len(self.ends) > self.provisioned
            and self.idle
            and self.idle[0] + IDLE_SECONDS < now
        ):
            self.idle.popleft()
