"""The computation behind docs/scale.md."""

from __future__ import annotations

import math

import pytest

from tools.filled_pages import MarkersMissing
from tools.scale import bounds, load, page
from tools.scale.bounds import Bound

MACHINE = {
    "StartAt": "Take",
    "States": {
        "Take": {"Type": "Task", "Next": "Both"},
        "Both": {
            "Type": "Parallel",
            "Branches": [
                {"StartAt": "One", "States": {"One": {"Type": "Task", "End": True}}},
                {"StartAt": "Other", "States": {"Other": {"Type": "Pass", "End": True}}},
            ],
            "Next": "Done",
        },
        "Done": {
            "Type": "Choice",
            "Choices": [{"And": [], "Next": "Each"}],
            "Default": "Lost",
        },
        "Each": {
            "Type": "Map",
            "ItemProcessor": {"StartAt": "Ship", "States": {"Ship": {"Type": "Task"}}},
            "End": True,
        },
        "Lost": {"Type": "Fail"},
    },
}


def test_states_are_counted_along_the_happy_path_with_every_branch_and_line() -> None:
    lines = round(load.of("lines"))
    assert load._walk(MACHINE) == load.Path(states=6 + lines, tasks=2 + lines)


def test_a_bound_is_reached_at_what_there_is_over_what_is_needed() -> None:
    bound = Bound("shelves", needed=4, there_is=1_000, unit="shelves", by="quota")
    assert bound.reached_at == 250
    assert bound.needed_at(10) == 40


def test_what_does_not_grow_is_never_reached() -> None:
    bound = Bound("clocks", 1, 2, "clocks", "quota", grows=False)
    assert bound.needed_at(1_000) == 1
    assert math.isinf(bound.reached_at)


def test_a_run_of_the_archive_brings_what_rewriting_leaves_it_time_for() -> None:
    archived = 0.0
    for _ in range(round(load.of("archive_runs"))):
        rewriting = archived * bounds._archived_seconds
        archived += (load.of("archive_timeout") - rewriting) / bounds._archive_seconds
    assert math.isclose(archived * bounds._archive_seconds, bounds._archive_time)


def test_the_bound_that_is_reached_first_comes_first() -> None:
    for found in bounds.patterns().values():
        reached = [bound.reached_at for bound in found]
        assert reached == sorted(reached)


def test_records_expire_when_the_backlog_is_a_day_old() -> None:
    left, hours = bounds.stream_overload(1_000)
    arriving = 1_000 * load.of("orders") * (3 + load.of("lines"))
    served = arriving - left
    # What came in the first `begun` hours was served within `hours`: the next is a day old.
    begun = hours - 24
    assert begun * arriving == pytest.approx(hours * served)
    assert bounds.stream_overload(1) == (0, math.inf)


def test_only_more_than_there_is_is_bold() -> None:
    lines = page._bounds([Bound("shelves", 10, 1_000, "shelves", "quota")])
    assert lines[-1].split(" | ")[2:6] == ["10", "100", "1,000", "**10,000**"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (("<!-- BEGIN cdn -->\n", ""), "cdn"),
        (("<!-- END cdn -->", ""), "markers and tables differ"),
        (("<!-- BEGIN cdn -->\n", "<!-- BEGIN cdnn -->\n"), "cdn, cdnn"),
    ],
)
def test_missing_markers_are_named_with_the_mend(change: tuple[str, str], named: str) -> None:
    with pytest.raises(MarkersMissing, match=named):
        page.filled(page.PAGE.read_text().replace(*change))
