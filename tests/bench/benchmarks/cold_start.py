"""A fresh interpreter imports each handler: from the zip's files, and the same on Powertools.

What is taken is the processor's time of the whole process, which on an idle core is how long it
takes, and which does not grow with what others do on the machine.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.bench import handlers, machine
from tests.bench.harness import (
    OURS,
    ROOT,
    BenchError,
    Result,
    Row,
    at_least,
    at_most,
    interleave,
    process_time,
)
from tests.unit.functions.test_cold_starts import known

if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "Cold import of every handler, in a fresh interpreter"
UNIT = "ms of CPU over an empty interpreter"
ROUNDS = 7
PYTHON = ROOT / ".venv-local-aws" / "bin" / "python"
CLIENTS, PLAIN = "its AWS clients alone", "ours without bytecode"
PEER, PEER_PLAIN = "Powertools and pydantic, with bytecode", "the same as installed"
MOST_WITHOUT_CLIENT = 30.0
MOST_OF_CLIENTS = 1.15
PEERS = {"fulfilment_starter", "order_import", "order_notifier", "order_publisher", "orders_api"}
# What pip installs for Powertools and pydantic beside what Lambda's runtime has.
PACKAGES = (
    "annotated_types", "aws_lambda_powertools", "jmespath", "pydantic", "pydantic_core",
    "typing_extensions.py", "typing_inspection",
)  # fmt: skip


def cpu_milliseconds(program: str, path: str, **environment: str) -> float:
    """Return the processor's milliseconds of an interpreter that runs `program`."""
    given = handlers.ENVIRONMENT | environment | {"PYTHONPATH": path}
    process = subprocess.Popen(
        [str(PYTHON), "-B", "-c", program],
        env=given, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stderr
        errors = process.stderr.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise BenchError(f"{program!r} with {path} ended with {process.returncode}:\n{errors}")
    return (used.ru_utime + used.ru_stime) * 1000


def installed(folder: Path) -> tuple[Path, Path]:
    """Return a folder of our zips' files and one of the peers', both for this processor."""
    process_time([
        sys.executable, "-m", "tools.packager", "--edge", "edge_signer",
        "--arch", machine.architecture(), "--dist", folder / "dist", "--interpreter", PYTHON,
    ])  # fmt: skip
    for path in (folder / "dist").glob("*.zip"):
        with zipfile.ZipFile(path) as archive:
            archive.extractall(folder / "ours" / path.stem)
    without = shutil.ignore_patterns("__pycache__", "tests")
    (site,) = (ROOT / ".venv-bench" / "lib").glob("python*/site-packages")
    peers = folder / "peers"
    shutil.copytree(ROOT / "tests" / "bench" / "peers", peers, ignore=without)
    for name in PACKAGES:
        source = site / name
        if source.is_dir():
            shutil.copytree(source, peers / name, ignore=without)
        else:
            shutil.copy(source, peers / name)
    return folder / "ours", peers


def without_bytecode(source: Path, target: Path) -> Path:
    """Copy a folder without its bytecode; return the copy."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def candidates(folder: Path) -> dict[str, dict[str, Callable[[], float]]]:
    """Return what is measured, by function and candidate; all over an empty interpreter."""
    ours, peers = installed(folder)
    plain = without_bytecode(ours, folder / "plain")
    compiled = folder / "peers-compiled"
    shutil.copytree(peers, compiled)
    run = [str(PYTHON), "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    process_time([*run, compiled])
    _warm()
    found: dict[str, dict[str, Callable[[], float]]] = {}

    def add(function: str, name: str, program: str, path: Path | str, **environment: str) -> None:
        found.setdefault(function, {})[name] = lambda: cpu_milliseconds(
            program, str(path), **environment
        )

    for function, listed in known().items():
        clients = listed["clients"]
        made = "".join(f"; boto3.client({name!r})" for name in clients)
        module = function if function in PEERS else "job"
        environment = {"BENCH_CLIENTS": ",".join(clients)}
        add(function, "ours", "import app", ours / function)
        add(function, CLIENTS, f"import boto3{made}", "")
        add(function, PLAIN, "import app", plain / function)
        add(function, PEER, f"import {module}", compiled, **environment)
        add(function, PEER_PLAIN, f"import {module}", peers, **environment)
    add("edge_signer", "ours", "import app", ours / "edge_signer")
    add("", "empty", "", "")
    return found


def _warm() -> None:
    """Let the interpreter write the bytecode of boto3, which Lambda's has."""
    (site,) = (ROOT / ".venv-local-aws" / "lib").glob("python*/site-packages")
    for name in ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3"):
        process_time([PYTHON, "-m", "compileall", "-q", site / name])


def measure(rounds: int) -> Result:
    """Measure all in turn, and take off what an empty interpreter takes."""
    if not PYTHON.is_file():
        raise BenchError(".venv-local-aws is missing. Mend: make setup")
    with TemporaryDirectory(prefix="bench-cold-") as folder:
        found = candidates(Path(folder))
        flat = {
            f"{function}\0{name}": call
            for function, calls in found.items()
            for name, call in calls.items()
        }
        # Bytecode is written, and files just written are in the cache: nothing has to warm up.
        samples = interleave(flat, rounds, warm_up=0)
    empty = sorted(samples.pop("\0empty"))[rounds // 2]
    rows: dict[str, Row] = {}
    for key, taken in samples.items():
        function, name = key.split("\0")
        row = rows.setdefault(function, Row(function, {}))
        row.samples[name] = [value - empty for value in taken]
    goals = []
    for function, row in rows.items():
        medians = row.medians()
        if CLIENTS not in medians:
            goals.append(at_most(f"{function}, no client: ms", medians[OURS], MOST_WITHOUT_CLIENT))
            continue
        of_clients = medians[OURS] / medians[CLIENTS]
        goals.append(at_most(f"{function}: times its clients alone", of_clients, MOST_OF_CLIENTS))
    means = [row.ratio(PEER) for row in rows.values() if PEER in row.samples]
    goals.append(at_least("Powertools, the least times ours", min(means), 1.0))
    version = subprocess.run([PYTHON, "-V"], capture_output=True, text=True, check=True).stdout
    return Result(list(rows.values()), goals, [
        (f"{version.strip()}; an empty interpreter takes {empty:.1f} ms. boto3 has its bytecode, "
        "as in Lambda."),
        ("\"As installed\": what `pip install --target` and `sam build` put into a zip, which has "
        "no bytecode; Lambda cannot write it."),
        "Peers of the workflow's tasks and the nightly jobs are a logger, a model and the clients.",
    ])  # fmt: skip
