"""Modules fit together: who takes a module whole asks only for what it puts out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.lint import reader
from tools.lint.syntax import Call, Expression, Literal, Name, Object, text_of
from tools.paths import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator

# What the README says of a module without alarms, and of one whose alarms are not on by default.
NO_ALARMS, ALARMS_OFF = "No alarms: ", "Alarms are off by default"
NO_ALARMS_BY_DEFAULT = {
    "bucket": ALARMS_OFF,  # S3 measures requests for money only
    "dashboard": NO_ALARMS,  # has no metric
    "deploy_roles": NO_ALARMS,  # IAM has no metrics
    "edge_function": NO_ALARMS,  # an alarm sees one region: cdn has the alarms on all of them
    "site": ALARMS_OFF,  # a bucket
    "state_bucket": NO_ALARMS,  # whoever plans sees at once what fails
}
NAMES = sorted(path.name for path in MODULES.iterdir())
# What every trigger may ask a function for.
FUNCTION = {"name", "arn", "alias_name", "alias_arn", "invoke_arn", "role_name", "timeout"}
# What a value of `grants` is made of.
GRANT = {"actions", "resources", "conditions"}


def outputs(module: str) -> set[str]:
    source = reader.read_file(MODULES / module / "outputs.tf")
    return {block.name for block in source.body.blocks_of("output")}


def inputs(module: str) -> dict[str, Expression]:
    source = reader.read_file(MODULES / module / "variables.tf")
    found = {block.name: block.body.get("type") for block in source.body.blocks_of("variable")}
    return {name: node for name, node in found.items() if node}


def fields(node: Expression) -> dict[str, Expression] | None:
    """Return the attributes of an object type; None for another type."""
    match node:
        case Call(name="object", arguments=[Object(items=items)]):
            return {_key(item.key): item.value for item in items}
        case Call(name="optional" | "list" | "map" | "set", arguments=[inner, *_]):
            return fields(inner)
    return None


def _key(node: Expression) -> str:
    if isinstance(node, Name):
        return node.name
    assert isinstance(node, Literal)
    return str(node.value)


def taken_whole(name: str, node: Expression) -> Iterator[tuple[str, set[str]]]:
    """Yield the module that an input takes whole, by its name, and the fields it asks for.

    ``function`` and ``functions`` take the module function, at any depth of a type. What may be
    left empty are settings, and no module.
    """
    asked = fields(node)
    if asked is None:
        return
    is_settings = all(isinstance(kind, Call) and kind.name == "optional" for kind in asked.values())
    for module in NAMES:
        if not is_settings and name in {module, f"{module}s"}:
            yield module, set(asked)
    for inner, kind in asked.items():
        yield from taken_whole(inner, kind)


CONSUMERS = [
    (consumer, name, producer, asked)
    for consumer in NAMES
    for name, node in inputs(consumer).items()
    for producer, asked in taken_whole(name, node)
]


def test_a_function_puts_out_what_a_trigger_may_ask_for() -> None:
    assert outputs("function") >= FUNCTION


def test_a_function_requires_a_name_and_leaves_zip_or_image_to_the_caller() -> None:
    source = reader.read_file(MODULES / "function" / "variables.tf")
    variables = source.body.blocks_of("variable")
    assert [block.name for block in variables if not block.body.get("default")] == ["name"]


@pytest.mark.parametrize(
    ("consumer", "name", "producer", "asked"),
    CONSUMERS,
    ids=[f"{consumer}.{name}-{producer}" for consumer, name, producer, _ in CONSUMERS],
)
def test_an_input_that_takes_a_module_asks_only_for_its_outputs(
    consumer: str, name: str, producer: str, asked: set[str]
) -> None:
    missing = sorted(asked - outputs(producer))
    assert not missing, f"{consumer}.{name} asks {producer} for {missing}"


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(asked, id=f"{consumer}.{name}")
        for consumer, name, producer, asked in CONSUMERS
        if producer == "function"
    ],
)
def test_a_trigger_asks_a_function_for_no_more_than_the_contract(asked: set[str]) -> None:
    assert asked <= FUNCTION


def test_the_url_is_among_the_consumers_of_a_function() -> None:
    assert ("function_url", "function", "function") in [case[:3] for case in CONSUMERS]


@pytest.mark.parametrize("module", [name for name in NAMES if "grants" in inputs(name)])
def test_a_module_that_is_granted_something_takes_every_part_of_a_grant(module: str) -> None:
    granted = fields(inputs(module)["grants"])
    assert granted
    also = fields(granted["also"])
    assert also
    assert (set(granted) - {"also"}, set(also)) == (GRANT, GRANT)


def given_among(modules: set[str], argument: str) -> dict[str, Expression | None]:
    """Return what the calls of `modules` to each other give for an argument, by caller and call."""
    return {
        f"{caller}.{call.name}": call.body.get(argument)
        for caller in modules
        for path in (MODULES / caller).glob("*.tf")
        for call in reader.read_file(path).body.blocks_of("module")
        if str(text_of(call.body.get("source"))).removeprefix("../") in modules
    }


def test_whoever_takes_a_boundary_hands_it_to_every_module_that_takes_one() -> None:
    bounded = {name for name in NAMES if "permissions_boundary" in inputs(name)}
    given = given_among(bounded, "permissions_boundary")
    assert given
    assert [call for call, value in given.items() if value is None] == []


def alarms_by_default(module: str) -> str | None:
    """Return the default of the input ``alarms``, as Terraform writes it; None without it."""
    source = reader.read_file(MODULES / module / "variables.tf")
    found = [block for block in source.body.blocks_of("variable") if block.name == "alarms"]
    if not found:
        return None
    match found[0].body.get("default"):
        case Object(items=[]):
            return "{}"
        case Literal(value=None):
            return "null"
    raise AssertionError(f"{module}: alarms has another default than {{}} and null")


def alarms_made_by(module: str) -> set[str]:
    """Return what raises a module's alarms: resources, and modules that it hands ``alarms`` to."""
    bodies = [reader.read_file(path).body for path in (MODULES / module).glob("*.tf")]
    return {
        f"{block.labels[0]}.{block.name}"
        for body in bodies
        for block in body.blocks_of("resource")
        if block.labels[0] == "aws_cloudwatch_metric_alarm"
    } | {
        f"module.{call.name}"
        for body in bodies
        for call in body.blocks_of("module")
        if call.body.get("alarms")
    }


@pytest.mark.parametrize("module", [name for name in NAMES if name not in NO_ALARMS_BY_DEFAULT])
def test_alarms_are_on_by_default(module: str) -> None:
    assert alarms_by_default(module) == "{}"
    assert alarms_made_by(module)
    assert "alarms" in outputs(module)


@pytest.mark.parametrize(("module", "sentence"), NO_ALARMS_BY_DEFAULT.items())
def test_a_module_without_alarms_by_default_says_why(module: str, sentence: str) -> None:
    has_them = sentence == ALARMS_OFF
    assert alarms_by_default(module) == ("null" if has_them else None)
    assert bool(alarms_made_by(module)) == has_them
    assert ("alarms" in outputs(module)) == has_them
    assert sentence in (MODULES / module / "README.md").read_text()


def test_whoever_takes_alarms_hands_them_to_every_module_that_has_them_on() -> None:
    given = given_among({name for name in NAMES if name not in NO_ALARMS_BY_DEFAULT}, "alarms")
    assert given
    assert [call for call, value in given.items() if value is None] == []


@pytest.mark.parametrize("module", NAMES)
def test_a_module_describes_every_output(module: str) -> None:
    source = reader.read_file(MODULES / module / "outputs.tf")
    described = source.body.blocks_of("output")
    assert all(text_of(block.body.get("description")) for block in described)
