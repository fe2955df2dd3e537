"""A function at the edge is what the edge takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan, Resource


_NONE = {
    "dead_letter_config": "leave it out",
    "environment": "write the values into the zip",
    "file_system_config": "leave it out",
    "image_uri": "use a zip",
    "layers": "put the libraries into the zip",
    "vpc_config": "leave it out",
}
_Path = tuple[str | int, ...]


@plan_rule(
    id="edge-function",
    why="CloudFront refuses the association at apply, after minutes, or the replica fails.",
    severity="error",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-functions-restrictions.html",
)
def edge_function(plan: Plan) -> Iterator[Broken]:
    """Find functions of distributions that have what Lambda@Edge does not take."""
    for distribution in plan.of("aws_cloudfront_distribution"):
        for path, event in _associations(distribution):
            known = distribution.text(*path, "lambda_arn")
            if known and not known.rsplit(":", 1)[-1].isdigit():
                fix = "give the qualified_arn of a published function"
                yield Broken(distribution, f"{known} is no numbered version", fix)
            found = plan.functions(distribution, *path, "lambda_arn")
            if not found:
                yield from _unclear(plan, distribution, event)
            for called in found:
                if called.qualifier is None:
                    fix = "give the qualified_arn of a published function"
                    yield Broken(distribution, f"{called.name} has no numbered version", fix)
                if called.resource:
                    for message, fix in _refused(called.resource, event):
                        yield Broken(called.resource, message, fix)


def _unclear(plan: Plan, distribution: Resource, event: str) -> Iterator[Broken]:
    """Find what is wrong where it is not known which function of several is meant."""
    functions = [one for one in plan.behind(distribution) if one.type == "aws_lambda_function"]
    if len(functions) != 1:
        plan.note(distribution, "lambda_arn")
    # What holds at every event holds of each.
    for one in functions:
        for message, fix in _refused(one, event if len(functions) == 1 else "origin-request"):
            yield Broken(one, message, fix)


def _associations(distribution: Resource) -> Iterator[tuple[_Path, str]]:
    for kind in ("default_cache_behavior", "ordered_cache_behavior"):
        for position, behavior in enumerate(distribution.parts(kind)):
            for number, one in enumerate(behavior.get("lambda_function_association") or []):
                path: _Path = (kind, position, "lambda_function_association", number)
                yield path, one.get("event_type", "")


def _refused(function: Resource, event: str) -> Iterator[tuple[str, str]]:
    for key, fix in _NONE.items():
        if function.get(key):
            yield f"the edge takes no {key}", fix
    if "arm64" in (function.get("architectures") or []):
        yield "the edge takes no arm64", 'set architectures = ["x86_64"]'
    if function.get("publish") is False:
        yield "its versions are not published", "set publish = true"
    arn = function.text("arn")
    if arn and ":us-east-1:" not in arn:
        yield "it is not in us-east-1", "use a provider of us-east-1"
    viewer = event.startswith("viewer-")
    timeout, most = function.get("timeout") or 3, 5 if viewer else 30
    if timeout > most:
        yield f"its timeout is {timeout} s, and {event} takes {most} s", f"set {most} or less"
    memory = function.get("memory_size") or 128
    if viewer and memory > 128:
        yield f"its memory is {memory} MB, and {event} takes 128 MB", "set memory_size = 128"
