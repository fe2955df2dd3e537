"""The tables in the modules' documentation are those of the modules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools import filled_pages
from tools.filled_pages import MarkersMissing
from tools.lint import reader
from tools.module_docs import __main__ as command
from tools.module_docs.expression import written
from tools.module_docs.readme import filled, tables
from tools.paths import MODULES

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = "<!-- BEGIN TABLES -->"
END = "<!-- END TABLES -->"
VARIABLES = """\
variable "alarms" {
  description = "Alarms | all."
  type = object({
    actions = optional(list(string), [])
    ratio   = optional(number, 0.8)
  })
  default = {}
}

variable "name" {
  description = "Name."
  type        = string
}
"""
OUTPUTS = """\
output "arn" {
  description = "ARN."
  value       = aws_thing.x.arn
}
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "variables.tf").write_text(VARIABLES)
    (tmp_path / "outputs.tf").write_text(OUTPUTS)
    return tmp_path


@pytest.mark.parametrize("path", sorted(MODULES.iterdir()), ids=lambda path: str(path.name))
def test_the_tables_of_a_module_are_fresh(path: Path) -> None:
    text = (path / "README.md").read_text()
    assert text == filled(text, path), f"{path.name}/README.md is stale: make fmt"


def test_a_required_input_comes_first(module: Path) -> None:
    rows = [line for line in tables(module) if line.startswith("| `")]
    assert [row.split("`")[1] for row in rows] == ["name", "alarms", "arn"]


def test_a_pipe_in_a_description_does_not_split_the_cell(module: Path) -> None:
    assert "| Alarms \\| all. |" in "\n".join(tables(module))


@pytest.mark.parametrize(
    "source",
    [
        "object({ actions = optional(list(string), []), ratio = optional(number, 0.8) })",
        "map(map(list(string)))",
        '{ name = "id", on = true, none = null }',
        '["GET", "PUT"]',
        "{}",
    ],
)
def test_a_type_or_default_is_written_as_its_source(source: str) -> None:
    node = reader.read(f"x = {source}\n").body.get("x")
    assert node
    assert written(node) == source


def test_what_stands_outside_the_markers_stays(module: Path) -> None:
    text = filled(f"# Above\n{BEGIN}\nstale\n{END}\nBelow\n", module)
    assert text.startswith(f"# Above\n{BEGIN}\n## Inputs")
    assert text.endswith(f"{END}\nBelow\n")
    assert "stale" not in text


@pytest.mark.parametrize("text", ["", f"{BEGIN}\n", f"{END}\n{BEGIN}\n", f"{BEGIN}\n{END}\n{END}"])
def test_a_readme_without_its_markers_is_an_error(module: Path, text: str) -> None:
    with pytest.raises(MarkersMissing):
        filled(text, module)


@pytest.fixture
def stale(tmp_path: Path, module: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "modules" / "thing"
    folder.mkdir(parents=True)
    for source in module.glob("*.tf"):
        (folder / source.name).write_text(source.read_text())
    (folder / "README.md").write_text(f"# thing\n{BEGIN}\n{END}\n")
    monkeypatch.setattr(filled_pages, "ROOT", tmp_path)
    monkeypatch.setattr(command, "MODULES", tmp_path / "modules")
    return folder / "README.md"


def test_check_names_the_stale_file_and_the_command(
    stale: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = stale.read_text()
    monkeypatch.setattr("sys.argv", ["module_docs", "--check"])
    assert command.main() == 1
    assert capsys.readouterr().out == (
        "module_docs: the tables in modules/thing/README.md are stale. "
        "Renew them: make fmt (or: .venv/bin/python -m tools.module_docs)\n"
    )
    assert stale.read_text() == before


def test_what_was_written_passes_the_check(stale: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["module_docs"])
    assert command.main() == 0
    assert stale.read_text() == filled(stale.read_text(), stale.parent)
    monkeypatch.setattr("sys.argv", ["module_docs", "--check"])
    assert command.main() == 0
