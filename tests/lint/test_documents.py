"""What documents name is there: tests, files, commands, rules, variables of modules.

HCL blocks are planned by tests/plan/test_readme_examples.py. A shell block (``sh``) holds commands
that are checked word for word here; whatever is none of them stands in a block whose first line is
``# illustrative``, which says that nothing checks it. A document whose commands a test runs says so
("run by `tests/…`"), and the test names the document.
"""

from __future__ import annotations

import ast
import re
import shlex
from functools import cache
from typing import TYPE_CHECKING

import botocore.session
import pytest
from botocore import xform_name

from tests.lint.test_links import documents
from tools.lint.check import catalogue
from tools.paths import MODULES, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from botocore.model import ServiceModel

SHELL = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
RUN = re.compile(r"\brun by `(tests/[\w/.-]+\.py)`")
TEST = re.compile(r"`(tests/[\w/.-]+)(?:::(test_\w+))?`")
REFUSED = re.compile(r"^\*\*Refused before\.\*\* (.*?)(?=\n\n|\n#|\Z)", re.MULTILINE | re.DOTALL)
TOKEN = re.compile(r"`([^`]+)`")

DOCUMENTS = [path for path in documents() if "tests/lint/twins" not in str(path)]
TROUBLES = ROOT / "docs" / "troubleshooting.md"


@cache
def functions_of(file: Path) -> frozenset[str]:
    """Return the names of a test file's tests."""
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef)
    )


def missing(text: str) -> list[str]:
    """Return the tests that a text names and that are not there."""
    found = []
    for path, test in TEST.findall(text):
        file = ROOT / path
        if not (file.exists() or list(ROOT.glob(path))) or (
            test and test not in functions_of(file)
        ):
            found.append(f"{path}::{test}" if test else path)
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_test_that_a_document_names_is_there(document: Path) -> None:
    assert missing((ROOT / document).read_text()) == []


def test_a_test_that_is_not_there_is_seen() -> None:
    here = "tests/lint/test_documents.py"
    text = (
        f"`{here}::test_no_such`, `tests/no_such.py`, `{here}::{functions_of.__name__}`, `{here}`"
    )
    assert missing(text) == [f"{here}::test_no_such", "tests/no_such.py"]


# --- shell ----------------------------------------------------------------------------------------

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = frozenset(re.findall(r"^([a-z0-9-]+):.*## ", MAKEFILE, re.MULTILINE))
GLOBAL_OPTIONS = {"region", "profile", "output", "query", "no-cli-pager", "endpoint-url"}


@cache
def variables() -> frozenset[str]:
    """Return the variables that make's targets read: the Makefile itself, and the tools."""
    sources = [MAKEFILE, *(path.read_text() for path in (ROOT / "tools").rglob("*.py"))]
    return frozenset(re.findall(r"\b[A-Z][A-Z_]+\b", "\n".join(sources)))


def fault_of_make(words: list[str]) -> str:
    """Say what is wrong with the arguments of ``make``."""
    for word in words:
        name, assigned, _ = word.partition("=")
        if assigned and name not in variables():
            return f"nothing reads {name}"
        if not assigned and word not in TARGETS and not word.startswith("-"):
            return f"make has no target {word}"
    return ""


def fault_of_python(words: list[str]) -> str:
    """Say what is wrong with the arguments of the environment's Python."""
    if words[:1] == ["-m"]:
        where = ROOT / words[1].replace(".", "/")
        there = where.with_suffix(".py").is_file() or (where / "__main__.py").is_file()
        return "" if there or words[1] == "pytest" else f"there is no module {words[1]}"
    return "" if words and (ROOT / words[0]).is_file() else f"there is no file {words[:1]}"


@cache
def model_of(service: str) -> ServiceModel | None:
    """Return what botocore knows of a service; nothing for one that there is not."""
    session = botocore.session.get_session()
    # The CLI has commands of its own under s3, and the API's operations under another name.
    service = {"s3": "", "s3api": "s3"}.get(service, service)
    there = service in session.get_available_services()
    return session.get_service_model(service) if there else None


def fault_of_aws(words: list[str]) -> str:
    """Say what is wrong with a call of the AWS CLI, by the service's own model."""
    model = model_of(words[0]) if len(words) > 1 else None
    if model is None:
        return f"AWS has no service {words[:1]}"
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if words[1] not in operations:
        return f"{words[0]} has no operation {words[1]}"
    shape = model.operation_model(operations[words[1]]).input_shape
    members = shape.members if shape else {}
    known = {xform_name(name, "-") for name in members} | GLOBAL_OPTIONS
    given = {word.removeprefix("--") for word in words[2:] if word.startswith("--")}
    wanted = {
        xform_name(name, "-")
        for name in (shape.required_members if shape else [])
        # The CLI makes one itself.
        if not members[name].metadata.get("idempotencyToken")
    }
    if unknown := given - known:
        return f"{words[1]} has no option {sorted(unknown)}"
    return f"{words[1]} wants {sorted(wanted - given)}" if wanted - given else ""


def fault_of_terraform(words: list[str]) -> str:
    """Say what is wrong with a call of Terraform."""
    for word in words:
        if word.startswith("-chdir=") and not (ROOT / word.removeprefix("-chdir=")).is_dir():
            return f"there is no folder {word.removeprefix('-chdir=')}"
    named = next((word for word in words if not word.startswith("-")), "")
    return "" if named in TERRAFORM else f"terraform has no command {named}"


TERRAFORM = frozenset(
    [
        "apply",
        "fmt",
        "force-unlock",
        "import",
        "init",
        "output",
        "plan",
        "providers",
        "show",
        "state",
        "validate",
    ]
)
CHECKS: dict[str, Callable[[list[str]], str]] = {
    ".venv/bin/python": fault_of_python,
    "aws": fault_of_aws,
    "make": fault_of_make,
    "sha256sum": lambda _: "",
    "terraform": fault_of_terraform,
}


def fault(line: str) -> str:
    """Say what is wrong with a line of a shell block; empty when it is right."""
    if line == 'eval "$(make -s env)"':
        return ""
    words = shlex.split(line, comments=True)
    while words and re.fullmatch(r"[A-Z][A-Z_]+=.*", words[0]):
        words = words[1:]
    if not words:
        return ""
    if "&&" in words:
        first = words.index("&&")
        return fault(shlex.join(words[:first])) or fault(shlex.join(words[first + 1 :]))
    check = CHECKS.get(words[0])
    if check is None:
        return f"nothing checks {words[0]}: begin the block with # illustrative"
    return check(words[1:])


def runner(text: str, name: str) -> Path | None:
    """Return the test that runs the commands of a document called `name`, if one does."""
    said = RUN.search(text)
    test = ROOT / said[1] if said else None
    return test if test and test.is_file() and name in test.read_text() else None


def faults(text: str, name: str = "") -> list[str]:
    """Return what is wrong in the shell blocks of a document."""
    if runner(text, name):
        return []
    found = []
    for block in SHELL.findall(text):
        if not block.startswith("# illustrative"):
            lines = block.replace("\\\n", " ").splitlines()
            found += [f"{line}: {wrong}" for line in lines if (wrong := fault(line))]
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_command_of_a_document_can_be_given(document: Path) -> None:
    assert faults((ROOT / document).read_text(), document.name) == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("make redrive QUEUE=orders AWS=local", ""),
        ("make up && make apply ENV=local  # both", ""),
        (".venv/bin/python -m tools.lint.docs", ""),
        ("aws sqs get-queue-url --queue-name orders --region eu-west-1", ""),
        ("terraform -chdir=envs/dev init -migrate-state", ""),
        ("terraform -chdir=envs/nowhere init", "there is no folder envs/nowhere"),
        ("terraform migrate", "terraform has no command migrate"),
        ("make no-such-target", "make has no target no-such-target"),
        ("make redrive NO_SUCH_VARIABLE=orders", "nothing reads NO_SUCH_VARIABLE"),
        (".venv/bin/python -m tools.no_such", "there is no module tools.no_such"),
        (".venv/bin/python no_such.py", "there is no file ['no_such.py']"),
        ("aws sqs get-queue --queue-name orders", "sqs has no operation get-queue"),
        ("aws sqs get-queue-url --name orders", "get-queue-url has no option ['name']"),
        ("aws sqs get-queue-url", "get-queue-url wants ['queue-name']"),
        ("aws nosuch list", "AWS has no service ['nosuch']"),
        ("make up && make no-such-target", "make has no target no-such-target"),
        ("curl https://example.com", "nothing checks curl: begin the block with # illustrative"),
    ],
)
def test_a_command_that_cannot_be_given_is_seen(line: str, wrong: str) -> None:
    assert fault(line) == wrong


def test_only_a_test_that_names_a_document_runs_it() -> None:
    # This very file names docs/troubleshooting.md, and runs no document.
    text = "Each is run by `tests/lint/test_documents.py`.\n\n```sh\ncurl x\n```\n"
    assert faults(text, "troubleshooting.md") == []
    assert faults(text, "another" + ".md") != []
    assert faults(text.replace("test_documents", "no_such"), "troubleshooting.md") != []


def test_inline_targets_of_make_are_there() -> None:
    named = re.compile(r"`make ([a-z][a-z0-9-]*)")
    found = {
        (str(document), target)
        for document in DOCUMENTS
        for target in named.findall((ROOT / document).read_text())
    }
    assert {(document, target) for document, target in found if target not in TARGETS} == set()


# --- troubleshooting ------------------------------------------------------------------------------


@cache
def inputs() -> frozenset[str]:
    """Return ``module.variable`` of every module's inputs."""
    variable = re.compile(r'^variable "(\w+)"', re.MULTILINE)
    return frozenset(
        f"{path.parent.name}.{name}"
        for path in MODULES.glob("*/*.tf")
        for name in variable.findall(path.read_text())
    )


def entries() -> dict[str, str]:
    """Return the text of each trouble by its heading."""
    parts = re.split(r"^### (.+)\n", TROUBLES.read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("heading", entries())
def test_a_trouble_says_why_and_what_mends_it(heading: str) -> None:
    text = entries()[heading]
    assert "**Why.** " in text
    assert "**Mend.** " in text or "**Mend.**\n" in text


@pytest.mark.parametrize("heading", entries())
def test_what_refuses_a_trouble_is_there(heading: str) -> None:
    refused = REFUSED.search(entries()[heading])
    assert refused, "write **Refused before.** and rules, module.variable, tests, or Nothing"
    if refused[1].startswith("Nothing"):
        return
    tokens = TOKEN.findall(refused[1])
    assert tokens, "name what refuses it, or write Nothing"
    known = {rule.id for rule in catalogue()} | inputs()
    assert [t for t in tokens if t not in known and not t.startswith("tests/")] == []


# --- security -------------------------------------------------------------------------------------


def test_every_row_on_security_names_the_test_that_proves_it() -> None:
    rows = re.findall(r"^\| .*\|$", (ROOT / "docs" / "security.md").read_text(), re.MULTILINE)
    heads = {row for row in rows if row.endswith("| proven by |")}
    assert heads
    assert [row for row in rows if row not in heads and not TEST.search(row)] == []
