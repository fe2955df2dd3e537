"""A synchronous API: each request is served at once or refused with 429."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tools.quotas import value
from tools.simulation.lambda_service import Environments, TokenBucket
from tools.simulation.result import Sampler

if TYPE_CHECKING:
    from random import Random

    from tools.simulation.profile import Profile
    from tools.simulation.result import Result


@dataclass(frozen=True)
class Api:
    """A function that answers requests, and the throttle in front of it (0: none)."""

    duration: float
    limit: int
    provisioned: int = 0
    cold_seconds: float = 0.0
    throttle: float = 0.0
    burst: float = 0.0
    scaling: TokenBucket | None = None

    def run(self, load: Profile, random: Random) -> Result:
        """Simulate the load."""
        function = self._function(random)
        door = TokenBucket(self.throttle, self.burst) if self.throttle else None
        per_second = self.limit * value("lambda.requests_per_environment")
        requests = TokenBucket(per_second, per_second)
        count: Counter[str] = Counter()

        def look(now: float) -> dict[str, float]:
            function.release(now)
            return {
                "concurrency": len(function.ends),
                "cold starts": function.cold_starts,
                "refused": count["refused"],
            }

        sampler = Sampler(load.seconds, look)
        for now in load.arrivals(random):
            sampler.until(now)
            count["arrivals"] += 1
            if door and not door.take(now):
                why = "throttle of the API"
            elif not requests.take(now):
                why = "requests a second"
            else:
                start = function.invoke(now, load.seconds)
                if start.began:
                    continue
                why = start.value
            count["refused"] += 1
            count[f"refused: {why}"] += 1
        sampler.until(load.seconds)
        result = sampler.result
        result.totals = {
            "arrivals": count["arrivals"],
            "served": count["arrivals"] - count["refused"],
            **{name: count[name] for name in sorted(count) if name.startswith("refused")},
            "cold starts": function.cold_starts,
            "mean concurrency": function.busy_seconds / load.seconds,
            "highest concurrency": function.most,
        }
        return result

    def _function(self, random: Random) -> Environments:
        function = Environments(
            self.limit, self.duration, random, self.provisioned, self.cold_seconds
        )
        if self.scaling:
            function.new = self.scaling
        return function
