"""Every HCL block in the documentation does what it says."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.plan import inventories, readme
from tests.plan.together import example_plans
from tools.lint import reader
from tools.paths import MODULES

if TYPE_CHECKING:
    from tests.plan.workspace import Workspace
    from tools.terraform.core import Core

EXAMPLES = readme.examples()
PLANNED = [example for example in EXAMPLES if example.planned and not example.error]
REFUSED = [example for example in EXAMPLES if example.planned and example.error]


@pytest.mark.parametrize("document", sorted({example.of for example in PLANNED}))
def test_the_examples_of_a_document_plan_what_their_inventories_say(
    space: Workspace, core: Core, document: str, subtests: pytest.Subtests
) -> None:
    examples = [example for example in PLANNED if example.of == document]
    for example, plan in example_plans(space, core, examples):
        with subtests.test(str(example)):
            assert isinstance(plan, dict), f"{example.file}:{example.line}: {plan}"
            assert not (wrong := inventories.complaint(example.inventory, plan)), wrong


@pytest.mark.parametrize("example", REFUSED, ids=str)
def test_an_example_of_a_mistake_is_refused_with_the_message_that_it_names(
    space: Workspace, core: Core, example: readme.Example
) -> None:
    terraform = space.terraform(core, space.root(example.folder, example.text))
    code, output = terraform.attempt("plan", "-no-color")
    # Terraform wraps its messages and draws a line before each.
    said = " ".join(output.replace("│", " ").split())
    assert code == 1, f"{example.file}:{example.line} was not refused"
    assert example.error in said, output


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_block_says_on_its_first_line_how_it_is_tested(example: readme.Example) -> None:
    assert example.directed, (
        f"{example.file}:{example.line}: begin the block with `# plan: name`, "
        '`# plan: name error="text"` or `# fragment`'
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_block_is_formatted_as_terraform_does(core: Core, example: readme.Example) -> None:
    done = subprocess.run(
        [*core.command, "fmt", "-no-color", "-diff", "-"],
        input=example.text, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stdout, f"{example.file}:{example.line}\n{done.stdout}"


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_block_parses(example: readme.Example) -> None:
    reader.read(example.text)


def test_no_two_examples_of_a_document_have_one_name() -> None:
    names = [example.inventory for example in EXAMPLES if example.planned]
    assert len(names) == len(set(names))


def test_every_inventory_belongs_to_a_plan() -> None:
    wanted = {inventories.path_of(example.inventory) for example in PLANNED}
    wanted |= {inventories.path_of(f"envs/{name}") for name in inventories.environments()}
    assert set(inventories.FOLDER.rglob("*.yaml")) == wanted


@pytest.mark.parametrize("module", sorted(path.name for path in MODULES.iterdir()))
def test_a_module_begins_its_documentation_with_an_example_that_plans(module: str) -> None:
    first = readme.blocks(MODULES / module / "README.md")[0]
    assert first.planned
    assert not first.error
