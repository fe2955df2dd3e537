"""Plan and apply of the order service by its modules, and of the same resources in a flat root.

Each is applied to a fresh local AWS. The flat root is made from what the modules have made, so it
has the same resources with the same values and order.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.bench import flat
from tests.bench.harness import OURS, ROOT, BenchError, Result, Row, at_most, progress
from tools.local_aws import server
from tools.terraform import cli_config
from tools.terraform.core import find_core
from tools.terraform.environments import environment
from tools.terraform.runner import Terraform, TerraformFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.local_aws.server import Server

    Json = dict[str, Any]

TITLE = "terraform plan and apply of the order service, on the local AWS"
UNIT = "seconds; calls of AWS's APIs"
ROUNDS = 1
FLAT = "the same resources in one flat root"
SENT = "HTTP Request Sent"
# Data sources that the provider answers from what it knows.
ANSWERED_HERE = {"aws_iam_policy_document", "aws_partition", "aws_region", "aws_service_principal"}


@dataclass
class Taken:
    """What one of both took, round by round, by step."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    calls: dict[str, list[float]] = field(default_factory=dict)


def _steps(terraform: Terraform, folder: Path, taken: Taken) -> None:
    """Plan, apply and plan again, each timed and its calls counted."""
    log = folder / "provider.log"
    terraform.environment.update(TF_LOG_PROVIDER="DEBUG", TF_LOG_PATH=str(log))
    plan = folder / "first.tfplan"

    def step(name: str, run: Callable[[], object]) -> object:
        log.unlink(missing_ok=True)
        began = time.perf_counter()
        answer = run()
        taken.seconds.setdefault(name, []).append(time.perf_counter() - began)
        with log.open(errors="replace") as lines:
            count = sum(SENT in line for line in lines)
        taken.calls.setdefault(name, []).append(count)
        return answer

    step("plan", lambda: terraform.plan(plan))
    step("apply", lambda: terraform.run("apply", "-no-color", str(plan)))
    if step("plan again", lambda: terraform.plan(folder / "second.tfplan")):
        raise BenchError(f"{terraform.root}: the second plan changes something")


def _modules(local: Server, folder: Path, taken: Taken) -> tuple[Json, Json, Json]:
    """Apply the modules; return state, schemas and plan."""
    env = environment("local", on=local)
    env.init()
    _steps(env.terraform, folder, taken)
    for name in ("TF_LOG_PROVIDER", "TF_LOG_PATH"):
        del env.terraform.environment[name]
    state = json.loads(env.terraform.run("show", "-json"))
    schemas = json.loads(env.terraform.run("providers", "schema", "-json"))
    return state, schemas, env.terraform.show(folder / "first.tfplan")


def _flat_root(folder: Path, made: tuple[Json, Json, Json]) -> Path:
    """Write the flat root; return its folder."""
    content = flat.root(*made)
    content["terraform"] = {
        "required_providers": {"aws": {"source": "hashicorp/aws"}},
        "backend": {"local": {}},
    }
    content["provider"] = {
        "aws": [{"region": server.REGION}, {"alias": "us_east_1", "region": "us-east-1"}]
    }
    root = folder / "tree" / "envs" / "flat"
    root.mkdir(parents=True)
    # Zips and pages are named from the root, as the environments do.
    for name in ("dist", "web"):
        (folder / "tree" / name).symlink_to(ROOT / name)
    (root / "main.tf.json").write_text(json.dumps(content))
    return root


def _flat(local: Server, folder: Path, root: Path, taken: Taken) -> None:
    variables = local.apply_to(cli_config.environment())
    terraform = Terraform(find_core(), root, local.home / "terraform" / "flat", variables)
    terraform.init(f"-backend-config=path={local.home / 'terraform.tfstate'}")
    _steps(terraform, folder, taken)


def measure(rounds: int) -> Result:
    """Apply one after the other, each to a local AWS of its own."""
    taken = {OURS: Taken(), FLAT: Taken()}
    with TemporaryDirectory(prefix="bench-terraform-") as name:
        folder = Path(name)
        home = folder / "local-aws"

        def on_fresh_aws(run: Callable[[Server], Any]) -> Any:  # noqa: ANN401  what `run` returns
            local, _ = server.up(home)
            try:
                return run(local)
            except TerraformFailed as error:
                raise BenchError(str(error)[-3000:]) from error
            finally:
                server.down(home)

        root: Path | None = None
        made: Any = None
        for number in range(rounds):
            progress(f"terraform: round {number + 1}, modules")
            made = on_fresh_aws(lambda local: _modules(local, folder, taken[OURS]))
            root = root or _flat_root(folder, made)
            progress(f"terraform: round {number + 1}, flat")
            on_fresh_aws(lambda local: _flat(local, folder, root, taken[FLAT]))  # noqa: B023
    return _result(taken, *made)


def _result(taken: dict[str, Taken], state: Json, _: Json, plan: Json) -> Result:
    steps = list(taken[OURS].seconds)
    rows = [Row(step, {name: one.seconds[step] for name, one in taken.items()}) for step in steps]
    rows += [
        Row(f"calls of {step}", {name: one.calls[step] for name, one in taken.items()})
        for step in steps
    ]
    goals = [at_most(f"{r.what}: ours, times flat", 1 / r.ratio(FLAT), 1.1) for r in rows[:2]]
    text = json.dumps(plan["configuration"])
    goals.append(at_most("provisioners (local-exec)", text.count('"provisioners"'), 0))
    asked = sorted(_data_sources(state["values"]["root_module"]) - ANSWERED_HERE)
    goals.append(at_most("data sources that ask the network", len(asked), 0))
    count = sum(1 for _ in flat.resources(state))
    return Result(
        rows,
        goals,
        [
            f"{count} resources each; both second plans are empty.",
            "The provider writes its debug log for both, from which calls are counted.",
            f"Data sources that ask the network: {', '.join(asked) or 'none'}.",
        ],
    )


def _data_sources(module: Json) -> set[str]:
    found = {r["type"] for r in module.get("resources", []) if r["mode"] == "data"}
    for child in module.get("child_modules", []):
        found |= _data_sources(child)
    return found
