from __future__ import annotations

from tools import paths
from tools.lint.schema import schemas
from tools.lint.schema_refresh import used_types
from tools.lint.tree import load


def test_both_majors_of_the_provider_are_vendored() -> None:
    assert [one.version.partition(".")[0] for one in schemas()] == ["5", "6"]


def test_every_type_that_we_use_is_in_both() -> None:
    ours = {
        f"{block.type} {block.labels[0]}"
        for top in (paths.MODULES, paths.ENVS)
        for folder in load(top)[0]
        for _, block in folder.blocks("resource", "data")
    }
    missing = [kind for kind in ours & used_types() if any(kind not in s.types for s in schemas())]
    assert not missing, "run python -m tools.lint.schema_refresh"
