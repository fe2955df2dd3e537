"""One local AWS with one distribution and one edge for all tests of the edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.local_edge import site as sites
from tools.local_aws import server
from tools.local_edge.client import Viewer
from tools.local_edge.server import Edge, running
from tools.paths import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterator

HOME = CACHE / "tests" / "e2e" / "local-edge"


@pytest.fixture(scope="session")
def local() -> Iterator[server.Server]:
    HOME.parent.mkdir(parents=True, exist_ok=True)
    server.down(HOME)
    yield server.up(HOME)[0]
    server.down(HOME)


@pytest.fixture(scope="session")
def site(local: server.Server) -> sites.Site:
    return sites.make(local)


@pytest.fixture(scope="session")
def edge(local: server.Server, site: sites.Site) -> Iterator[Edge]:  # noqa: ARG001  made first
    # Tests say when it looks: none depends on a clock.
    with running(local, interval=3600) as started:
        yield started


@pytest.fixture(autouse=True)
def empty_cache(edge: Edge, site: sites.Site) -> None:
    edge.cache.forget(site.id)


@pytest.fixture(scope="session")
def viewer(edge: Edge, site: sites.Site) -> Iterator[Viewer]:
    made = Viewer(edge.port, edge.ca_bundle, site.domain)
    yield made
    made.close()
