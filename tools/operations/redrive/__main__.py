"""``python -m tools.operations.redrive QUEUE``: what ``make redrive QUEUE=`` runs."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from tools.operations import aws
from tools.operations.redrive import moves, queues

if TYPE_CHECKING:
    from tools.operations.redrive.queues import Sqs


def main() -> int:
    """Move the messages, and say how many."""
    parser = argparse.ArgumentParser(prog="python -m tools.operations.redrive")
    parser.add_argument("queue", nargs="?", default="")
    name = parser.parse_args().queue
    if not name:
        print("redrive: name a queue or its dead-letter queue: make redrive QUEUE=orders-billing",
              file=sys.stderr)  # fmt: skip
        return 2
    return aws.guarded("redrive", lambda: redrive(*client(), name=name))


def client() -> tuple[Sqs, str]:
    """Return a client of SQS and where it works, in words: the local AWS with ``AWS=local``."""
    found = aws.find()
    return found.client("sqs"), found.where


def redrive(sqs: Sqs, where: str, *, name: str) -> int:
    """Bring back what waits in the dead-letter queue of `name`, or in `name` itself."""
    dead, source = queues.pair(sqs, name)
    if not dead.waiting:
        hidden = f"; {dead.hidden} are just being received by somebody" if dead.hidden else ""
        print(f"redrive: nothing to move, {dead.name} is empty{hidden}")
        return 0
    print(f"redrive: from {dead.name} to {source.name} on {where}: {dead.waiting} waiting",
          flush=True)  # fmt: skip
    began = time.monotonic()
    moved = moves.by_task(sqs, dead, source, report)
    if moved is None:
        moved = moves.by_hand(sqs, dead, source, report)
    left = queues.look(sqs, dead.url).waiting
    print(f"redrive: {moved} moved in {time.monotonic() - began:.1f} s, {left} left in {dead.name}")
    return 0


def report(moved: int) -> None:
    """Say how far it is."""
    print(f"redrive: {moved} moved so far", flush=True)


if __name__ == "__main__":
    sys.exit(main())
