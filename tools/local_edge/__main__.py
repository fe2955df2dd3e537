"""``python -m tools.local_edge``: serve the distributions of the local AWS, as `make edge` does."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from tools.local_aws.server import LocalAwsError
from tools.local_edge import process
from tools.local_edge.server import EdgeError
from tools.paths import LOCAL_AWS_HOME


def main() -> int:
    """Serve until told to end."""
    parser = argparse.ArgumentParser(prog="python -m tools.local_edge", description=__doc__)
    parser.add_argument("--home", type=Path, default=LOCAL_AWS_HOME, help="of the local AWS")
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address")
    parser.add_argument("--port", type=int, default=0, help="for TLS; 0 takes a free one")
    given = parser.parse_args()
    logging.basicConfig(format="edge: %(message)s", level=logging.WARNING)
    logging.getLogger("local_edge").setLevel(logging.INFO)
    try:
        process.serve(given.home, given.host, given.port)
    except (EdgeError, LocalAwsError) as error:
        print(f"edge: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
