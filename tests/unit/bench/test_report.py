"""Rounds, goals and pages of `make bench`; nothing here is timed."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.bench import __main__ as command
from tests.bench import report
from tests.bench.harness import Result, Row, at_least, at_most, counted, interleave
from tools.paths import CACHE

if TYPE_CHECKING:
    from pathlib import Path

RESULT = Result(
    [Row("a | b", {"ours": [1.0, 3.0, 2.0], "peer": [10.0, 12.0, 11.0]})],
    [at_least("peer, times ours", 5.5, 4), at_most("ours", 2.0, 1)],
    ["a note"],
)
KEPT = report.as_json("Title", "µs", 3, "a machine", RESULT)


def test_each_round_takes_each_candidate_once_and_another_first() -> None:
    taken: list[str] = []

    def candidate(name: str) -> float:
        taken.append(name)
        return len(taken)

    candidates = {name: partial(candidate, name) for name in "ab"}
    samples = interleave(candidates, 2, warm_up=1)
    assert taken == ["a", "b", "b", "a", "a", "b"]
    assert samples == {"a": [4, 5], "b": [3, 6]}


def test_a_table_has_medians_and_how_often_ours() -> None:
    assert report.table(KEPT).splitlines()[2].endswith("| 2 | 11 (5.5 times) |")


def test_quartiles_and_counts_are_kept() -> None:
    kept = KEPT["rows"][0]["candidates"]["ours"]
    assert kept == {"median": 2.0, "quartiles": [1.0, 3.0], "n": 3}


def test_a_missed_goal_is_named_with_both_figures() -> None:
    assert report.missed({"events": KEPT}) == ["events: ours: 2, wanted at most 1"]


def test_a_page_is_filled_between_its_marks_and_nowhere_else() -> None:
    page = "head\n<!-- bench: events table -->\nold\n<!-- /bench -->\ntail\n"
    filled = report.filled(page, {"events": KEPT})
    assert filled.startswith("head\n<!-- bench: events table -->\n\n| µs | ours | peer |")
    assert filled.endswith("|\n\n<!-- /bench -->\ntail\n")
    assert report.filled(filled, {"events": KEPT}) == filled


@pytest.mark.parametrize(
    ("rounds", "told"), [(1, "One round. a machine."), (3, "Medians of 3 rounds. a machine.")]
)
def test_a_section_says_how_many_rounds_there_were(rounds: int, told: str) -> None:
    lines = report.section(report.as_json("Title", "µs", rounds, "a machine", RESULT)).splitlines()
    assert told in lines


def test_one_thing_is_no_plural() -> None:
    assert [counted(number, "round") for number in (0, 1, 2)] == ["0 rounds", "1 round", "2 rounds"]


@pytest.mark.parametrize("page", report.PAGES, ids=lambda path: path.name)
def test_the_pages_show_what_is_kept(page: Path) -> None:
    assert report.filled(page.read_text(), report.kept()) == page.read_text(), (
        "make bench PUBLISH=1 fills the pages; by hand: "
        "python -c 'from tests.bench import report; report.fill(report.kept())'"
    )


def test_an_unknown_benchmark_is_named_with_the_choices(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        command.main(["--only", "event"])
    assert "there is no benchmark 'event'; take some of bytecode, cold_start, " in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("rounds", ["0", "-1", "many"])
def test_a_number_of_rounds_that_is_none_is_named(
    rounds: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        command.main(["--rounds", rounds])
    assert "give 1 or more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("goal", "code"), [(at_most("x", 2, 1), 1), (at_most("x", 1, 1), 0)], ids=["missed", "met"]
)
def test_check_fails_where_a_goal_is_missed(
    goal: object, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.bench.benchmarks import validation  # noqa: PLC0415  loaded by name otherwise

    monkeypatch.setattr(validation, "measure", lambda _: Result(RESULT.rows, [goal]))  # type: ignore[list-item]
    # A file for each of the two, which may run at the same time.
    monkeypatch.setattr(command, "LAST", CACHE / "tests" / f"bench-{code}.json")
    assert command.main(["--only", "validation", "--check"]) == code
    assert json.loads(command.LAST.read_text())["validation"]["rows"]
