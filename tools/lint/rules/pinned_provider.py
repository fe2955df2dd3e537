"""A provider has a version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.syntax import Literal, Object, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.tree import Folder


@rule(
    id="pinned-provider",
    why="The next major of a provider changes or breaks a plan that nobody touched.",
    severity="error",
    source="https://developer.hashicorp.com/terraform/language/providers/requirements#version-constraints",
)
def pinned_provider(folder: Folder) -> Iterator[Found]:
    """Find required providers without a version."""
    for file, terraform in folder.blocks("terraform"):
        for block in terraform.body.blocks_of("required_providers"):
            for provider in block.body.attributes:
                if isinstance(provider.value, Literal):
                    continue  # Terraform 0.12's form is the version itself
                keys = set()
                if isinstance(provider.value, Object):
                    keys = {text_of(item.key) for item in provider.value.items}
                if "version" not in keys:
                    message = f"provider {provider.name} has no version"
                    yield Found(file, provider.line, message, 'write version = ">= …, < …"')
