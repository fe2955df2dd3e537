"""What MiniStack does not do as AWS does, put right before it serves: one module a service.

Each module has `repair()`, which replaces functions of the running MiniStack with wrappers of them;
that of `edge_environments` also listens for the local edge, which AWS's Lambda has no call for.
They fit one version, which the launcher checks; the text of the worker script is anchored besides.
"""

from __future__ import annotations

from tools.local_aws.repairs import (
    api_gateway,
    authorization,
    cloudfront,
    cloudwatch,
    condition_keys,
    connections,
    dynamodb,
    edge_environments,
    event_sources,
    events,
    lambda_,
    step_functions,
    streams,
)

FITTING_VERSION = "1.5.33"


def repair() -> None:
    """Put everything right; MiniStack must not serve yet."""
    for service in (
        api_gateway,
        authorization,
        cloudfront,
        cloudwatch,
        condition_keys,
        connections,
        dynamodb,
        edge_environments,
        event_sources,
        events,
        lambda_,
        step_functions,
        streams,
    ):
        service.repair()
