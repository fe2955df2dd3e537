"""All modules and roots ask for the same versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.syntax import Item, Literal, Object, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Attribute
    from tools.lint.tree import File, Folder


TERRAFORM = ">= 1.11"
PROVIDERS = {"aws": {"source": "hashicorp/aws", "version": ">= 5.100, < 7.0"}}


@rule(
    id="equal-versions",
    why="A module that asks for other versions than the rest breaks whoever composes them.",
    severity="error",
    source="modules contract, rule 12",
    house=True,
)
def equal_versions(folder: Folder) -> Iterator[Found]:
    """Find versions that differ from those of the contract, and providers without one."""
    yield from _required_version(folder)
    given = dict(_required_providers(folder))
    for name, wanted in PROVIDERS.items():
        if name not in given:
            yield Found(
                folder.files[0],
                1,
                f"required_providers has no {name}",
                f'add {name} with source "{wanted["source"]}" and version "{wanted["version"]}"',
            )
    for name, (file, provider) in given.items():
        yield from _provider(file, provider, PROVIDERS.get(name, {}))


def _required_version(folder: Folder) -> Iterator[Found]:
    given = [
        (file, attribute)
        for file, block in folder.blocks("terraform")
        for attribute in block.body.attributes
        if attribute.name == "required_version"
    ]
    fix = f'write required_version = "{TERRAFORM}"'
    if not given:
        yield Found(folder.files[0], 1, "required_version is missing", fix)
    for file, attribute in given:
        text = text_of(attribute.value)
        if text != TERRAFORM:
            yield Found(file, attribute.line, f'required_version is "{text}"', fix)


def _required_providers(folder: Folder) -> Iterator[tuple[str, tuple[File, Attribute]]]:
    for file, terraform in folder.blocks("terraform"):
        for block in terraform.body.blocks_of("required_providers"):
            for attribute in block.body.attributes:
                yield attribute.name, (file, attribute)


def _provider(file: File, provider: Attribute, wanted: dict[str, str]) -> Iterator[Found]:
    # The form of Terraform 0.12 is a bare version.
    given: dict[str | None, str | None] = {"version": text_of(provider.value)}
    if isinstance(provider.value, Object):
        given = dict(map(_pair, provider.value.items))
    for key in ("source", "version"):
        value = given.get(key)
        if value is None and key == "version":
            continue  # pinned-provider says so
        if value is None:
            fix = f'write {key} = "{wanted.get(key, "…")}"'
            yield Found(file, provider.line, f"provider {provider.name} has no {key}", fix)
        elif key in wanted and value != wanted[key]:
            message = f'the {key} of provider {provider.name} is "{value}"'
            yield Found(file, provider.line, message, f'write {key} = "{wanted[key]}"')


def _pair(item: Item) -> tuple[str | None, str | None]:
    # An alias list beside source and version is no string, and nothing to compare.
    return (text_of(item.key) if isinstance(item.key, Literal) else None, text_of(item.value))
