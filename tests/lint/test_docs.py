from __future__ import annotations

from tools.lint import docs


def test_the_page_of_the_rules_is_fresh() -> None:
    assert docs.PAGE.read_text() == docs.page(), "run python -m tools.lint.docs"
