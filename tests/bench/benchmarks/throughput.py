"""Orders through outbox, topic and queue into notifications, on a local AWS."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import pipeline
from tests.bench.harness import OURS, ROOT, BenchError, Result, Row, at_least, interleave
from tools.local_aws import server
from tools.paths import DIST

TITLE = "Orders from the table to their notification, on the local AWS"
UNIT = "ms an order"
ROUNDS = 3
ORDERS = 1000
PEER = "a loop that writes one item a message"


def measure(rounds: int) -> Result:
    """Make both ways on one local AWS, and send orders through one after the other."""
    zips = {name: DIST / f"{name}.zip" for name in ("order_publisher", "order_notifier")}
    for path in zips.values():
        if not path.is_file():
            raise BenchError(f"{path.relative_to(ROOT)} is missing. Mend: make package")
    publisher = zips["order_publisher"].read_bytes()
    loop = ROOT / "tests" / "bench" / "peers" / "hand_loop.py"
    with TemporaryDirectory(prefix="bench-throughput-") as folder:
        home = Path(folder) / "local-aws"
        local, _ = server.up(home)
        try:
            ours = pipeline.make(
                local, "ours", publisher=publisher,
                consumer=zips["order_notifier"].read_bytes(), handler="app.handler",
            )  # fmt: skip
            peer = pipeline.make(
                local, "loop", publisher=publisher, consumer=_zipped(loop),
                handler="hand_loop.handler",
            )  # fmt: skip
            samples = interleave(
                {
                    OURS: lambda: ours.seconds(ORDERS) * 1000 / ORDERS,
                    PEER: lambda: peer.seconds(ORDERS) * 1000 / ORDERS,
                },
                rounds,
            )
        finally:
            server.down(home)
    row = Row(f"{ORDERS:,} orders", samples)
    rate = 1000 / row.medians()[OURS]
    return Result(
        [row],
        [at_least(f"{PEER}, times ours", row.ratio(PEER), 2)],
        [
            (
                f"Ours: {rate:.0f} orders a second. Both have the same publisher, batches of "
                f"{pipeline.QUEUE['BatchSize']} messages, and the local AWS's own times."
            ),
        ],
    )


def _zipped(path: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.write(path, path.name)
    return buffer.getvalue()
