"""What is written works with both majors of the AWS provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.schema import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.schema import Shape
    from tools.lint.syntax import Attribute, Block
    from tools.lint.tree import File, Folder


_TOLD = {"invoked_via_function_url", "region"}
_REGION = "take the region of the provider, and another one by configuration_aliases"


@rule(
    id="both-provider-majors",
    why="These exist in version 5 or 6 of the AWS provider only, and callers have either.",
    severity="error",
    source="modules contract; https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade",
    house=True,
)
def both_provider_majors(folder: Folder) -> Iterator[Found]:
    """Find arguments and attributes that one major of the provider does not have."""
    for file, block in folder.blocks("resource", "data"):
        for attribute in block.body.attributes:
            yield from _argument(file, block.labels[0], attribute)
        name = f"{block.type} {block.labels[0]}"
        shapes = [(one.version, one.types[name]) for one in schemas() if name in one.types]
        if len(shapes) == len(schemas()):
            yield from _only_one(file, block, shapes, block.labels[0])
    for use in folder.uses:
        path = use.reference.path
        if path[:2] == ("data", "aws_region") and path[3:] in {("name",), ("region",)}:
            message = f"data.aws_region has {path[3]} in one major of the provider only"
            yield Found(
                use.file, use.reference.line, message, "use its id: the region's name in both"
            )


def _only_one(
    file: File, block: Block, shapes: list[tuple[str, Shape]], where: str
) -> Iterator[Found]:
    lines = {attribute.name: attribute.line for attribute in block.body.attributes}
    for one in block.body.blocks:
        dynamic = one.type == "dynamic" and one.labels
        name = one.labels[0] if dynamic else one.type
        lines[name] = one.line
        inner = [(version, shape.blocks[name]) for version, shape in shapes if name in shape.blocks]
        if len(inner) == len(shapes):
            for content in one.body.blocks_of("content") if dynamic else [one]:
                yield from _only_one(file, content, inner, f"{where}.{name}")
    for name, line in lines.items():
        without = [version for version, shape in shapes if name not in shape.arguments]
        # What none has is for provider-schema; region and the like are told of above.
        if without and len(without) < len(shapes) and name not in _TOLD:
            message = f"{where} has no {name} in version {without[0]}"
            yield Found(file, line, message, "leave it out, or find what both majors have")
    for version, shape in shapes:
        for name in sorted({*shape.required, *shape.needed} - lines.keys()):
            if any(name in other.optional for _, other in shapes):
                message = f"{where} must have {name} in version {version}"
                yield Found(file, block.line, message, f"set {name}")


def _argument(file: File, kind: str, attribute: Attribute) -> Iterator[Found]:
    if attribute.name == "region" and kind.startswith("aws_"):
        yield Found(file, attribute.line, f"{kind} takes region from version 6 on only", _REGION)
    if attribute.name == "invoked_via_function_url" and kind == "aws_lambda_permission":
        message = f"{kind} takes {attribute.name} from version 6 on only"
        yield Found(file, attribute.line, message, "leave it out")
