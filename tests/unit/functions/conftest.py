"""Imports functions as Lambda does: each fresh, with its own environment, and never a real AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol

import boto3
import pytest

from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

REGION = "eu-central-1"
_numbers = count()


class Load(Protocol):
    """Imports a function fresh; see `load`."""

    def __call__(self, function_name: str, /, **environment: str) -> ModuleType:
        """Return the module of ``functions/<function_name>/app.py``."""
        ...


class Context:
    """The context that Lambda gives to a handler, as far as handlers read it."""

    aws_request_id = "8f507cfc-example-4697-b07a-ac58fc914c95"
    function_name = "orders"
    function_version = "1"
    invoked_function_arn = f"arn:aws:lambda:{REGION}:123456789012:function:orders:live"
    memory_limit_in_mb = "512"

    def __init__(self, remaining_milliseconds: int = 10_000) -> None:
        self.remaining_milliseconds = remaining_milliseconds

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still take."""
        return self.remaining_milliseconds


@pytest.fixture
def context() -> Context:
    """Return Lambda's context."""
    return Context()


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Iterator[Load]:
    """Return what imports a function fresh, with its shared modules, in a given environment.

    ``app = load("orders_api", TABLE_NAME="orders")``. What the function imports from ``shared``
    is its own: catch ``app.order_table.UnknownOrderError``, not the class that a test imports.
    Take `mock_aws` or stubs for AWS: a call that is not mocked fails at once, since its way
    leads through a proxy that nobody runs.
    """
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("NO_PROXY", "no_proxy", "https_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "HTTP_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    folders = {str(ROOT / "shared")}
    kept = _taken_out(folders)

    def fresh(function_name: str, /, **environment: str) -> ModuleType:
        _taken_out(folders)
        # Each start of mock_aws forgets it.
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", _session())
        folder = ROOT / "functions" / function_name
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.syspath_prepend(folder)
        folders.add(str(folder))
        spec = spec_from_file_location(f"{function_name}_app_{next(_numbers)}", folder / "app.py")
        assert spec, folder
        assert spec.loader, folder
        module = module_from_spec(spec)
        # Where msgspec looks up what the annotations of a function's structs name.
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    yield fresh
    _taken_out(folders)
    sys.modules.update(kept)


class Figures(Protocol):
    """Runs a module of benchmarks; returns what it has found."""

    def __call__(self, module: str, /, *options: str) -> dict[str, Any]:
        """Run ``tests.bench.<module>`` in a fresh interpreter."""
        ...


@pytest.fixture(scope="session")
def figures(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """Return what runs a function by a module of benchmarks, and tells what memory it took."""
    folder: Path = tmp_path_factory.mktemp("figures")
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    # As in Lambda, nothing is compiled while it runs: that alone takes more memory than an import.
    # Not where the handler logs to.
    answer = folder / "answer.json"
    environment |= {"BENCH_ANSWER": str(answer), "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}

    def measured(module: str, /, *options: str) -> dict[str, Any]:
        subprocess.run(
            [sys.executable, "-m", f"tests.bench.{module}", *options],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return dict(json.loads(answer.read_text()))

    return measured


@cache
def _session() -> boto3.Session:
    """Return the one session of all tests: making one reads megabytes of endpoints and models."""
    return boto3.Session()


def _taken_out(folders: set[str]) -> dict[str, ModuleType]:
    """Take the modules of `folders` out of those that are imported; return them."""
    return {
        name: sys.modules.pop(name)
        for name, module in list(sys.modules.items())
        if (getattr(module, "__file__", None) or "").rpartition(os.sep)[0] in folders
    }
