"""make new-env: the code that all environments have, with values and a state of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tests.unit.scaffold.conftest import contents
from tools.scaffold.changes import ScaffoldError
from tools.scaffold.environments import new_env

if TYPE_CHECKING:
    from pathlib import Path

# A name that no reader has given to an environment of this checkout.
NAME = "written-by-a-test"


def test_an_environment_differs_in_prefix_and_state_alone(tree: Path) -> None:
    new_env(tree, NAME, "dev").write()
    dev, written = tree / "envs" / "dev", tree / "envs" / NAME
    differ = {}
    for path in written.iterdir():
        lines = zip(
            (dev / path.name).read_text().splitlines(), path.read_text().splitlines(), strict=True
        )
        if changed := [(" ".join(o.split()), " ".join(n.split())) for o, n in lines if o != n]:
            differ[path.name] = changed
    assert {path.name for path in written.iterdir()} == {path.name for path in dev.iterdir()}
    assert differ == {
        "backend.hcl": [
            ('bucket = "lambda-blueprints-state-dev"', f'bucket = "lambda-blueprints-state-{NAME}"')
        ],
        "backend.tf": [
            (
                'key = "lambda-blueprints/dev/terraform.tfstate"',
                f'key = "lambda-blueprints/{NAME}/terraform.tfstate"',
            )
        ],
        "terraform.tfvars": [
            (
                'prefix = "orders-dev"',
                f'prefix = "orders-{NAME}"',
            )
        ],
    }


def test_its_inventory_is_that_of_the_other_under_its_own_names(tree: Path) -> None:
    changes = new_env(tree, NAME, "dev")
    inventory = changes.texts[f"tests/plan/inventories/envs/{NAME}.yaml"]
    dev = (tree / "tests/plan/inventories/envs/dev.yaml").read_text()
    assert "orders-dev" not in inventory
    assert inventory.replace(f"orders-{NAME}", "orders-dev") == dev


def test_the_readme_names_it_after_the_others(tree: Path) -> None:
    before = (tree / "README.md").read_text()
    new_env(tree, NAME, "dev").write()
    after = (tree / "README.md").read_text()
    assert after.replace(f", `{NAME}`: one root each", ": one root each") == before
    assert f"`, `{NAME}`: one root each" in after


def test_what_checkov_may_find_in_the_other_it_may_find_in_it(tree: Path) -> None:
    path = tree / "tests/plan/checkov.yaml"
    before = [entry.get("plans", []) for entry in yaml.safe_load(path.read_text())]
    new_env(tree, NAME, "dev").write()
    after = [entry.get("plans", []) for entry in yaml.safe_load(path.read_text())]
    assert any("dev" in plans for plans in before)
    assert [NAME in plans for plans in after] == ["dev" in plans for plans in before]
    assert [[plan for plan in plans if plan != NAME] for plans in after] == before


def test_a_readme_without_the_row_is_told_and_nothing_is_written(tree: Path) -> None:
    (tree / "README.md").write_text("# Ours\n")
    with pytest.raises(ScaffoldError, match=r"README\.md has no one row of environments"):
        new_env(tree, NAME, "dev")
    assert not (tree / "envs" / NAME).exists()


@pytest.mark.parametrize(
    ("name", "source", "says"),
    [
        ("", "dev", "NAME is empty: give the environment's name, as NAME=staging"),
        ("Staging", "dev", "NAME is 'Staging': use lower-case"),
        ("eu_west", "dev", "NAME is 'eu_west': use lower-case"),
        ("../up", "dev", "NAME is '../up': use lower-case"),
        ("a" * 21, "dev", "NAME is 'a{21}' of 21 characters: .* at most 20"),
        ("prod", "dev", "NAME is 'prod', and envs/prod is there already"),
        (NAME, "local", "FROM is 'local': give an environment with a state bucket: dev, prod"),
        (NAME, "no", "FROM is 'no': give an environment with a state bucket"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_written(
    tree: Path, name: str, source: str, says: str
) -> None:
    before = contents(tree)
    with pytest.raises(ScaffoldError, match=says):
        new_env(tree, name, source)
    assert contents(tree) == before


def test_a_prefix_that_another_environment_has_is_refused(tree: Path) -> None:
    path = tree / "envs" / "prod" / "terraform.tfvars"
    path.write_text(path.read_text().replace('"orders-prod"', f'"orders-{NAME}"'))
    with pytest.raises(ScaffoldError, match=f"envs/prod has the prefix orders-{NAME}"):
        new_env(tree, NAME, "dev")


def test_a_prefix_that_is_part_of_the_word_prefix_is_replaced_alone(tree: Path) -> None:
    values = tree / "envs" / "dev" / "terraform.tfvars"
    values.write_text(values.read_text().replace('"orders-dev"', '"pre"'))
    written = new_env(tree, NAME, "dev").texts[f"envs/{NAME}/terraform.tfvars"]
    assert written == values.read_text().replace('"pre"', f'"orders-{NAME}"')
