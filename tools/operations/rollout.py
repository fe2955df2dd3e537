"""``python -m tools.operations.rollout promote | rollback ENV FUNCTION [VERSION]``.

What ``make promote`` and ``make rollback`` run. Both move the alias ``live`` and nothing else, so a
request that comes meanwhile is answered. Terraform hears of neither: each says what to set, so that
the next apply leaves the alias where it is.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.operations.aws import Deployment, OperationError, deployment, guarded

if TYPE_CHECKING:
    from collections.abc import Mapping

ALIAS = "live"
# What takes canaries back has none itself.
ROLLBACK = "rollback"


@dataclass(frozen=True)
class Live:
    """The alias that triggers invoke.

    Attributes
    ----------
    version
        The version that it points to.
    shares
        Other versions -> the share of the requests that each has: a canary's.
    revision
        What Lambda calls this state of it.
    """

    version: str
    shares: Mapping[str, float]
    revision: str

    @property
    def text(self) -> str:
        """Who serves, in words."""
        if not self.shares:
            return f"version {self.version}"
        rest = 1 - sum(self.shares.values())
        parts = {self.version: rest} | dict(self.shares)
        newest_first = sorted(parts, key=int, reverse=True)
        return " and ".join(f"version {v} ({parts[v]:.0%})" for v in newest_first)


def main() -> int:
    """Move the alias, and say which version served and which serves now."""
    parser = argparse.ArgumentParser(prog="python -m tools.operations.rollout")
    parser.add_argument("command", choices=["promote", "rollback"])
    parser.add_argument("env", nargs="?", default="")
    parser.add_argument("function", nargs="?", default="")
    parser.add_argument("version", nargs="?", default="")
    given = parser.parse_args()

    def run() -> int:
        deployed = deployment(given.env)
        package, name = deployed.function(given.function)
        client = deployed.aws.client("lambda")
        if given.command == "promote" and package == ROLLBACK:
            raise OperationError(
                f"{name} has no canary to promote, and takes none: it is what takes canaries back. "
                "A new version of it has all requests at once; make rollback FUNCTION=rollback "
                "brings the former one back"
            )
        if given.command == "promote":
            moved = promote(client, name)
        else:
            moved = rollback(client, name, given.version or None)
        print(told(given.command, deployed, package, moved))
        return 0

    return guarded(given.command, run)


def promote(client: Any, name: str) -> tuple[Live, str]:  # noqa: ANN401  boto3's own type
    """Give all requests to the new one of the two versions that share the alias.

    Returns
    -------
    tuple of Live and str
        The alias as it was, and the version that serves now.

    Raises
    ------
    OperationError
        One version has all requests already.
    """
    before = look(client, name)
    if not before.shares:
        raise OperationError(
            f"{name} has no canary to promote: {before.text} has all requests. A canary begins "
            f'with canary = {{ version = "{before.version}", weight = 0.9 }} in rollout'
        )
    new = max({before.version, *before.shares}, key=int)
    _move(client, name, before, new, "The version that triggers invoke")
    return before, new


def rollback(
    client: Any,  # noqa: ANN401  boto3's own type
    name: str,
    version: str | None = None,
) -> tuple[Live, str]:
    """Give all requests to a former version.

    Parameters
    ----------
    client
        A client of Lambda.
    name
        Name of the function.
    version
        Which one; by default the old one of the two that share the alias, or the newest before the
        one that serves.

    Returns
    -------
    tuple of Live and str
        The alias as it was, and the version that serves now.

    Raises
    ------
    OperationError
        There is no such version, or it has all requests already.
    """
    before = look(client, name)
    there = versions(client, name)
    serving = {before.version, *before.shares}
    if version is None:
        older = [each for each in there if int(each) < max(map(int, serving))]
        if not older:
            raise OperationError(
                f"{name} has no version before {before.version}; there are {', '.join(there)}"
            )
        version = min(serving, key=int) if before.shares else older[-1]
    if version not in there:
        raise OperationError(
            f"{name} has no version {version!r}; there are {', '.join(there)}: name one as VERSION="
        )
    if serving == {version}:
        raise OperationError(f"{name} has {before.text} with all requests already")
    was = max(serving - {version}, key=int)
    _move(client, name, before, version, f"Rolled back from {was} to {version} by hand")
    return before, version


def look(client: Any, name: str) -> Live:  # noqa: ANN401  boto3's own type
    """Return the alias as it is."""
    found = client.get_alias(FunctionName=name, Name=ALIAS)
    shares = found.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
    return Live(found["FunctionVersion"], shares, found["RevisionId"])


def versions(client: Any, name: str) -> list[str]:  # noqa: ANN401  boto3's own type
    """Return the numbers of the published versions, the oldest first."""
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    found = [each["Version"] for page in pages for each in page["Versions"]]
    return sorted((each for each in found if each != "$LATEST"), key=int)


def told(command: str, deployed: Deployment, package: str, moved: tuple[Live, str]) -> str:
    """Return what was done, and what to set so that Terraform does not undo it."""
    before, now = moved
    name = deployed.outputs["functions"][package]
    file = f"envs/{deployed.name}/terraform.tfvars"
    oldest, *_, newest = sorted([before.version, *before.shares, now], key=int)
    if command == "promote":
        keep = (
            f"take canary out of rollout.{package} in {file}, else the next apply gives "
            f"version {oldest} its share again"
        )
    else:
        keep = (
            f'set live_version = "{now}" of rollout.{package} in {file}, else the '
            f"next apply moves {ALIAS} to version {newest} again"
        )
    return (
        f"{command}: {name} on {deployed.aws.where}\n"
        f"  served      {before.text}\n"
        f"  serves now  version {now}\n"
        f"  Terraform   {keep}"
    )


def _move(client: Any, name: str, before: Live, version: str, description: str) -> None:  # noqa: ANN401
    client.update_alias(
        FunctionName=name,
        Name=ALIAS,
        Description=description,
        FunctionVersion=version,
        RoutingConfig={"AdditionalVersionWeights": {}},
        # What somebody else, or an alarm, did meanwhile is not undone.
        RevisionId=before.revision,
    )


if __name__ == "__main__":
    sys.exit(main())
