"""Measure `make package` on six functions of which two have dependencies.

Run as ``python tests/bench/bench_packager.py [--rounds N] [--check] [--json PATH]``. The tree is
made in a temporary folder. uv's own cache is warm, since that is what every build but the first
meets; the packager's cache is cold where a line says so.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]

STDLIB = '''\
"""Function {number}: the standard library and boto3."""
import json
import logging
import os

import boto3

import orders

logger = logging.getLogger()
table = boto3.resource("dynamodb").Table(os.environ["TABLE"])


def handler(event, context):
    """Answer."""
    order = orders.parse(json.loads(event["body"]))
    table.put_item(Item=order)
    return {{"statusCode": 201, "body": json.dumps(order)}}
'''
POWERTOOLS = '''\
"""An API by Powertools."""
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver

import orders

logger = Logger(service="orders")
app = LambdaFunctionUrlResolver()


@app.post("/orders")
def create():
    """Make an order."""
    return orders.parse(app.current_event.json_body), 201


def handler(event, context):
    """Answer."""
    return app.resolve(event, context)
'''
PYDANTIC = '''\
"""Validation by pydantic."""
from datetime import datetime

from pydantic import BaseModel, Field


class Item(BaseModel):
    """An item."""

    sku: str = Field(min_length=1)
    quantity: int = Field(gt=0)


class Order(BaseModel):
    """An order."""

    id: str
    at: datetime
    items: list[Item]


def handler(event, context):
    """Answer."""
    return Order.model_validate_json(event["body"]).model_dump(mode="json")
'''
SHARED = '''\
"""Orders: what functions share."""


def parse(order):
    """Return `order` with its total."""
    total = sum(item["price"] * item["quantity"] for item in order["items"])
    return {**order, "total": total}
'''
# What each line may take, in seconds, inside the tool.
GOALS = {
    "cold caches, without bytecode": 2.0,
    "cold caches, with bytecode": 3.2,
    "nothing changed": 0.05,
    "stdlib function changed": 0.1,
    "powertools function changed": 0.1,
    "pydantic function changed": 0.1,
    "stdlib function changed at import": 0.1,
    "warm cache, no output": 0.15,
}
IN_TOOL = re.compile(r" in ([0-9.]+) s, ")
PACKAGE = "import sys; from tools.packager.cli import main; sys.exit(main())"
# A machine without an interpreter of the target's version.
PACKAGE_WITHOUT = (
    "from tools.packager import interpreter; interpreter.candidates = lambda minor: []; " + PACKAGE
)


class Tree:
    """Six functions: four of the standard library, one of Powertools, one of pydantic."""

    def __init__(self, root: Path, uv: str | None) -> None:
        self.root = root
        self.uv = [f"--uv={uv}"] if uv else []
        self.edits = 0
        sources = {f"stdlib_{n}": (STDLIB.format(number=n), "") for n in range(1, 5)}
        sources["powertools_api"] = (POWERTOOLS, "aws-lambda-powertools>=3\n")
        sources["pydantic_worker"] = (PYDANTIC, "pydantic>=2\n")
        (root / "shared").mkdir()
        (root / "shared" / "orders.py").write_text(SHARED)
        for name, (source, requirements) in sources.items():
            folder = root / "functions" / name
            folder.mkdir(parents=True)
            (folder / "app.py").write_text(source)
            if requirements:
                (folder / "requirements.txt").write_text(requirements)

    def package(self, program: str = PACKAGE) -> tuple[float, float]:
        """Run the packager; return its seconds inside the tool, and those of the whole process."""
        command = [sys.executable, "-c", program, *self.uv]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        began = time.perf_counter()
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        spent = time.perf_counter() - began
        inside = IN_TOOL.search(done.stdout)
        if done.returncode or inside is None:
            sys.exit(done.stdout + done.stderr)
        return float(inside.group(1)), spent

    def forget(self, *names: str) -> None:
        """Remove folders: the cache, the output."""
        for name in names:
            shutil.rmtree(self.root / name, ignore_errors=True)

    def edit(self, name: str, *, at_import: bool = False) -> None:
        """Change a function: inside its handler, or in what runs when it is imported."""
        self.edits += 1
        path = self.root / "functions" / name / "app.py"
        source = path.read_text()
        if at_import:
            path.write_text(f"{source}\nEDIT_{self.edits} = {self.edits}\n")
        else:
            line = f"    edit = {self.edits}\n    return "
            head, handler, body = source.partition("def handler")
            path.write_text(head + handler + re.sub(r"(    edit = \d+\n)*    return ", line, body))

    def cold(self, program: str = PACKAGE) -> tuple[float, float]:
        """Package with nothing of the packager's own in a cache; uv's cache is warm."""
        self.forget(".cache", "dist")
        return self.package(program)

    def without_output(self) -> tuple[float, float]:
        """Package with a warm cache and no dist/."""
        self.forget("dist")
        return self.package()

    def edited(self, name: str, *, at_import: bool = False) -> tuple[float, float]:
        """Package after an edit of the function `name`."""
        self.edit(name, at_import=at_import)
        return self.package()


def cases(tree: Tree) -> dict[str, Callable[[], tuple[float, float]]]:
    """Return what is measured."""
    return {
        "cold caches, without bytecode": lambda: tree.cold(PACKAGE_WITHOUT),
        "cold caches, with bytecode": tree.cold,
        "nothing changed": tree.package,
        "stdlib function changed": lambda: tree.edited("stdlib_1"),
        "powertools function changed": lambda: tree.edited("powertools_api"),
        "pydantic function changed": lambda: tree.edited("pydantic_worker"),
        "stdlib function changed at import": lambda: tree.edited("stdlib_1", at_import=True),
        "powertools function changed at import":
            lambda: tree.edited("powertools_api", at_import=True),
        "pydantic function changed at import":
            lambda: tree.edited("pydantic_worker", at_import=True),
        "warm cache, no output": tree.without_output,
    }  # fmt: skip


def measure(rounds: int, uv: str | None) -> dict[str, dict[str, float]]:
    """Return the medians, in seconds, of interleaved rounds."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Tree(Path(folder), uv)
        tree.package()  # Locks, and uv's own cache.
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in cases(tree)}
        for _ in range(rounds):
            for name, case in cases(tree).items():
                figures[name].append(case())
        zips = [path.stat().st_size for path in (tree.root / "dist").glob("*.zip")]
    medians = {
        name: {
            "tool_seconds": round(statistics.median(tool for tool, _ in taken), 3),
            "process_seconds": round(statistics.median(whole for _, whole in taken), 3),
        }
        for name, taken in figures.items()
    }
    print(f"largest zip {max(zips) / 1e6:.2f} MB, {rounds} rounds, medians in seconds\n")
    return medians


def main() -> int:
    """Measure, print a table, write JSON; with --check fail where a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure make package.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--check", action="store_true", help="fail where a goal is missed")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the figures there too")
    parser.add_argument("--uv", metavar="PATH", help="uv (default: the one on PATH)")
    options = parser.parse_args()
    medians = measure(options.rounds, options.uv)
    print(f"| {'':<38} | {'tool':>6} | {'process':>7} | {'goal':>5} |")
    print(f"|{'-' * 40}|-------:|--------:|------:|")
    missed = []
    for name, median in medians.items():
        goal = GOALS.get(name)
        tool, whole = median["tool_seconds"], median["process_seconds"]
        print(f"| {name:<38} | {tool:>6.3f} | {whole:>7.3f} | {goal or '':>5} |")
        if goal is not None and tool > goal:
            missed.append(f"{name}: {tool} s, goal {goal} s")
    if options.json:
        options.json.write_text(json.dumps(medians, indent=2) + "\n")
    for line in missed:
        print(f"missed: {line}", file=sys.stderr)
    return 1 if options.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
