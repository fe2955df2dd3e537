"""A standard workflow: starts and transitions take tokens, and wait in turn for them."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.quotas import value
from tools.simulation.lambda_service import TokenBucket
from tools.simulation.result import Result, moments

if TYPE_CHECKING:
    from random import Random

    from tools.simulation.profile import Profile


@dataclass(frozen=True)
class Workflow:
    """Executions that go through `states` states one after the other, each `duration` long.

    What starts them tries again until it may, as a queue's consumer does.
    """

    duration: float
    states: int
    start_rate: float = 0.0
    start_burst: float = 0.0
    transition_rate: float = 0.0
    transition_burst: float = 0.0

    def run(self, load: Profile, random: Random) -> Result:
        """Simulate the load."""
        starts = TokenBucket(
            self.start_rate or value("states.start_rate"),
            self.start_burst or value("states.start_bucket"),
        )
        arrivals = list(load.arrivals(random))
        started = [starts.reserve(moment) for moment in arrivals]
        asked, granted, ended, finished = self._go_through(
            [moment for moment in started if moment <= load.seconds], load.seconds, random
        )
        result = Result()
        for now in moments(load.seconds):
            result.add(
                now,
                **{
                    "open executions": bisect_right(started, now) - bisect_right(finished, now),
                    "states that run": bisect_right(granted, now) - bisect_right(ended, now),
                    "waiting to start": bisect_right(arrivals, now) - bisect_right(started, now),
                    "waiting transitions": bisect_right(asked, now) - bisect_right(granted, now),
                },
            )
        end = load.seconds
        begun = bisect_right(started, end)
        result.totals = {
            "arrivals": len(arrivals),
            "executions started": begun,
            "executions finished": bisect_right(finished, end),
            "transitions": bisect_right(granted, end),
            "mean of states that run": sum(result.series["states that run"]) / len(result.times),
            "most states that run": max(result.series["states that run"]),
            "most open executions": max(result.series["open executions"]),
            "waiting to start at the end": len(arrivals) - begun,
            "waiting transitions at the end": result.series["waiting transitions"][-1],
            "longest wait for a start in s": max(
                (then - now for now, then in zip(arrivals, started, strict=True)), default=0.0
            ),
            "longest wait for a transition in s": max(
                (then - now for now, then in zip(asked, granted, strict=True)), default=0.0
            ),
        }
        return result

    def _go_through(
        self, started: list[float], horizon: float, random: Random
    ) -> tuple[list[float], list[float], list[float], list[float]]:
        """Return when transitions were asked for and granted, and states and executions ended."""
        tokens = TokenBucket(
            self.transition_rate or value("states.transition_rate"),
            self.transition_burst or value("states.transition_bucket"),
        )
        asked, granted, ended, finished = [], [], [], []
        due = [(moment, self.states) for moment in started]
        while due:
            now, left = heapq.heappop(due)
            if now > horizon:
                break
            grant = tokens.reserve(now)
            end = grant + random.expovariate(1 / self.duration)
            asked.append(now)
            granted.append(grant)
            ended.append(end)
            if left > 1:
                heapq.heappush(due, (end, left - 1))
            else:
                finished.append(end)
        return asked, granted, sorted(ended), sorted(finished)
