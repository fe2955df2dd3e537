"""A module has the files that everybody looks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


_FILES = ("main.tf", "outputs.tf", "variables.tf", "versions.tf", "README.md")
_HOMES = {"variable": "variables.tf", "output": "outputs.tf"}


@rule(
    id="module-files",
    why="A module is read by opening the file that has what one looks for.",
    severity="warning",
    source="modules contract; https://developer.hashicorp.com/terraform/language/modules/develop/structure",
    house=True,
)
def module_files(folder: Folder) -> Iterator[Found]:
    """Find missing files of modules, and variables and outputs that stand elsewhere."""
    if not folder.is_module:
        return
    for name in _FILES:
        if not (folder.path / name).is_file():
            first = folder.files[0]
            yield Found(first, 1, f"the module has no {name}", f"write {folder.path.name}/{name}")
    for kind, home in _HOMES.items():
        for file, block in folder.blocks(kind):
            if file.path.name != home:
                yield Found(
                    file,
                    block.line,
                    f'{kind} "{block.name}" is not in {home}',
                    f"move it to {home}",
                )
