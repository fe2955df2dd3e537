"""Writes through an origin access control bring the hash of their body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.lint.rule import Broken, plan_rule
from tools.lint.triggers import urls_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.lint.plan import Plan


@plan_rule(
    id="oac-write-hash",
    why="CloudFront signs no body: without its hash a function URL answers 403 to each write.",
    severity="warning",
    source="https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html",
)
def oac_write_hash(plan: Plan) -> Iterator[Broken]:
    """Find behaviours that write to a signed function URL where nothing adds the hash."""
    for distribution in plan.of("aws_cloudfront_distribution"):
        signed = {
            origin.get("origin_id")
            for position, origin in enumerate(distribution.parts("origin"))
            if distribution.says("origin", position, "origin_access_control_id")
            and urls_of(plan, distribution, position)
        }
        for kind in ("default_cache_behavior", "ordered_cache_behavior"):
            for behavior in distribution.parts(kind):
                writes = {"POST", "PUT", "PATCH"} & set(behavior.get("allowed_methods") or [])
                events = {
                    one.get("event_type")
                    for one in behavior.get("lambda_function_association") or []
                    if one.get("include_body")
                }
                if writes and behavior.get("target_origin_id") in signed and not events:
                    where = behavior.get("path_pattern") or "the default behaviour"
                    message = f"{where} takes {', '.join(sorted(writes))}"
                    fix = "add an edge function with include_body that sets x-amz-content-sha256"
                    yield Broken(distribution, message, fix)
