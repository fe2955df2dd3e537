"""No account and no region stands in the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.lint.rule import Found, rule
from tools.lint.syntax import (
    Body,
    Literal,
    Object,
    attributes,
    children,
    expressions,
    text_of,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.syntax import Expression
    from tools.lint.tree import Folder


EXAMPLE_ACCOUNT = "123456789012"

# Twelve digits by themselves; the last group of a UUID is none.
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])(?<![0-9a-f]{4}-)\d{12}(?![0-9A-Za-z])")
_REGION = re.compile(
    r"(?<![\w-])(?:us-gov|us-iso[a-z]?|[a-z]{2})-"
    r"(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d[a-z]?(?![\w-])",
)
# AWS's own name of the log group of a Lambda@Edge function, in whatever region it is.
_EDGE_LOGS = "/aws/lambda/us-east-1."
_PROSE = {"description", "error_message"}


@rule(
    id="no-hard-coded-account-or-region",
    why="Code that names an account or a region is wrong in every other one.",
    severity="error",
    source="modules contract, rule 4; https://docs.aws.amazon.com/general/latest/gr/rande.html",
    house=True,
)
def no_hard_coded_account_or_region(folder: Folder) -> Iterator[Found]:
    """Find account ids in code and values, and regions in code."""
    for file in [*folder.files, *folder.values]:
        for line, account in _accounts(file.source.body):
            yield Found(
                file,
                line,
                f"account {account} is hard-coded",
                "use data.aws_caller_identity, or take it from outside as a variable",
            )
    for file in folder.files:
        for line, region in _regions(file.source.body):
            yield Found(
                file,
                line,
                f"region {region} is hard-coded",
                "use data.aws_region, or a variable that the root's tfvars set",
            )


def _accounts(body: Body) -> Iterator[tuple[int, str]]:
    for line, text in [*_strings(body), *_account_numbers(body)]:
        for match in _ACCOUNT.finditer(text):
            if match.group() != EXAMPLE_ACCOUNT:
                yield line + text.count("\n", 0, match.start()), match.group()


def _account_numbers(body: Body) -> Iterator[tuple[int, str]]:
    """Yield the numbers that something named for an account is set to."""
    pairs = [(attribute.name, attribute.value) for attribute in attributes(body)]
    objects = (node for node in expressions(body) if isinstance(node, Object))
    pairs += [(text_of(item.key) or "", item.value) for node in objects for item in node.items]
    for name, value in pairs:
        for node in walk(value) if "account" in name.lower() else ():
            if isinstance(node, Literal) and type(node.value) is int:
                yield node.line, str(node.value)


def _regions(body: Body) -> Iterator[tuple[int, str]]:
    for block in body.blocks:
        if block.type == "terraform":
            continue  # a backend takes no variables
        alias = text_of(block.body.get("alias")) if block.type == "provider" else None
        for line, text in _strings(Body([], [block])):
            for match in _REGION.finditer(text.replace(_EDGE_LOGS, "")):
                # An alias that is named for its region is how a root says where the edge lives.
                if match.group().replace("-", "_") != alias:
                    yield line + text.count("\n", 0, match.start()), match.group()


def _strings(body: Body) -> Iterator[tuple[int, str]]:
    """Yield the texts of a body with their lines, but for what is written for people."""
    for attribute in attributes(body):
        if attribute.name not in _PROSE:
            yield from _texts(attribute.value)


def _texts(node: Expression) -> Iterator[tuple[int, str]]:
    if isinstance(node, Literal):
        if isinstance(node.value, str):
            yield node.line, node.value
        return
    if isinstance(node, Object):
        for item in node.items:
            yield from _texts(item.key)
            if text_of(item.key) not in _PROSE:
                yield from _texts(item.value)
        return
    for child in children(node):
        yield from _texts(child)
