"""What make new-function and make new-env write passes lint, unit and plan tests as it is."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from tests.copies import copy, ran, run
from tests.plan.conftest import CORES
from tools.paths import ROOT
from tools.scaffold.triggers import TRIGGERS
from tools.terraform.core import find_core

if TYPE_CHECKING:
    from pathlib import Path

PYTHON = ".venv/bin/python"
NAMES = {trigger: f"first_{trigger.replace('-', '_')}" for trigger in TRIGGERS}
FOLDERS = ("functions", "tests/unit/functions")
WRITTEN = [f"{folder}/{name}" for name in NAMES.values() for folder in FOLDERS]
PAGE = ROOT / "docs/first-function.md"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the checkout, and add a function for each trigger, and an environment."""
    made = copy(tmp_path_factory.mktemp("first") / "checkout")
    for trigger, name in NAMES.items():
        ran(made, "make", "new-function", f"NAME={name}", f"TRIGGER={trigger}")
    ran(made, "make", "new-env", "NAME=first-env")
    with_what_the_page_adds(made / "modules" / "order_service" / f"{NAMES['url']}.tf", NAMES["url"])
    return made


def with_what_the_page_adds(wiring: Path, name: str) -> None:
    """Give a function the settings that the page gives to its own."""
    (lines,) = re.findall(r"```hcl\n# fragment\n(.*?)```", PAGE.read_text(), re.DOTALL)
    text = wiring.read_text()
    before, found, after = text.partition(f'-{name.replace("_", "-")}"\n')
    assert before.splitlines()[-4] == f'module "{name}" {{'
    pairs = (line.split(" = ", 1) for line in lines.splitlines())
    # As terraform fmt aligns them among the others, of which this is the longest.
    width = len("permissions_boundary")
    added = "".join(f"  {key.strip():{width}} = {value}\n" for key, value in pairs)
    wiring.write_text(before + found + added + after)


def test_no_rule_is_broken(checkout: Path) -> None:
    ran(checkout, PYTHON, "-m", "tools.lint")


def test_the_documents_hold_and_no_name_is_taken_for_a_secret(checkout: Path) -> None:
    tests = [f"tests/lint/test_{name}.py" for name in ("blocks", "documents", "links", "numbers")]
    tests.append("tests/lint/test_secrets.py")
    ran(checkout, PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


def test_terraform_is_formatted(checkout: Path) -> None:
    # A variable that names a missing file draws a warning from bare Terraform.
    core, environment = find_core(), {name: "" for name in os.environ if name.startswith("TF_")}
    command = [
        *core.command,
        "fmt",
        "-check",
        "-diff",
        "-recursive",
        "modules",
    ]
    ran(checkout, *command, **environment)
    ran(checkout, *command[:-1], "envs", **environment)


def test_python_is_clean_and_formatted(checkout: Path) -> None:
    ran(checkout, PYTHON, "-m", "ruff", "check", "--quiet", *WRITTEN)
    ran(checkout, PYTHON, "-m", "ruff", "format", "--check", "--quiet", *WRITTEN)


def test_python_is_typed(checkout: Path) -> None:
    ran(checkout, PYTHON, "-m", "mypy", *WRITTEN)


def test_the_unit_tests_pass(checkout: Path) -> None:
    tests = [path for path in WRITTEN if path.startswith("tests/")]
    ran(checkout, PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


def test_the_environments_plan_what_their_inventories_say(checkout: Path) -> None:
    # All have the same code, so one is planned; every one is compared with the others.
    wanted = f"{CORES[0]}-local or of_its_own or is_its_own"
    tests = ["tests/plan/test_envs.py", "-k", wanted]
    ran(checkout, PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


def test_a_misspelt_argument_is_refused_with_those_that_there_are(checkout: Path) -> None:
    path = checkout / "modules" / "order_service" / f"{NAMES['queue']}.tf"
    kept = path.read_text()
    path.write_text(kept.replace("  function = module", "  visibility = 10\n  function = module"))
    done = run(checkout, "make", "lint")
    path.write_text(kept)
    assert done.returncode == 2
    assert f"{path.relative_to(checkout)}:23 module-arguments" in done.stdout
    assert "the module has no variable visibility — it has alarms, batch," in done.stdout
