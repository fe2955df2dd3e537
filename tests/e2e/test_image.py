"""The image of orders_report, laid out as its Dockerfile says, serves events.

Docker is not needed for what is in the image: its files, and its command. What gives them events in
AWS's base image is a package of AWS, which is run here, with a Runtime API on loopback. The zip is
built for this machine, since its interpreter runs it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.bench.machine import architecture
from tests.e2e.runtime_api import RuntimeApi, serving
from tests.laid_out_image import BASE, contents, lay_out
from tools import setup
from tools.local_aws import principals
from tools.paths import CACHE, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tools.order_service.service import Service

FUNCTION = "orders_report"
ARN = "arn:aws:lambda:eu-west-1:123456789012:function:report"


@pytest.fixture(scope="module")
def python() -> Path:
    """The interpreter of what the base image has; no lock fits another one."""
    setup.make("image")
    return setup.python_of(setup.ENVIRONMENTS["image"])


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the zip for this machine: what docker would see."""
    folder = tmp_path_factory.mktemp("context")
    subprocess.run(
        [sys.executable, "-m", "tools.packager", FUNCTION, "--dist", str(folder),
         "--cache", str(CACHE / "tests" / "e2e" / "image-packager"), "--locked",
         "--arch", architecture()],
        cwd=ROOT, check=True,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def image(context: Path, python: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:  # noqa: ANN401
    """The task root of the laid-out image, and its command."""
    return lay_out(context, FUNCTION, tmp_path_factory.mktemp("image"), python)


@contextmanager
def started(
    image: tuple[Path, list[str]], python: Path, arn: str, environment: dict[str, str]
) -> Iterator[RuntimeApi]:
    """Start the image's command as the base image does: by the client, in the task root."""
    root, command = image
    with serving(arn) as api:
        runtime = subprocess.Popen(
            [python, "-m", "awslambdaric", *command],
            cwd=root,
            env=environment
            | BASE
            | {
                "AWS_LAMBDA_RUNTIME_API": api.address,
                "LAMBDA_TASK_ROOT": str(root),
                "AWS_LAMBDA_FUNCTION_NAME": arn.split(":")[6],
                "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
                "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            yield api
        finally:
            runtime.kill()
            runtime.communicate()


@pytest.fixture(scope="module")
def running(image: tuple[Path, list[str]], python: Path, service: Service) -> Iterator[RuntimeApi]:
    """The image with the settings of the deployed function, and just its role's permissions."""
    local, function = service.server, service.outputs["functions"][FUNCTION]
    deployed = local.client("lambda").get_function_configuration(FunctionName=function)
    name, iam = "tests-image", local.client("iam")
    user = principals.user(local, name, {})
    for policy in iam.list_role_policies(RoleName=function)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=function, PolicyName=policy)["PolicyDocument"]
        iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    environment = deployed["Environment"]["Variables"] | local.client_environment()
    environment |= {
        "AWS_ACCESS_KEY_ID": user.credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": user.credentials.secret_key,
    }
    with started(image, python, deployed["FunctionArn"], environment) as api:
        yield api
    principals.remove(local, name)


def test_the_task_root_has_the_zip_byte_for_byte(
    image: tuple[Path, list[str]], context: Path
) -> None:
    with zipfile.ZipFile(context / f"{FUNCTION}.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name[-1] != "/"}
    assert "app.py" in files
    assert contents(image[0]) == files


def test_it_serves_an_event_as_the_deployed_function_does(
    running: RuntimeApi, service: Service
) -> None:
    event = {"day": str(date(2000, 2, 29))}
    path, answer = running.invoke(event)
    # Beside it, the days that are still open.
    assert (path, answer["days"][0]) == ("response", "2000-02-29")
    key = "reports/daily/2000-02-29.json"
    by_image = service.object("records", key)
    assert by_image
    assert service.invoke(FUNCTION, event)["days"][0] == "2000-02-29"
    assert service.object("records", key) == by_image


def test_it_tells_of_an_event_that_it_refuses_and_goes_on(running: RuntimeApi) -> None:
    path, error = running.invoke({"day": "no day"})
    assert (path, error["errorType"]) == ("error", "InvalidScheduleEventError")
    assert running.invoke({"day": "2000-02-29"})[0] == "response"


def test_without_its_settings_it_does_not_start(
    image: tuple[Path, list[str]], python: Path
) -> None:
    with started(image, python, ARN, {}) as api:
        path, error = api.invoke({})
    assert (path, error["errorType"]) == ("init/error", "KeyError")
