"""What every test suite shares: no test is left out in silence, and no failure is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tools.terraform.provider import ProviderMissing, provider_source

if TYPE_CHECKING:
    from collections.abc import Generator

NEEDS_PROVIDER = {"plan", "e2e"}
NO_PROVIDER = "no AWS provider on this machine"

# A failure prints the line that repeats it anywhere (@reproduce_failure). CI tries the same
# examples each time, so that it fails for a change and not for luck; other runs look further.
# Two cores that are shared have no meaningful deadline. Properties of a function that is loaded
# once and asked many times are what the unit tests are about, so fixtures may outlive an example.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("project")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the AWS provider where there is no way to get it."""
    here = Path(__file__).parent
    needy = [i for i in items if i.path.relative_to(here).parts[0] in NEEDS_PROVIDER]
    if not needy:
        return
    try:
        provider_source()
    except ProviderMissing as error:
        for item in needy:
            item.add_marker(pytest.mark.skip(reason=f"{NO_PROVIDER}: {error}"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true nothing may skip, but for the missing provider."""
    report = yield
    if (
        report.skipped
        and os.environ.get("CI") == "true"
        and NO_PROVIDER not in str(report.longrepr)
    ):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr}"
    return report
