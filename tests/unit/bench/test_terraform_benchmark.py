"""What the Terraform benchmark makes of what its candidates took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.bench import peer_modules
from tests.bench.benchmarks import terraform
from tests.bench.benchmarks.terraform import FLAT, STEPS, THEIRS, Candidate
from tests.bench.harness import OURS

if TYPE_CHECKING:
    from tools.local_aws.server import Server
    from tools.terraform.runner import Terraform

Json = dict[str, Any]


def never(_: Server) -> Terraform:
    raise AssertionError("nothing is to be started")


def candidate(
    name: str, seconds: float, *data: str, configuration: Json | None = None
) -> Candidate:
    """Return what took `seconds` for each step, with one resource and these data sources."""
    resources = [{"mode": "managed", "type": "aws_sqs_queue"}]
    resources += [{"mode": "data", "type": kind} for kind in data]
    return Candidate(
        name,
        never,
        seconds={step: [seconds] for step in STEPS},
        calls=dict.fromkeys(STEPS, 40),
        state={"values": {"root_module": {"child_modules": [{"resources": resources}]}}},
        plan={"configuration": configuration or {}},
    )


@pytest.fixture
def whole() -> list[Candidate]:
    return [candidate(OURS, 12, "aws_region", "aws_caller_identity"), candidate(FLAT, 6)]


@pytest.fixture
def parts() -> list[Candidate]:
    theirs = candidate(THEIRS, 10, "aws_caller_identity", "aws_arn", "aws_caller_identity")
    return [candidate(OURS, 8), theirs]


def test_without_their_modules_the_page_says_how_to_have_them(whole: list[Candidate]) -> None:
    result = terraform._result(whole, [], unpacked=False)
    assert any(peer_modules.VARIABLE in note for note in result.notes)
    assert not [row for row in result.rows if row.what.startswith("parts")]


def test_ours_is_measured_against_both(whole: list[Candidate], parts: list[Candidate]) -> None:
    result = terraform._result(whole, parts, unpacked=False)
    goals = {goal.what: goal for goal in result.goals}
    assert goals["plan: ours, times flat"].seen == 2
    assert goals["parts: plan: ours, times terraform-aws-modules"].seen == 0.8


def test_data_sources_count_when_they_ask_aws(
    whole: list[Candidate], parts: list[Candidate]
) -> None:
    result = terraform._result(whole, parts, unpacked=False)
    rows = {row.what: row.medians() for row in result.rows}
    assert rows["data sources that ask AWS"] == {OURS: 1, FLAT: 0}
    assert rows["parts: data sources that ask AWS"] == {OURS: 0, THEIRS: 2}
    assert any("aws_caller_identity 2 times" in note for note in result.notes)


def test_provisioners_are_found_in_modules() -> None:
    calls = {"one": {"module": {"resources": [{"provisioners": [{"type": "local-exec"}]}]}}}
    made = candidate(OURS, 1, configuration={"root_module": {"module_calls": calls}})
    assert made.provisioners == 1


def test_the_reader_hears_that_packaging_was_left_out(
    whole: list[Candidate], parts: list[Candidate]
) -> None:
    told = "without its packaging"
    assert any(told in note for note in terraform._result(whole, parts, unpacked=True).notes)
    assert not any(told in note for note in terraform._result(whole, parts, unpacked=False).notes)


def test_the_parts_are_written_in_fewer_lines_with_ours(
    whole: list[Candidate], parts: list[Candidate]
) -> None:
    written = terraform._result(whole, parts, unpacked=False).rows[-1]
    assert written.what == "parts: lines that the user writes"
    assert written.ratio(THEIRS) > 2
