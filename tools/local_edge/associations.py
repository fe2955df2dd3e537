"""Which functions CloudFront takes at the edge: it says so when a distribution is changed.

The local AWS takes any. So the edge refuses what CloudFront would have refused.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.local_aws.server import Server

REGION = "us-east-1"
_ARN = re.compile(r"arn:aws:lambda:(?P<region>[a-z0-9-]+):\d{12}:function:[\w-]+:(?P<version>.+)")
_ASSUMING = frozenset({"lambda.amazonaws.com", "edgelambda.amazonaws.com"})
# Settings that a function at the edge may not have, empty or not there otherwise.
_WITHOUT = ("DeadLetterConfig", "Environment", "FileSystemConfigs", "Layers", "VpcConfig")


class Associations:
    """Looks at functions before they run at the edge.

    Parameters
    ----------
    server
        The local AWS.
    """

    def __init__(self, server: Server) -> None:
        self._lambda = server.client("lambda", REGION)
        self._iam = server.client("iam")

    def refusals(self, arn: str, event: str, *, include_body: bool) -> Iterator[str]:
        """Give the reasons why CloudFront would not take a function at an event."""
        parts = _ARN.fullmatch(arn)
        if not parts or parts["region"] != REGION or not parts["version"].isdigit():
            yield f"it is not the ARN of a version in {REGION}"
            return
        if include_body and not event.endswith("-request"):
            yield "IncludeBody is for request events"
        try:
            config: dict[str, Any] = self._lambda.get_function_configuration(FunctionName=arn)
        except ClientError as error:
            yield f"the function cannot be found: {error.response['Error']['Code']}"
            return
        yield from settings(config, event)
        yield from self._trust(config["Role"])

    def close(self) -> None:
        """End the connections."""
        self._lambda.close()
        self._iam.close()

    def _trust(self, role_arn: str) -> Iterator[str]:
        role = self._iam.get_role(RoleName=role_arn.rpartition("/")[2])["Role"]
        document: Any = role["AssumeRolePolicyDocument"]
        statements = (json.loads(document) if isinstance(document, str) else document)["Statement"]
        named: set[str] = set()
        for statement in [statements] if isinstance(statements, dict) else statements:
            services = statement.get("Principal", {}).get("Service", [])
            if statement["Effect"] == "Allow":
                named |= {services} if isinstance(services, str) else set(services)
        for missing in sorted(_ASSUMING - named):
            yield f"its role's trust does not name {missing}"


def settings(config: dict[str, Any], event: str) -> Iterator[str]:
    """Give the settings of a function that CloudFront does not take at an event."""
    for name in _WITHOUT:
        value = config.get(name)
        if value and any(value.values() if isinstance(value, dict) else value):
            yield f"it has {name}"
    if config.get("PackageType", "Zip") != "Zip":
        yield "it is an image"
    if config.get("Architectures", ["x86_64"]) != ["x86_64"]:
        yield "it is not for x86_64"
    if not str(config["Runtime"]).startswith(("nodejs", "python")):
        yield f"its runtime is {config['Runtime']}"
    if config.get("EphemeralStorage", {}).get("Size", 512) > 512:
        yield "it has more than 512 MB of ephemeral storage"
    seconds, megabytes = (5, 128) if event.startswith("viewer-") else (30, 10_240)
    if config["Timeout"] > seconds:
        yield f"its timeout of {config['Timeout']} s is over the {seconds} s of {event}"
    if config["MemorySize"] > megabytes:
        yield f"its memory of {config['MemorySize']} MB is over the {megabytes} MB of {event}"
