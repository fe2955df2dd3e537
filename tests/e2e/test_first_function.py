"""docs/first-function.md, done in a copy of the checkout: every command, and what it prints."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.copies import copy, ran, run
from tools.local_aws import principals, server
from tools.local_aws.http import UrlClient
from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGE = ROOT / "docs" / "first-function.md"
_BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A reader may have kept what the page makes: then other names stand for it, as long as those.
ENVIRONMENT = "staging" if not (ROOT / "envs" / "staging").exists() else "sandbox"
NAME = "greeter" if not (ROOT / "functions" / "greeter").exists() else "welcome"
# A whole environment takes minutes, and is applied by the other tests: here the function alone.
TARGETS = " ".join(f"-target=module.order_service.module.{name}" for name in (NAME, f"{NAME}_url"))
DEMO = "make demo"
"""What tests/e2e/test_demo.py runs."""


class Step(NamedTuple):
    """Commands of the page, and lines that are in what they print."""

    commands: str
    lines: list[str]


def steps() -> list[Step]:
    """Return what the page does."""
    found: list[Step] = []
    page = PAGE.read_text().replace("greeter", NAME).replace("staging", ENVIRONMENT)
    for kind, text in _BLOCK.findall(page):
        if kind == "sh":
            found.append(Step(text, []))
        else:
            found[-1].lines.extend(text.splitlines())
    return [step for step in found if step.commands.strip() != DEMO]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Copy the checkout with a git of its own; the local AWS in it goes at the end."""
    made = copy(tmp_path_factory.mktemp("first") / "checkout")
    author = ("-c", "user.name=tests", "-c", "user.email=tests@example.com")
    ran(made, "git", "init", "-q")
    ran(made, "git", "add", "-A")
    ran(made, "git", *author, "commit", "-q", "--no-gpg-sign", "-m", "as it was")
    yield made
    server.down(made / ".local-aws")


def do(where: Path, step: Step) -> str:
    """Run the commands of a step; return what they printed."""
    # To bash -e, a ! that does not hold is no failure.
    commands = re.sub(r"^! (.*)$", r"if \1; then exit 9; fi", step.commands, flags=re.MULTILINE)
    done = run(
        where, "bash", "-ec", commands,
        LOCAL_AWS_HOME=str(where / ".local-aws"), TF_CLI_ARGS_apply=f"-no-color {TARGETS}",
    )  # fmt: skip
    assert done.returncode == 0, f"{step.commands}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def test_the_page_holds_from_its_first_line_to_its_last(
    checkout: Path, subtests: pytest.Subtests
) -> None:
    for step in steps():
        with subtests.test(step.commands):
            printed = do(checkout, step)
            assert [line for line in step.lines if line not in printed] == [], printed
            if "make call" in step.commands:
                answers_who_may_call_and_no_others(checkout)
            if "git clean" in step.commands:
                assert ran(checkout, "git", "status", "--porcelain") == ""
                assert not (checkout / "functions" / NAME).exists()


def answers_who_may_call_and_no_others(checkout: Path) -> None:
    """Call the function's URL."""
    local = server.require(checkout / ".local-aws")
    client = local.client("lambda")
    alias = client.get_alias(FunctionName=f"orders-local-{NAME}", Name="live")["AliasArn"]
    url = client.get_function_url_config(FunctionName=f"orders-local-{NAME}", Qualifier="live")[
        "FunctionUrl"
    ]
    actions = ["lambda:InvokeFunction", "lambda:InvokeFunctionUrl"]
    granted = {NAME: {"actions": actions, "resources": [alias]}}
    for grants, status in ((granted, 200), ({}, 403)):
        person = principals.user(local, "tests-first-function", grants).credentials
        answer = UrlClient(local, url, person).request("GET", f"/{NAME}?name=Ada")
        assert answer.status == status
    assert UrlClient(local, url, None).request("GET", f"/{NAME}?name=Ada").status == 403
