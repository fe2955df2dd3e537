"""make call: what keeps a function from being called is told with the mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.local_aws import server
from tools.scaffold.calls import call
from tools.scaffold.changes import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def event(tree: Path) -> None:
    folder = tree / "tests" / "unit" / "functions" / "greeter"
    folder.mkdir(parents=True)
    (folder / "event.json").write_text("{}")


def test_a_function_without_an_event_is_told_where_to_write_one(tree: Path) -> None:
    with pytest.raises(ScaffoldError, match=r"no tests/unit/functions/stock/event\.json"):
        call(tree, "stock", "local")


@pytest.mark.usefixtures("event")
def test_an_unknown_environment_is_told_with_those_that_there_are(tree: Path) -> None:
    with pytest.raises(ScaffoldError, match="ENV is 'no': give one of dev, local, prod"):
        call(tree, "greeter", "no")


@pytest.mark.usefixtures("event")
def test_a_local_aws_that_does_not_run_is_told_with_make_up(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.require, "__defaults__", (tmp_path / "none",))
    with pytest.raises(server.LocalAwsError, match="make up"):
        call(tree, "greeter", "local")
