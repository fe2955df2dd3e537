"""What every test suite shares: no test is left out in silence."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.terraform.provider import ProviderMissing, provider_source

if TYPE_CHECKING:
    from collections.abc import Generator

NEEDS_PROVIDER = {"plan", "e2e"}
NO_PROVIDER = "no AWS provider on this machine"


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
