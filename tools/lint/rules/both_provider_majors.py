"""What is written works with both majors of the AWS provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Attribute
    from tools.lint.tree import File, Folder


_REGION = "take the region of the provider, and another one by configuration_aliases"


@rule(
    id="both-provider-majors",
    why="These exist in version 5 or 6 of the AWS provider only, and callers have either.",
    severity="error",
    source="modules contract; https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade",
)
def both_provider_majors(folder: Folder) -> Iterator[Found]:
    """Find arguments and attributes that one major of the provider does not have."""
    for file, block in folder.blocks("resource"):
        for attribute in block.body.attributes:
            yield from _argument(file, block.labels[0], attribute)
    for use in folder.uses:
        path = use.reference.path
        if path[:2] == ("data", "aws_region") and path[3:] in {("name",), ("region",)}:
            message = f"data.aws_region has {path[3]} in one major of the provider only"
            yield Found(
                use.file, use.reference.line, message, "use its id: the region's name in both"
            )


def _argument(file: File, kind: str, attribute: Attribute) -> Iterator[Found]:
    if attribute.name == "region" and kind.startswith("aws_"):
        yield Found(file, attribute.line, f"{kind} takes region from version 6 on only", _REGION)
    if attribute.name == "invoked_via_function_url" and kind == "aws_lambda_permission":
        message = f"{kind} takes {attribute.name} from version 6 on only"
        yield Found(file, attribute.line, message, "leave it out")
