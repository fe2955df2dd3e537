"""``python -m tests.lint.mutate``: puts mistakes into our own code and plans, and lints them.

Mistakes of spelling and drift are put into copies of ``modules/`` and ``envs/``; mistakes of values
into the plans of the environments and examples, as ``tests/plan/test_plan_rules.py`` keeps them in
``.cache/lint/plans`` (it is run first). A mutant is killed when lint finds something in it.
"""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tools import paths
from tools.lint.check import Planned, check
from tools.lint.plan import Plan
from tools.lint.schema import schemas
from tools.lint.tree import load_one

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.lint.syntax import Block

PLANS = paths.CACHE / "lint" / "plans"
LEAST = 0.95
# So many of a class are enough to judge it.
MOST = 40
# Of a module, so that every module has its turn.
OF_MODULE = 2

# Why what survives is no mistake that a plan can show.
_EXPLAINED = {
    "uploads.aws_iam_role_policy": "what a function's code reads is not in a plan",
    "deploy.aws_iam_role_policy.state": "what a pipeline does with its role is not in a plan",
    "example-cdn-complete": "open: a plan does not show which URL a dynamic origin leads to",
    "aws_lambda_permission.invoke_url": "an account may be let in to invoke, and not by the URL",
}

Resource = dict[str, Any]


class Mutant(NamedTuple):
    """A mistake: of which class, where, and whether lint found it."""

    kind: str
    where: str
    killed: bool


def main() -> int:
    """Run all mutants; print the rate of each class and the survivors."""
    planned = [sys.executable, "-m", "pytest", "-q", "tests/plan/test_plan_rules.py"]
    subprocess.run(planned, cwd=paths.ROOT, check=True, stdout=subprocess.DEVNULL)
    mutants = [*_in_source(), *_in_plans()]
    by_kind: dict[str, list[Mutant]] = defaultdict(list)
    for one in mutants:
        by_kind[one.kind].append(one)
    empty = sorted(set(_CHANGES) - set(by_kind))
    for kind in empty:
        print(f"{kind:34} nowhere to put it")
    for kind, found in by_kind.items():
        killed = sum(one.killed for one in found)
        print(f"{kind:34} {killed:3} of {len(found):3}  {killed / len(found):4.0%}")
    survivors = [one for one in mutants if not one.killed]
    unexplained = 0
    for one in survivors:
        why = next((why for part, why in _EXPLAINED.items() if part in one.where), "")
        unexplained += not why
        print(f"survived: {one.kind}: {one.where}: {why or 'UNEXPLAINED'}")
    rate = 1 - len(survivors) / len(mutants)
    print(f"{len(mutants)} mutants, {rate:.1%} killed (at least {LEAST:.0%} wanted)")
    return 0 if rate >= LEAST and len(mutants) >= 200 and not unexplained and not empty else 1


# --- source ---------------------------------------------------------------------------------------


def _in_source() -> Iterator[Mutant]:
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        shutil.copytree(paths.MODULES, top / "modules")
        shutil.copytree(paths.ENVS, top / "envs", ignore=shutil.ignore_patterns(".terraform*"))
        made: dict[str, int] = defaultdict(int)
        for module in sorted((top / "modules").iterdir()):
            of_module: dict[str, int] = defaultdict(int)
            for kind, file, lines in _edits(module):
                # Some of each module, so that no class is of one module only.
                if made[kind] < MOST and of_module[kind] < OF_MODULE:
                    made[kind] += 1
                    of_module[kind] += 1
                    yield _tried(kind, file, lines, module)
        yield from _drifted(top)


def _tried(kind: str, file: Path, lines: dict[int, str | None], linted: Path) -> Mutant:
    before = file.read_text()
    new = [lines.get(number, line) for number, line in enumerate(before.splitlines(), 1)]
    file.write_text("\n".join(line for line in new if line is not None) + "\n")
    try:
        findings, unchecked, _ = check([linted])
    finally:
        file.write_text(before)
    where = f"{linted.name}/{file.name}:{min(lines)} {next(iter(lines.values()))}"
    return Mutant(kind, where, bool(findings or unchecked))


def _edits(module: Path) -> Iterator[tuple[str, Path, dict[int, str | None]]]:
    folder, _ = load_one(module)
    assert folder is not None
    for file, block in folder.blocks("resource"):
        text = file.path.read_text().splitlines()
        required = _required(block)
        for attribute in block.body.attributes:
            line = text[attribute.line - 1]
            if attribute.name in {"count", "depends_on", "for_each", "provider"}:
                continue
            name = attribute.name
            wrong = name[:-2] + name[-1] + name[-2] if name[-1] != name[-2] else f"{name}s"
            yield "argument misspelt", file.path, {attribute.line: line.replace(name, wrong, 1)}
            if name in required and not line.rstrip().endswith(("{", "(", "[")):
                yield "argument dropped", file.path, {attribute.line: None}
            if line.rstrip().endswith((".arn", ".name", ".id")):
                account = f'"arn:aws:iam::{"2109" * 3}:role/x"'
                changed = line[: line.index("=") + 1] + " " + account
                yield "account hard-coded", file.path, {attribute.line: changed}
                region = '"arn:aws:sqs:eu-central-1:123456789012:x"'
                changed = line[: line.index("=") + 1] + " " + region
                yield "region hard-coded", file.path, {attribute.line: changed}


def _required(block: Block) -> set[str]:
    name = f"resource {block.labels[0]}"
    shapes = [one.types[name] for one in schemas() if name in one.types]
    return set.intersection(*(set(shape.required) for shape in shapes)) if shapes else set()


def _drifted(top: Path) -> Iterator[Mutant]:
    dev = top / "envs" / "dev"
    folder, _ = load_one(dev)
    assert folder is not None
    for file, block in folder.blocks("module"):
        text = file.path.read_text().splitlines()
        for attribute in block.body.attributes:
            line = text[attribute.line - 1]
            if line.rstrip().endswith(("{", "(", "[")):
                continue
            if attribute.name == "source":
                changed = line.replace("modules/", "modules/old/")
                yield _tried("env drifted", file.path, {attribute.line: changed}, top)
            else:
                yield _tried("env drifted", file.path, {attribute.line: None}, top)


# --- plans ----------------------------------------------------------------------------------------


def _in_plans() -> Iterator[Mutant]:
    made: dict[str, int] = defaultdict(int)
    environments = [one for one in sorted(PLANS.glob("*.json")) if "linted" not in one.name]
    for file in [*environments, *sorted((PLANS / "examples").glob("*.json"))]:
        name = file.stem.rpartition("-")[0] if file in environments else file.stem
        # Beside modules, with the code of the example.
        root = paths.ENVS / name if file in environments else PLANS / "tree" / "envs" / name
        plan = json.loads(file.read_text())
        if _findings(plan, root):
            continue  # an example of something switched off
        for kind, (types, change) in _CHANGES.items():
            of_plan = 0
            for address in [one["address"] for one in _all(plan) if one["type"] in types]:
                if made[kind] >= MOST or of_plan >= 6:
                    break
                mutant = copy.deepcopy(plan)
                one = next(found for found in _all(mutant) if found["address"] == address)
                if not change(one) or not _matters(plan, root, kind, one):
                    continue
                if one.get("gone"):
                    _remove(mutant["planned_values"]["root_module"], address)
                made[kind] += 1
                of_plan += 1
                yield Mutant(kind, f"{name} {address}", _findings(mutant, root))


def _matters(content: dict[str, Any], root: Path, kind: str, one: Resource) -> bool:
    """Whether a change is a mistake: a function that nothing waits for may take its time."""
    if kind == "timeout raised":
        plan = Plan(content, root)
        waited = [("aws_lambda_event_source_mapping", "function_name"),
                  ("aws_api_gateway_integration", "uri"),
                  ("aws_apigatewayv2_integration", "integration_uri")]  # fmt: skip
        called = {
            function.name
            for of, path in waited
            for each in plan.of(of)
            if of != "aws_lambda_event_source_mapping" or ":sqs:" in each.text("event_source_arn")
            for function in plan.functions(each, path)
        }
        return one["values"].get("function_name") in called
    if kind == "visibility lowered":
        return bool(one["values"].get("redrive_policy"))
    if kind == "log group removed":
        return str(one["values"].get("name")).startswith("/aws/lambda/")
    return True


def _findings(plan: dict[str, Any], root: Path) -> bool:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(plan, file)
        file.flush()
        findings, unchecked, _ = check([], [Planned(Path(file.name), root)])
    return bool(unchecked or findings)


def _all(plan: dict[str, Any]) -> Iterator[Resource]:
    waiting = [plan["planned_values"]["root_module"]]
    while waiting:
        module = waiting.pop()
        yield from (one for one in module.get("resources", []) if one["mode"] == "managed")
        waiting += module.get("child_modules", [])


def _remove(module: dict[str, Any], address: str) -> None:
    kept = [one for one in module.get("resources", []) if one["address"] != address]
    module["resources"] = kept
    for child in module.get("child_modules", []):
        _remove(child, address)


def _set(name: str, value: object) -> Callable[[Resource], bool]:
    def change(one: Resource) -> bool:
        if one["values"].get(name) in (None, value, [], ""):
            return False
        one["values"][name] = value
        return True

    return change


def _gone(one: Resource) -> bool:
    one["gone"] = True
    return True


def _without_source(one: Resource) -> bool:
    if not str(one["values"].get("principal", "")).endswith(".amazonaws.com"):
        return False
    one["values"]["source_arn"] = one["values"]["source_account"] = None
    return True


def _start_renamed(one: Resource) -> bool:
    definition = json.loads(one["values"].get("definition") or "{}")
    definition["StartAt"] = "Nowhere"
    one["values"]["definition"] = json.dumps(definition)
    return True


def _in_text(name: str, old: str, new: str) -> Callable[[Resource], bool]:
    def change(one: Resource) -> bool:
        text = one["values"].get(name)
        if not isinstance(text, str) or old not in text:
            return False
        one["values"][name] = text.replace(old, new)
        return True

    return change


def _at_the_edge(change: Callable[[Resource], bool]) -> Callable[[Resource], bool]:
    return lambda one: "module.edge" in one["address"] and change(one)


_CHANGES: dict[str, tuple[tuple[str, ...], Callable[[Resource], bool]]] = {
    "permission removed": (("aws_lambda_permission",), _gone),
    "role policy removed": (("aws_iam_role_policy",), _gone),
    "source_arn removed": (("aws_lambda_permission",), _without_source),
    "principal widened": (("aws_lambda_permission",), _set("principal", "*")),
    "role widened": (("aws_iam_role_policy",),
                     _in_text("policy", '"Action":["', '"Action":["*","')),
    "condition removed": (("aws_sqs_queue", "aws_sqs_queue_policy", "aws_s3_bucket_policy"),
                          _in_text("policy", '"aws:Source', '"aws:Xource')),
    "DLQ removed": (("aws_sqs_queue",), _set("redrive_policy", "")),
    "timeout raised": (("aws_lambda_function",), _set("timeout", 900)),
    "number past a limit": (("aws_apigatewayv2_integration",), _set("timeout_milliseconds", 30001)),
    "visibility lowered": (("aws_sqs_queue",), _set("visibility_timeout_seconds", 5)),
    "alias replaced by $LATEST": (("aws_lambda_permission",), _set("qualifier", "$LATEST")),
    "retention removed": (("aws_cloudwatch_log_group",), _set("retention_in_days", 0)),
    "partial batches off": (("aws_lambda_event_source_mapping",),
                            _set("function_response_types", [])),
    "old runtime": (("aws_lambda_function",), _set("runtime", "python3.8")),
    "log group removed": (("aws_cloudwatch_log_group",), _gone),
    "retry removed": (("aws_sfn_state_machine",), _in_text("definition", '"Retry"', '"Retrx"')),
    "signature switched off": (("aws_cloudfront_origin_access_control",),
                               _set("signing_behavior", "never")),
    "edge timeout raised": (("aws_lambda_function",), _at_the_edge(_set("timeout", 60))),
    "edge version unpublished": (("aws_lambda_function",), _at_the_edge(_set("publish", False))),
    "state renamed": (("aws_sfn_state_machine",),
                      _start_renamed),
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
