"""What takes over more than it names, or builds while it applies, is not used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.syntax import Item, Literal, Object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Attribute
    from tools.lint.tree import Folder


_JSONENCODE = "write the policy with jsonencode in a local"
_INLINE = "write an aws_iam_role_policy for this role: it takes nothing from anybody"
_BANNED = {
    ("data", "aws_iam_policy_document"): _JSONENCODE,
    (
        "resource",
        "aws_api_gateway_account",
    ): "leave it to the account's owner: it is one per region",
    ("resource", "aws_iam_policy_attachment"): _INLINE,
    ("resource", "aws_iam_role_policies_exclusive"): _INLINE,
    ("resource", "aws_iam_role_policy_attachment"): _INLINE,
    ("resource", "aws_iam_role_policy_attachments_exclusive"): _INLINE,
}
_PROVIDERS = {
    "archive": "take a finished zip as input",
    "external": "pass the value in as a variable",
    "local": "take a finished file as input",
    "null": "let a resource say what it depends on",
}
_PROVISIONERS = {"local-exec", "remote-exec", "file"}


@rule(
    id="banned-resource",
    why="These take over what others attached, change the whole account, or run code during apply.",
    severity="error",
    source="modules contract, rules 1 and 8",
    house=True,
)
def banned_resource(folder: Folder) -> Iterator[Found]:
    """Find the resources, providers and provisioners that no module uses."""
    for file, block in folder.blocks("resource", "data"):
        kind = block.labels[0]
        fix = _BANNED.get((block.type, kind)) or _PROVIDERS.get(kind.split("_")[0])
        if fix:
            yield Found(file, block.line, f"{block.type} {kind} is banned", fix)
        for provisioner in block.body.blocks_of("provisioner"):
            if provisioner.name in _PROVISIONERS:
                message = f"provisioner {provisioner.name} is banned"
                yield Found(file, provisioner.line, message, "do it before or after Terraform")
    for file, block in folder.blocks("provider"):
        if block.name in _PROVIDERS:
            yield Found(
                file, block.line, f"provider {block.name} is banned", _PROVIDERS[block.name]
            )
    yield from _required(folder)


def _required(folder: Folder) -> Iterator[Found]:
    for file, terraform in folder.blocks("terraform"):
        for block in terraform.body.blocks_of("required_providers"):
            for provider in block.body.attributes:
                name = _source(provider) or provider.name
                if name in _PROVIDERS:
                    message = f"provider {name} is banned"
                    yield Found(file, provider.line, message, _PROVIDERS[name])


def _source(provider: Attribute) -> str | None:
    """Return the last part of a required provider's source."""
    match provider.value:
        case Object(items=items):
            for item in items:
                match item:
                    case Item(key=Literal(value="source"), value=Literal(value=str() as source)):
                        return source.rsplit("/", 1)[-1]
    return None
