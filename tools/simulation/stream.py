"""A stream and its consumer: so many batches of each shard at once, and no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.simulation.backlog import Backlog, step_of
from tools.simulation.profile import poisson
from tools.simulation.result import Sampler

if TYPE_CHECKING:
    from random import Random

    from tools.simulation.profile import Profile
    from tools.simulation.result import Result


@dataclass(frozen=True)
class Stream:
    """A function that takes batches of a stream whose keys are spread evenly."""

    duration: float
    shards: int = 1
    parallelization: int = 1
    batch: int = 100
    window: float = 0.0
    cold_seconds: float = 0.0

    def run(self, load: Profile, random: Random) -> Result:
        """Simulate the load."""
        lanes = [_Lane(self) for _ in range(self.shards * self.parallelization)]
        step = step_of(load.seconds)

        def look(now: float) -> dict[str, float]:
            return {
                "concurrency": sum(lane.free_at > now for lane in lanes),
                "cold starts": sum(lane.warm for lane in lanes),
                "backlog": sum(lane.backlog.size for lane in lanes),
                "oldest in s": max(lane.backlog.age(now) for lane in lanes),
            }

        sampler = Sampler(load.seconds, look)
        arrived = 0
        for number in range(round(load.seconds / step)):
            begin, end = number * step, (number + 1) * step
            mean = load.rate_at(begin) * step / len(lanes)
            for lane in lanes:
                count = poisson(random, mean)
                arrived += count
                lane.backlog.put(begin, count)
                lane.work(begin, end, load.seconds, random)
            sampler.until(end)
        sampler.until(load.seconds)
        result = sampler.result
        served = sum(lane.served for lane in lanes)
        batches = sum(lane.batches for lane in lanes)
        result.totals = {
            "arrivals": arrived,
            "served": served,
            "batches": batches,
            "records a batch": served / max(1, batches),
            "cold starts": sum(lane.warm for lane in lanes),
            "mean concurrency": sum(lane.busy for lane in lanes) / load.seconds,
            "highest concurrency sampled": max(result.series["concurrency"]),
            "backlog at the end": sum(lane.backlog.size for lane in lanes),
            "mean wait in s": sum(lane.backlog.waited for lane in lanes) / max(1, served),
            "longest wait in s": max(
                max(lane.backlog.longest, lane.backlog.age(load.seconds)) for lane in lanes
            ),
        }
        return result


@dataclass
class _Lane:
    """What one shard works on one after the other; a shard has `parallelization` of them."""

    stream: Stream
    backlog: Backlog = field(default_factory=Backlog)
    free_at: float = 0.0
    warm: bool = False
    batches: int = 0
    served: int = 0
    busy: float = 0.0

    def work(self, now: float, end: float, horizon: float, random: Random) -> None:
        """Take batches, one after the other, until `end`."""
        stream = self.stream
        while self.free_at < end and self.backlog.size:
            begin = max(now, self.free_at)
            if self.backlog.size < stream.batch and self.backlog.age(begin) < stream.window:
                return
            seconds = random.expovariate(1 / stream.duration)
            seconds += 0.0 if self.warm else stream.cold_seconds
            self.warm = True
            self.free_at = begin + seconds
            self.busy += min(self.free_at, horizon) - begin
            self.batches += 1
            self.served += self.backlog.take(begin, stream.batch)
