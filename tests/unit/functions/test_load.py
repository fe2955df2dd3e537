"""The loader: a function is imported as Lambda does, and leaves nothing behind."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import order

if TYPE_CHECKING:
    from tests.unit.functions.conftest import Load


def test_a_function_sees_the_environment_that_it_is_loaded_with(load: Load) -> None:
    assert load("orders_api", TABLE_NAME="mine").order_table._table == "mine"


def test_each_load_has_shared_modules_of_its_own(load: Load) -> None:
    first, second = load("orders_api", TABLE_NAME="one"), load("orders_api", TABLE_NAME="two")
    assert (first.order_table._table, second.order_table._table) == ("one", "two")


def test_a_loaded_function_is_not_the_module_named_app(load: Load) -> None:
    load("orders_api", TABLE_NAME="mine")
    assert "app" not in sys.modules


def test_the_keys_are_those_of_examples(load: Load) -> None:
    load("orders_api", TABLE_NAME="mine")
    assert os.environ["AWS_ACCESS_KEY_ID"].endswith("EXAMPLE")


def test_what_tests_import_is_left_as_it_was() -> None:
    assert sys.modules["order"] is order
