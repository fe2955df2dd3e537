"""A picture of a run: the load, what works on it, and what waits or is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tools.simulation.options import Wanted
    from tools.simulation.result import Result

# One axis each, so that what is counted in ones and what is counted in thousands both show.
_AXES = (
    ("at work", ("concurrency", "pollers", "states that run")),
    ("open executions", ("open executions",)),
    ("cold starts so far", ("cold starts",)),
    ("refused so far", ("refused",)),
    ("waiting", ("backlog", "waiting to start", "waiting transitions")),
    ("oldest in s", ("oldest in s",)),
)


@dataclass(frozen=True)
class Panel:
    """One axis of the picture: its title, and lines by name."""

    title: str
    lines: dict[str, list[float]]


def panels(wanted: Wanted, result: Result) -> list[Panel]:
    """Return what the picture shows, from top to bottom."""
    # What is shown at a moment is the load that led to it.
    load = [wanted.load.rate_at(time - wanted.load.seconds * 1e-9) for time in result.times]
    found = [Panel("arrivals a second", {"arrivals a second": load})]
    for title, names in _AXES:
        lines = {name: result.series[name] for name in names if name in result.series}
        if lines:
            found.append(Panel(title, lines))
    return found


def draw(wanted: Wanted, result: Result, path: Path) -> None:
    """Write the picture as PNG."""
    from matplotlib.figure import Figure  # noqa: PLC0415  a second that no other use has to wait

    shown = panels(wanted, result)
    figure = Figure(figsize=(9, 1.7 * len(shown) + 0.6), layout="constrained")
    figure.suptitle(f"{wanted.name}: {wanted.load.rate:g}/s, {wanted.load.shape}")
    axes = figure.subplots(len(shown), 1, sharex=True, squeeze=False)[:, 0]
    for axis, panel in zip(axes, shown, strict=True):
        for name, line in panel.lines.items():
            axis.plot(result.times, line, label=name, linewidth=1.2)
        axis.set_ylabel(panel.title)
        axis.set_ylim(bottom=0)
        axis.grid(visible=True, alpha=0.3)
        if len(panel.lines) > 1:
            axis.legend(loc="upper left", fontsize="small")
    axes[-1].set_xlabel("seconds")
    # Neither date nor version, so that the same run is the same file.
    figure.savefig(path, format="png", dpi=110, metadata={"Software": None})
