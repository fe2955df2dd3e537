"""make new-function: bad input is refused with the mend, and nothing is half-written."""

from __future__ import annotations

import ast
import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml
from moto import mock_aws

from tests.copies import run
from tests.unit.scaffold.conftest import contents
from tools.paths import ROOT
from tools.scaffold import inventories
from tools.scaffold.changes import ScaffoldError
from tools.scaffold.entries import NoPlaceError, add_row, add_to_list, add_to_map
from tools.scaffold.functions import new_function, next_commands
from tools.scaffold.triggers import TRIGGERS

# No name that somebody would give: these tests are run in trees that have functions more.
NAME = "scaffold_of_a_test"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "NAME is empty: give the function's name, as NAME=order_totals"),
        ("orderTotals", "NAME is 'orderTotals': .*, as NAME=order_totals$"),
        ("order-totals", "NAME is 'order-totals': .*, as NAME=order_totals$"),
        ("Order Totals!", "NAME is 'Order Totals!': .*, as NAME=order_totals$"),
        ("2nd", "NAME is '2nd': .* a letter first"),
        ("order__totals", "NAME is 'order__totals': .*, as NAME=order_totals$"),
        ("class", "NAME is 'class': .* no word of Python's own, as NAME=order_totals$"),
        ("../escape", "NAME is '../escape'"),
        ("a" * 25, "NAME is 'a{25}' of 25 characters: .* use at most 24"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_one_that_can(
    tree: Path, name: str, says: str
) -> None:
    with pytest.raises(ScaffoldError, match=says):
        new_function(tree, name, "url")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("stock", "functions/stock is there already: take another name"),
        ("api", "modules/order_service/api.tf is there already: take another name"),
        ("uploads", "modules/order_service/uploads.tf is there already"),
        ("payments_made", 'fulfilment.tf has a module "payments_made": take another name'),
        ("orders_http", 'api.tf has a module "orders_http": take another name'),
        ("rest", "modules/order_service has the entry rest .* already: take another name"),
        ("edge_signer", "whose zip is the edge signer's: take another name"),
    ],
)
def test_a_name_that_is_taken_is_refused_with_where(tree: Path, name: str, says: str) -> None:
    with pytest.raises(ScaffoldError, match=f"NAME is '{name}', .*{says}"):
        new_function(tree, name, "url")


def test_a_name_whose_trigger_is_taken_is_refused(tree: Path) -> None:
    with pytest.raises(ScaffoldError, match=r'events\.tf has a module "order_events"'):
        new_function(tree, "order", "event_rule")


@pytest.mark.parametrize("trigger", ["", "sqs", "URL"])
def test_an_unknown_trigger_is_refused_with_those_that_there_are(tree: Path, trigger: str) -> None:
    with pytest.raises(ScaffoldError, match=f"^TRIGGER is '{trigger}': give one of") as refused:
        new_function(tree, NAME, trigger)
    assert all(f"\n  {known} " in str(refused.value) for known in TRIGGERS)


def test_what_is_refused_has_written_nothing(tree: Path) -> None:
    before = contents(tree)
    with pytest.raises(ScaffoldError):
        new_function(tree, "rest", "url")
    assert contents(tree) == before


@pytest.mark.parametrize("good", range(12))
def test_a_disk_that_fails_meanwhile_leaves_all_as_it_was(
    tree: Path, monkeypatch: pytest.MonkeyPatch, good: int
) -> None:
    before, write, left = contents(tree), Path.write_text, [good]

    def failing(self: Path, text: str) -> int:
        left[0] -= 1
        if left[0] < 0:
            write(self, text[:10])
            raise OSError(28, "No space left on device", str(self))
        return write(self, text)

    changes = new_function(tree, NAME, "workflow-task")
    monkeypatch.setattr(Path, "write_text", failing)
    with pytest.raises(ScaffoldError, match=r"cannot be written: No space left on device$"):
        changes.write()
    assert contents(tree) == before


@pytest.mark.parametrize(
    ("file", "was", "says"),
    [
        ("main.tf", "packages = [", "the list packages"),
        ("parts.tf", "functions = {", "the line functions = {"),
        ("parts.tf", "parts = merge({", "the line parts = merge"),
        ("outputs.tf", 'output "apis" {', 'the line output "apis"'),
        ("README.md", "| [`", "a row that begins with"),
    ],
)
def test_a_service_that_was_rewritten_is_told_where(
    tree: Path, file: str, was: str, says: str
) -> None:
    path = tree / "modules" / "order_service" / file
    path.write_text(path.read_text().replace(was, "other"))
    with pytest.raises(ScaffoldError, match=f"modules/order_service has no longer {says}"):
        new_function(tree, NAME, "url")


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_a_function_holds_its_own_name_and_none_of_the_template(tree: Path, trigger: str) -> None:
    changes = new_function(tree, NAME, trigger)
    own = "".join(changes.texts[path] for path in changes.new)
    assert NAME in own
    assert "new_function" not in own
    assert "new-function" not in own


def test_what_comes_next_is_a_call_with_the_tests_event() -> None:
    assert [*next_commands(NAME, "queue")][-1] == f"make call NAME={NAME}"


def test_what_comes_next_for_uploads_is_a_file_in_the_bucket_that_the_wiring_makes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wiring = ROOT / "tools" / "scaffold" / "templates" / "wiring" / "upload.tf"
    assert '= "${var.prefix}-new-function-${local.account_id}"\n' in wiring.read_text()
    command = [*next_commands("order_totals", "upload")][-1]
    begins, code = shlex.split(command)[:-1], shlex.split(command)[-1]
    assert begins == ["eval", "$(make -s env)", "&&", ".venv/bin/python", "-c"]
    bucket = "orders-local-order-totals-123456789012"
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=bucket)
        exec(code, {})  # noqa: S102  the line that the command prints
        found = s3.get_object(Bucket=bucket, Key="incoming/README.md")["Body"].read()
    assert found == (ROOT / "README.md").read_bytes()


def test_every_template_belongs_to_a_trigger() -> None:
    wiring = ROOT / "tools" / "scaffold" / "templates" / "wiring"
    assert {path.stem for path in wiring.glob("*.tf")} == set(TRIGGERS)
    handlers = {path.parent.name for path in wiring.parent.glob("*/app.py")}
    assert handlers == {trigger.handler for trigger in TRIGGERS.values()}


def test_every_trigger_is_documented() -> None:
    page = (ROOT / "docs" / "first-function.md").read_text()
    assert all(f"\n| `{trigger}` | " in page for trigger in TRIGGERS)


def test_the_lock_is_the_one_that_others_with_the_same_requirements_have(tree: Path) -> None:
    changes = new_function(tree, NAME, "url")
    stock = ROOT / "functions" / "stock"
    assert changes.texts[f"functions/{NAME}/requirements.txt"] == "msgspec\n"
    lock = (stock / "requirements.lock").read_text()
    assert changes.texts[f"functions/{NAME}/requirements.lock"] == lock


def test_without_another_lock_there_is_none_yet(tree: Path) -> None:
    for lock in tree.glob("functions/*/requirements.lock"):
        lock.unlink()
    assert f"functions/{NAME}/requirements.lock" not in new_function(tree, NAME, "url").texts


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_what_it_imports_is_listed_where_cold_starts_are(tree: Path, trigger: str) -> None:
    path = tree / "tests" / "unit" / "functions" / "cold_starts.json"
    path.parent.mkdir(parents=True)
    path.write_text('{"stock": {}}')
    changes = new_function(tree, NAME, trigger)
    listed = json.loads(changes.texts["tests/unit/functions/cold_starts.json"])
    assert list(listed) == [NAME, "stock"]
    source = ast.parse(changes.texts[f"functions/{NAME}/app.py"])
    imported = {node.module for node in source.body if isinstance(node, ast.ImportFrom)}
    own = {module for module in imported if module and (ROOT / "shared" / f"{module}.py").is_file()}
    assert own <= set(listed[NAME]["modules"])


def counts(text: str) -> Any:  # noqa: ANN401  YAML
    return yaml.safe_load(text)["counts"]


def test_an_inventory_counts_what_is_added() -> None:
    old = "counts:\n  aws_cloudwatch_metric_alarm: 2\n  b: 1\nvalues: {}\n"
    adds = {"aws_cloudwatch_metric_alarm": 3, "a": 1}
    assert list(counts(inventories.with_more(old, adds)).items()) == [
        ("a", 1), ("aws_cloudwatch_metric_alarm", 5), ("b", 1),
    ]  # fmt: skip


def test_an_inventory_without_alarms_gets_none() -> None:
    old = "counts:\n  b: 1\nvalues: {}\n"
    adds = {"aws_cloudwatch_metric_alarm": 3, "b": 1}
    assert counts(inventories.with_more(old, adds)) == {"b": 2}


def test_an_inventory_is_otherwise_the_same_text() -> None:
    for path in inventories.of_order_service(ROOT):
        text = (ROOT / path).read_text()
        assert inventories.with_more(text, {}) == text


# --- entries --------------------------------------------------------------------------------------


def test_an_entry_of_a_map_stands_in_its_place_with_the_signs_in_one_column() -> None:
    old = "m = {\n  a  = 1\n  cc = { b = 2 }\n}\n"
    assert add_to_map(old, "m = {", "bbb", "3") == (
        "m = {\n  a   = 1\n  bbb = 3\n  cc  = { b = 2 }\n}\n"
    )


@pytest.mark.parametrize("old", ["m = {\n}\n", "m = {\n  a = 1\n  # why\n  b = 2\n}\n", "n = {\n"])
def test_a_map_that_is_written_otherwise_is_left_alone(old: str) -> None:
    with pytest.raises(NoPlaceError):
        add_to_map(old, "m = {", "b", "3")


def test_a_string_of_a_list_stands_in_its_place_and_lines_stay_short() -> None:
    names = [f"name_{number:03}" for number in range(0, 40, 2)]
    old = "l = [\n  " + ", ".join(f'"{name}"' for name in names) + ",\n]\n"
    new = add_to_list(old, "l", "name_007")
    assert eval(new.partition("=")[2]) == sorted([*names, "name_007"])  # noqa: S307  our own text
    assert max(map(len, new.splitlines())) <= 98


@pytest.mark.parametrize("old", ["l = []\n", "l = [\n  var.x,\n]\n", "k = [\n]\n"])
def test_a_list_that_is_written_otherwise_is_left_alone(old: str) -> None:
    with pytest.raises(NoPlaceError):
        add_to_list(old, "l", "a")


def test_a_row_comes_at_the_end_of_the_first_table_of_its_kind() -> None:
    old = "| [`a`] |\n| [`b`] |\n\n| [`z`] |\n"
    assert add_row(old, "| [`", "| [`c`] |") == "| [`a`] |\n| [`b`] |\n| [`c`] |\n\n| [`z`] |\n"


# --- the command ----------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [("", "url"), ("greeter", "sqs"), ("stock", "queue")])
def test_the_command_ends_with_2_and_says_why_on_its_error_stream(given: tuple[str, str]) -> None:
    done = run(ROOT, sys.executable, "-m", "tools.scaffold", "new-function", *given)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.match(r"new-function: (NAME|TRIGGER) is ", done.stderr)
