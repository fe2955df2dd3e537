"""Inventories: what a plan must hold, as short YAML files that people read.

An inventory says how many resources of each type a plan has (all types), which values some of them
have (as much as is written), what the outputs are (all names, as much of each as is written), and
which addresses must not be there. A string of JSON, as a policy, is written as what it says.

``python -m tests.plan.inventories [NAME …]`` plans again and renews the values; it keeps the choice
of addresses and attributes. For a plan without an inventory it writes all that is known: prune it
to what matters.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from fnmatch import fnmatchcase
from itertools import groupby
from typing import TYPE_CHECKING, Any

import yaml

from tests.plan import readme
from tests.plan.together import example_plans
from tests.plan.workspace import workspace
from tools.paths import ENVS, ROOT
from tools.terraform.core import find_core
from tools.terraform.runner import TerraformFailed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDER = ROOT / "tests" / "plan" / "inventories"
UNKNOWN = "(known after apply)"


def environments() -> list[str]:
    """Return the names of the roots in the checkout."""
    return sorted(path.parent.name for path in ENVS.glob("*/versions.tf"))


def path_of(name: str) -> Path:
    """Return the file of the inventory `name`, as ``envs/dev``."""
    return FOLDER / f"{name}.yaml"


def complaint(name: str, plan: dict[str, Any]) -> str:
    """Compare a plan with its inventory; return what differs and how to renew it, or nothing."""
    path = path_of(name)
    renew = f"If the plan is right: .venv/bin/python -m tests.plan.inventories {name}"
    if not path.is_file():
        return f"{path.relative_to(ROOT)} is missing. {renew}"
    expected = yaml.safe_load(path.read_text())
    found = list(differences(expected, summary(plan)))
    if not found:
        return ""
    return "\n".join([f"the plan is not what {path.relative_to(ROOT)} says:", *found, renew])


def differences(expected: dict[str, Any], actual: dict[str, Any]) -> Iterator[str]:
    """Yield each way in which what was planned is not what is expected."""
    for part in ("counts", "outputs"):
        yield from _names(part, expected[part], actual[part])
        yield from _values(part, expected[part], actual[part])
    for address, values in expected["values"].items():
        if address in actual["values"]:
            yield from _values(address, values, actual["values"][address])
        else:
            yield f"  {address}: is not planned"
    for pattern in expected["must_not_exist"]:
        for address in actual["values"]:
            if fnmatchcase(address, pattern):
                yield f"  {address}: must not exist ({pattern})"


def _names(part: str, expected: dict[str, Any], actual: dict[str, Any]) -> Iterator[str]:
    for name in sorted(actual.keys() - expected.keys()):
        yield f"  {part}.{name}: planned {actual[name]!r}, and the inventory has none"


def _values(where: str, expected: Any, actual: Any) -> Iterator[str]:  # noqa: ANN401  any JSON
    if isinstance(expected, dict) and isinstance(actual, dict):
        for key, value in expected.items():
            yield from _values(f"{where}.{key}", value, actual.get(key))
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for index, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from _values(f"{where}[{index}]", one, other)
    elif expected != actual:
        yield f"  {where}: expected {expected!r}, planned {actual!r}"


def summary(plan: dict[str, Any]) -> dict[str, Any]:
    """Return a plan as an inventory that leaves nothing out."""
    resources = [
        change for change in plan["resource_changes"]
        if change["mode"] == "managed" and change["change"]["after"] is not None
    ]  # fmt: skip
    return {
        "counts": dict(sorted(Counter(resource["type"] for resource in resources).items())),
        "values": {
            resource["address"]: _readable(_planned(resource["change"]))
            for resource in sorted(resources, key=lambda resource: str(resource["address"]))
        },
        "outputs": {
            name: _readable(_planned(change))
            for name, change in sorted(plan.get("output_changes", {}).items())
        },
        "must_not_exist": [],
    }


def _planned(change: dict[str, Any]) -> Any:  # noqa: ANN401  any JSON
    return _with_unknown(change.get("after"), change.get("after_unknown", False))


def _with_unknown(after: Any, unknown: Any) -> Any:  # noqa: ANN401  any JSON
    if unknown is True:
        return UNKNOWN
    if isinstance(after, dict) and isinstance(unknown, dict):
        keys = after.keys() | unknown.keys()
        return {k: _with_unknown(after.get(k), unknown.get(k, False)) for k in sorted(keys)}
    if isinstance(after, list) and isinstance(unknown, list) and len(after) == len(unknown):
        return [_with_unknown(*pair) for pair in zip(after, unknown, strict=True)]
    return after


def _readable(value: Any) -> Any:  # noqa: ANN401  any JSON
    if isinstance(value, dict):
        return {key: _readable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_readable(inner) for inner in value]
    if isinstance(value, str) and value.startswith(("{", "[")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def renewed(old: dict[str, Any] | None, actual: dict[str, Any]) -> dict[str, Any]:
    """Return an inventory of `actual` with the choice that `old` made."""
    if old is None:
        return actual | {"values": {a: _told(values) for a, values in actual["values"].items()}}
    return {
        "counts": actual["counts"],
        "values": {
            address: _chosen(values, actual["values"][address])
            for address, values in old["values"].items()
            if address in actual["values"]
        },
        "outputs": {
            name: _chosen(old["outputs"][name], value) if name in old["outputs"] else value
            for name, value in actual["outputs"].items()
        },
        "must_not_exist": old["must_not_exist"],
    }


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing: what is unset or not known yet."""
    return {k: v for k, v in values.items() if v not in (None, [], {}, "", UNKNOWN)}


def _chosen(old: Any, actual: Any) -> Any:  # noqa: ANN401  any JSON
    if isinstance(old, dict) and isinstance(actual, dict):
        return {key: _chosen(value, actual.get(key)) for key, value in old.items()}
    if isinstance(old, list) and isinstance(actual, list) and len(old) == len(actual):
        return [_chosen(*pair) for pair in zip(old, actual, strict=True)]
    return actual


def _write(name: str, plan: dict[str, Any]) -> None:
    path = path_of(name)
    old = yaml.safe_load(path.read_text()) if path.is_file() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(renewed(old, summary(plan)), sort_keys=False, width=100))
    print(f"inventories: {path.relative_to(ROOT)}", flush=True)


def main() -> None:
    """Renew the inventories that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.plan.inventories")
    parser.add_argument("names", nargs="*", metavar="NAME", help="as envs/dev (default: all)")
    names = parser.parse_args().names
    examples = [e for e in readme.examples() if e.planned and not e.error]
    known = [f"envs/{name}" for name in environments()] + [e.inventory for e in examples]
    for name in names:
        if name not in known:
            parser.error(f"nothing is planned under {name!r}; there are {', '.join(known)}")
    chosen = names or known
    with workspace() as space:
        core = find_core()
        for name in environments():
            if f"envs/{name}" in chosen:
                _write(f"envs/{name}", space.plan(core, space.tree / "envs" / name))
        wanted = [e for e in examples if e.inventory in chosen]
        for _, document in groupby(wanted, key=lambda example: example.of):
            for example, plan in example_plans(space, core, list(document)):
                if isinstance(plan, TerraformFailed):
                    raise plan
                _write(example.inventory, plan)


if __name__ == "__main__":
    main()
