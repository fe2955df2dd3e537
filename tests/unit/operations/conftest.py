"""Lambda as operations see it: functions with versions and one alias each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tools.operations.aws import Aws, Deployment
from tools.operations.rollout import ALIAS

if TYPE_CHECKING:
    from botocore.config import Config


@dataclass
class Lambda:
    """One function, ``orders-dev-stock``."""

    versions: list[str] = field(default_factory=lambda: ["7", "8", "10"])
    version: str = "10"
    shares: dict[str, float] = field(default_factory=dict)
    description: str = ""
    revision: int = 1
    moved_meanwhile: bool = False

    def get_alias(self, **name: str) -> dict[str, Any]:
        assert name == {"FunctionName": "orders-dev-stock", "Name": ALIAS}
        routing = {"RoutingConfig": {"AdditionalVersionWeights": self.shares}}
        found = {"FunctionVersion": self.version, "RevisionId": str(self.revision)}
        self.revision += self.moved_meanwhile
        return found | (routing if self.shares else {})

    def update_alias(self, **change: Any) -> None:  # noqa: ANN401  as boto3
        if change["RevisionId"] != str(self.revision):
            code = "PreconditionFailedException"
            raise ClientError({"Error": {"Code": code}}, "UpdateAlias")
        self.version, self.description = change["FunctionVersion"], change["Description"]
        self.shares = change["RoutingConfig"]["AdditionalVersionWeights"]

    def get_paginator(self, operation: str) -> Lambda:
        assert operation == "list_versions_by_function"
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        numbers = ["$LATEST", *self.versions]
        return [{"Versions": [{"Version": each}]} for each in numbers]


@pytest.fixture
def functions() -> Lambda:
    return Lambda()


@dataclass(frozen=True)
class Region(Aws):
    """An AWS whose clients are given."""

    clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401, ARG002  boto3's
        return self.clients[service]


def deployed(functions: Lambda) -> Deployment:
    names = {
        "orders_api": "orders-dev-api",
        "rollback": "orders-dev-rollback",
        "stock": "orders-dev-stock",
    }
    aws = Region(None, "eu-west-1", {"lambda": functions})
    return Deployment("dev", aws, {"functions": names})
