"""An SQS queue and its consumer: batches, pollers that grow by the minute, a backlog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.quotas import value
from tools.simulation.backlog import Backlog, step_of
from tools.simulation.lambda_service import Environments
from tools.simulation.profile import poisson
from tools.simulation.result import Sampler

if TYPE_CHECKING:
    from random import Random

    from tools.simulation.profile import Profile
    from tools.simulation.result import Result


@dataclass(frozen=True)
class Queue:
    """A function that takes batches of a queue (max_concurrency 0: as many as Lambda reads)."""

    duration: float
    limit: int
    batch: int = 10
    window: float = 0.0
    max_concurrency: int = 0
    cold_seconds: float = 0.0
    pollers_start: int | None = None

    def run(self, load: Profile, random: Random) -> Result:
        """Simulate the load."""
        return _Consumer(self, load, random).run()


class _Consumer:
    def __init__(self, queue: Queue, load: Profile, random: Random) -> None:
        self.queue, self.load, self.random = queue, load, random
        self.backlog = Backlog()
        self.function = Environments(
            queue.limit, queue.duration, random, cold_seconds=queue.cold_seconds
        )
        self.most = min(
            value("sqs.pollers_most"), queue.limit, queue.max_concurrency or queue.limit
        )
        start = queue.pollers_start or value("sqs.pollers_start")
        self.least = self.pollers = float(min(start, self.most))
        self.batches = self.arrived = self.served = 0

    def run(self) -> Result:
        step = step_of(self.load.seconds)
        sampler = Sampler(self.load.seconds, self._look)
        steps = round(self.load.seconds / step)
        for number in range(steps):
            begin, end = number * step, (number + 1) * step
            count = poisson(self.random, self.load.rate_at(begin) * step)
            self.arrived += count
            self.backlog.put(begin, count)
            self._work(begin, end)
            self._scale(step)
            sampler.until(end)
        sampler.until(self.load.seconds)
        result = sampler.result
        result.totals = {
            "arrivals": self.arrived,
            "served": self.served,
            "batches": self.batches,
            "messages a batch": self.served / max(1, self.batches),
            "cold starts": self.function.cold_starts,
            "mean concurrency": self.function.busy_seconds / self.load.seconds,
            "highest concurrency": self.function.most,
            "backlog at the end": self.backlog.size,
            "mean wait in s": self.backlog.waited / max(1, self.served),
            "longest wait in s": max(self.backlog.longest, self.backlog.age(self.load.seconds)),
        }
        return result

    def _work(self, now: float, end: float) -> None:
        """Begin batches: now, and whenever one has ended."""
        while True:
            self.function.release(now)
            while len(self.function.ends) < int(self.pollers) and self._ready(now):
                if not self.function.invoke(now, self.load.seconds).began:
                    break
                self.batches += 1
                self.served += self.backlog.take(now, self.queue.batch)
            ends = self.function.ends
            if not ends or ends[0] > end:
                return
            now = ends[0]

    def _ready(self, now: float) -> bool:
        return self.backlog.size >= self.queue.batch or (
            self.backlog.size > 0 and self.backlog.age(now) >= self.queue.window
        )

    def _scale(self, step: float) -> None:
        """Add pollers while messages are left over, and drop them while some have nothing to do."""
        change = step * value("sqs.pollers_growth") / 60
        if self.backlog.size >= self.queue.batch:
            self.pollers = min(self.most, self.pollers + change)
        elif len(self.function.ends) < int(self.pollers):
            self.pollers = max(self.least, self.pollers - change)

    def _look(self, now: float) -> dict[str, float]:
        return {
            "concurrency": len(self.function.ends),
            "pollers": int(self.pollers),
            "cold starts": self.function.cold_starts,
            "backlog": self.backlog.size,
            "oldest in s": self.backlog.age(now),
        }
