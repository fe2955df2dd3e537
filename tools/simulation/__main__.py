"""``python -m tools.simulation PATTERN=api RATE=50``: what ``make simulate`` runs."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from tools.simulation import chart, options
from tools.simulation.options import SimulationError

if TYPE_CHECKING:
    from tools.simulation.options import Wanted
    from tools.simulation.result import Result


def main() -> int:
    """Simulate, print the table, write the picture."""
    try:
        wanted = options.read(sys.argv[1:])
        path = picture(wanted)
        began = time.monotonic()
        result = wanted.pattern.run(wanted.load, Random(wanted.seed))  # noqa: S311  no secret
        took = time.monotonic() - began
        if path:
            chart.draw(wanted, result, path)
    except (SimulationError, OSError) as error:
        print(f"simulate: {error}", file=sys.stderr)
        return 2
    console = Console(highlight=False)
    console.print(table(wanted, result))
    console.print(f"simulated in {took:.1f} s" + (f"; picture: {path}" if path else ""))
    return 0


def picture(wanted: Wanted) -> Path | None:
    """Return where the picture goes.

    Raises
    ------
    SimulationError
        It is no PNG, or its folder is not there.
    """
    if wanted.out is None:
        return None
    path = Path(wanted.out)
    if path.suffix != ".png":
        raise SimulationError(f'OUT is "{wanted.out}"; give a file that ends in .png')
    if not path.parent.is_dir():
        raise SimulationError(f'OUT is "{wanted.out}", and there is no folder "{path.parent}": '
                              "make it, or give another file")  # fmt: skip
    return path


def table(wanted: Wanted, result: Result) -> Table:
    """Return the totals as a table."""
    load = wanted.load
    title = f"{wanted.name}: {load.rate:g}/s, {load.shape}, {load.seconds:g} s, seed {wanted.seed}"
    found = Table(title=title, title_justify="left", show_header=False)
    found.add_column()
    found.add_column(justify="right")
    for name, number in result.totals.items():
        found.add_row(name, f"{number:,.0f}" if number == int(number) else f"{number:,.2f}")
    return found


if __name__ == "__main__":
    sys.exit(main())
