"""``python -m tools.local_aws up | down | env``: what ``make up``, ``down`` and ``env`` run."""

from __future__ import annotations

import argparse
import shlex
import sys

from tools.local_aws import server
from tools.local_edge import process
from tools.local_edge.server import EdgeError
from tools.paths import LOCAL_AWS_HOME


def main() -> int:
    """Run one command on the local AWS."""
    parser = argparse.ArgumentParser(prog="python -m tools.local_aws")
    parser.add_argument("command", choices=["up", "down", "env"])
    command = parser.parse_args().command
    try:
        if command == "down":
            process.down(LOCAL_AWS_HOME)
            print("down: " + ("stopped, data removed" if server.down() else "nothing was running"))
            return 0
        if command == "up":
            running, started = server.up()
            print(f"up: local AWS {'started' if started else 'runs'} at {running.endpoint}")
            return 0
        for name, value in server.require().client_environment().items():
            print(f"export {name}={shlex.quote(value)}")
    except (EdgeError, server.LocalAwsError) as error:
        print(f"local AWS: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
