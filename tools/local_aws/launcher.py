"""Start MiniStack, repaired: ``python launcher.py HOME`` in .venv-local-aws."""

from __future__ import annotations

import fcntl
import json
import os
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

# `python -P` leaves this folder out of the path, where neighbours have common names.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from tools.local_aws import repairs


def main(home: Path) -> None:
    """Hold the lock that says "running", write the record, and serve until SIGTERM."""
    if version("ministack") != repairs.FITTING_VERSION:
        sys.exit(f"launcher: MiniStack {version('ministack')}, but the repairs fit only "
                 f"{repairs.FITTING_VERSION}. Mend: make setup")  # fmt: skip
    lock = (home / "server.lock").open("a")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    record = {"pid": os.getpid(), "port": int(os.environ["GATEWAY_PORT"])}
    scratch = home / "server.json.new"
    scratch.write_text(json.dumps(record))
    scratch.replace(home / "server.json")
    app: Any = import_module("ministack.app")  # reads the environment when imported
    repairs.repair()
    app._port_is_bindable = lambda _host, _port: False  # one port, ours
    sys.argv = ["ministack"]
    app.main()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
