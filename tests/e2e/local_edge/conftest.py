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
def site_aws() -> Iterator[server.Server]:
    HOME.parent.mkdir(parents=True, exist_ok=True)
    server.down(HOME)
    yield server.up(HOME)[0]
    server.down(HOME)


@pytest.fixture(scope="session")
def site(site_aws: server.Server) -> sites.Site:
    return sites.make(site_aws)


@pytest.fixture(scope="session")
def site_edge(site_aws: server.Server, site: sites.Site) -> Iterator[Edge]:  # noqa: ARG001  made first
    # Tests say when it looks: none depends on a clock.
    with running(site_aws, interval=3600) as started:
        yield started


@pytest.fixture(autouse=True)
def empty_cache(site_edge: Edge, site: sites.Site) -> None:
    site_edge.cache.forget(site.id)


@pytest.fixture(scope="session")
def viewer(site_edge: Edge, site: sites.Site) -> Iterator[Viewer]:
    made = Viewer(site_edge.port, site_edge.ca_bundle, site.domain)
    yield made
    made.close()
