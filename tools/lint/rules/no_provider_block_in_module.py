"""Only roots configure providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


@rule(
    id="no-provider-block-in-module",
    why="A module with a provider block cannot be used with count, for_each or depends_on.",
    severity="error",
    source="https://developer.hashicorp.com/terraform/language/modules/develop/providers",
)
def no_provider_block_in_module(folder: Folder) -> Iterator[Found]:
    """Find provider blocks in modules."""
    if not folder.is_module:
        return
    for file, provider in folder.blocks("provider"):
        yield Found(
            file,
            provider.line,
            f'a module configures provider "{provider.name}"',
            "configure it in the root; a module that needs two takes them by configuration_aliases",
        )
