"""What checkov finds in plans, without the network; kept by content.

checkov is of an environment of its own, which is made when it is first needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from tools import setup
from tools.lint.plan import Plan
from tools.paths import CACHE, ROOT

KEPT = CACHE / "lint" / "checkov"
LOCK = ROOT / "requirements" / "checkov.txt"
_COMMAND = ("--framework", "terraform_plan", "--skip-download", "--download-external-modules",
            "false", "--compact", "--soft-fail", "--output", "json")  # fmt: skip


class Finding(NamedTuple):
    """A check that a resource of a plan fails: its code, as ``function/aws_lambda_function.f``."""

    plan: str
    check: str
    resource: str


class Unscanned(Exception):
    """checkov did not read a plan to its end."""


def scan(plans: dict[str, Path], root: Path) -> set[Finding]:
    """Return what checkov finds in plans.

    Parameters
    ----------
    plans
        Files of plans, by name.
    root
        The folder that roots stand in: paths of modules are told from there.
    """
    missing = {name: file for name, file in plans.items() if not _kept(file).is_file()}
    if missing:
        KEPT.mkdir(parents=True, exist_ok=True)
        for name, failed in run(missing).items():
            of = Plan(json.loads(missing[name].read_text()), root / name)
            resources = {one.address: one for one in of.resources}
            found = sorted(
                {(one["check_id"], _code(of, resources, one["resource"])) for one in failed}
            )
            _kept(missing[name]).write_text(json.dumps(found))
    return {
        Finding(name, check, resource)
        for name, file in plans.items()
        for check, resource in json.loads(_kept(file).read_text())
    }


def _kept(file: Path) -> Path:
    content = file.read_bytes() + LOCK.read_bytes() + Path(__file__).read_bytes()
    return KEPT / f"{hashlib.sha256(content).hexdigest()}.json"


def _code(plan: Plan, resources: dict[str, Any], address: str) -> str:
    found = resources.get(address)
    if found is None:
        return address
    return f"{plan.folder(found).name}/{found.type}.{found.name}"


def run(plans: dict[str, Path]) -> dict[str, list[dict[str, Any]]]:
    """Run checkov on plans; return the checks that fail, by plan.

    Raises
    ------
    Unscanned
        When it did not read all of them.
    """
    setup.make("checkov")
    python = setup.python_of(setup.ENVIRONMENTS["checkov"])
    with tempfile.TemporaryDirectory() as folder:
        for name, file in plans.items():
            shutil.copy(file, Path(folder) / f"{name}.json")
        named = [part for name in plans for part in ("--file", f"{name}.json")]
        # No key of a platform, and no question to the package index for a newer version.
        own = {
            name: value for name, value in os.environ.items() if not re.match("BC_|PRISMA_", name)
        }
        done = subprocess.run(
            [python, python.with_name("checkov"), *_COMMAND, *named],
            cwd=folder, env=own | {"CKV_SKIP_PACKAGE_UPDATE_CHECK": "true", "LOG_LEVEL": "ERROR"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    try:
        report: dict[str, Any] = json.loads(done.stdout)
        results = report["results"]
        summary = report["summary"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unscanned(done.stdout + done.stderr) from error
    seen = {
        one["file_path"] for kind in ("passed_checks", "failed_checks") for one in results[kind]
    }
    unread = [name for name in plans if f"/{name}.json" not in seen]
    if done.returncode or summary["parsing_errors"] or unread:
        raise Unscanned(f"not read: {unread}, {summary}\n{done.stderr}")
    return {
        name: [one for one in results["failed_checks"] if one["file_path"] == f"/{name}.json"]
        for name in plans
    }
