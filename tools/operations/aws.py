"""Which AWS an operation works on, what is deployed there, and how its failures are told."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)

from tools.local_aws import server
from tools.local_aws.server import LocalAwsError
from tools.terraform.core import TerraformMissing
from tools.terraform.environments import EnvironmentMissing, environment
from tools.terraform.provider import ProviderMissing
from tools.terraform.runner import TerraformFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.config import Config


class OperationError(Exception):
    """What was asked for cannot be done; the message says why and what to do."""


@dataclass(frozen=True)
class Aws:
    """The AWS that an operation works on.

    Attributes
    ----------
    local
        The local AWS; None for the AWS that this process's own variables point to.
    region
        The region; None for the one that they name, and for the local AWS's own.
    """

    local: server.Server | None
    region: str | None = None

    def client(self, service: str, config: Config | None = None) -> Any:  # noqa: ANN401  boto3's
        """Return a boto3 client of `service`."""
        if self.local:
            return self.local.client(service, self.region or server.REGION, config=config)
        return boto3.client(
            service,  # type: ignore[call-overload]  # one literal a service in the stubs
            region_name=self.region,
            config=config,
        )

    @property
    def where(self) -> str:
        """Where it is, in words."""
        if self.local:
            return f"the local AWS at {self.local.endpoint}"
        return f"AWS, {self.region or boto3.Session().region_name}"


@dataclass(frozen=True)
class Deployment:
    """An environment that is applied.

    Attributes
    ----------
    name
        Name of the folder under ``envs/``.
    aws
        Where it is applied to.
    outputs
        Its outputs by name.
    """

    name: str
    aws: Aws
    outputs: dict[str, Any]

    def function(self, given: str) -> tuple[str, str]:
        """Return the package and the full name of the function that is meant by either.

        Raises
        ------
        OperationError
            There is no such function.
        """
        functions: dict[str, str] = self.outputs["functions"]
        for package, name in functions.items():
            if given in (package, name):
                return package, name
        raise OperationError(
            f"envs/{self.name} has no function {given!r}; there are "
            f"{', '.join(sorted(functions))}: name one as FUNCTION=orders_api"
        )


def find() -> Aws:
    """Return the local AWS with ``AWS=local``, else the one that this process points to.

    Raises
    ------
    LocalAwsError
        The local AWS is wanted and does not run.
    """
    return Aws(server.require() if wants_local() else None)


def deployment(name: str) -> Deployment:
    """Return what is applied of the environment `name`.

    Raises
    ------
    OperationError
        Nothing is.
    EnvironmentMissing, LocalAwsError, ProviderMissing, TerraformMissing, TerraformFailed
        It cannot be found out.
    """
    env = environment(name, on=server.require() if wants_local() else None)
    env.init()
    outputs = env.terraform.outputs()
    if "functions" not in outputs:
        raise OperationError(
            f"envs/{env.name} is not applied to {env.target}: make apply ENV={env.name}"
            + (" AWS=local" if env.local and env.name != "local" else "")
        )
    region = None if env.local else str(outputs["topic_arn"]).split(":")[3]
    return Deployment(env.name, Aws(env.local, region), outputs)


def guarded(operation: str, run: Callable[[], int]) -> int:
    """Run an operation; tell its failure in one line, and return the exit code."""
    try:
        return run()
    except (NoCredentialsError, NoRegionError, PartialCredentialsError) as error:
        said = (f"{error}. Sign in and set AWS_REGION (or AWS_PROFILE), or work on the local AWS: "
                "AWS=local")  # fmt: skip
    except TerraformFailed as error:
        said = f"Terraform does not tell what is applied:\n{error.output}"
    except (
        BotoCoreError, ClientError, EnvironmentMissing, LocalAwsError, OperationError,
        ProviderMissing, TerraformMissing,
    ) as error:  # fmt: skip
        said = str(error)
    print(f"{operation}: {said}", file=sys.stderr)
    return 2


def wants_local() -> bool:
    """Tell whether ``AWS=local`` is set."""
    return os.environ.get("AWS", "").lower() == "local"
