"""Pages whose parts are made, between markers."""

from __future__ import annotations

import pytest

from tools.filled_pages import MarkersMissing, between_markers

PAGE = """\
<!-- BEGIN one -->
old
<!-- END one -->
between
<!-- BEGIN two -->
<!-- END two -->
"""
PARTS = {"one": ["1", r"\1"], "two": ["2"]}


def test_each_part_stands_between_its_markers() -> None:
    assert between_markers(PAGE, PARTS) == (
        "<!-- BEGIN one -->\n1\n\\1\n<!-- END one -->\nbetween\n"
        "<!-- BEGIN two -->\n2\n<!-- END two -->\n"
    )


@pytest.mark.parametrize(
    "page",
    [
        PAGE + "<!-- END two -->\n",
        PAGE + "<!-- BEGIN one -->\n<!-- END one -->\n",
        PAGE.replace("BEGIN two", "X").replace("END two", "BEGIN two").replace("X", "END two"),
        PAGE.replace("<!-- END one -->\n", "") + "<!-- END one -->\n",
        PAGE.replace("two", "three"),
    ],
)
def test_markers_that_are_not_those_of_the_parts_are_refused(page: str) -> None:
    with pytest.raises(MarkersMissing, match=r"of one, two$"):
        between_markers(page, PARTS)
