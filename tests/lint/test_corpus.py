"""Code as other people write it, without a mistake, is not complained of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.lint.check import Planned, check

CORPUS = Path(__file__).parent / "corpus"
ROOTS = sorted(path.parent for path in CORPUS.glob("*/main.tf"))
# What several roots call.
MODULES = CORPUS / "modules"


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: str(root.name))
def test_good_code_of_others_has_no_finding(root: Path) -> None:
    found = check([root, MODULES], [Planned(root / "plan.json", root)], house=False)
    assert (found.findings, found.unchecked) == ([], [])
