"""Plan and apply of the order service by its modules, beside a flat root and terraform-aws-modules.

Each is applied to a fresh local AWS. The flat root is made from what the modules have made, so it
has the same resources with the same values and order. terraform-aws-modules has no module for some
of the service: with theirs the other parts are compared, which `parts` has once with each.
"""

from __future__ import annotations

import json
import re
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from tests.bench import flat, peer_modules
from tests.bench.harness import OURS, ROOT, BenchError, Result, Row, at_most, progress
from tools.local_aws import server
from tools.terraform import cli_config
from tools.terraform.core import find_core
from tools.terraform.environments import environment
from tools.terraform.runner import Terraform, TerraformFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tools.local_aws.server import Server

    Json = dict[str, Any]
    Start = Callable[[Server], Terraform]

TITLE = "terraform plan and apply of the order service, on the local AWS"
UNIT = "seconds; calls of AWS's APIs; counts"
ROUNDS = 1
FLAT = "the same resources in one flat root"
THEIRS = "terraform-aws-modules"
STEPS = ("plan", "apply", "plan again")
PARTS = Path(__file__).resolve().parents[1] / "parts"
SENT = "HTTP Request Sent"
# Data sources that the provider answers from what it knows.
ANSWERED_HERE = {
    "aws_arn", "aws_iam_policy_document", "aws_partition", "aws_region", "aws_service_principal",
}  # fmt: skip


@dataclass
class Candidate:
    """One root, and what it took: seconds round by round, calls of a run of their own.

    Attributes
    ----------
    name
        Whose it is: the column.
    start
        Return Terraform in the root, initialised for a local AWS.
    """

    name: str
    start: Start
    seconds: dict[str, list[float]] = field(default_factory=lambda: {step: [] for step in STEPS})
    calls: dict[str, int] = field(default_factory=dict)
    state: Json = field(default_factory=dict)
    plan: Json = field(default_factory=dict)
    schemas: Json = field(default_factory=dict)

    def take(self, local: Server, *, count: bool) -> None:
        """Plan, apply and plan again: count the calls, or take the time."""
        terraform = self.start(local)
        log, first = local.home / "provider.log", local.home / "first.tfplan"
        if count:
            terraform.environment.update(TF_LOG_PROVIDER="DEBUG", TF_LOG_PATH=str(log))
        runs: dict[str, Callable[[], object]] = {
            "plan": lambda: terraform.plan(first),
            "apply": lambda: terraform.run("apply", "-no-color", str(first)),
            "plan again": lambda: terraform.plan(local.home / "second.tfplan"),
        }
        answers = {step: self._step(step, log, runs[step], count=count) for step in STEPS}
        if answers["plan again"]:
            raise BenchError(f"{terraform.root}: the second plan changes something")
        if count:
            for name in ("TF_LOG_PROVIDER", "TF_LOG_PATH"):
                del terraform.environment[name]
            self.state = json.loads(terraform.run("show", "-json"))
            self.schemas = json.loads(terraform.run("providers", "schema", "-json"))
            self.plan = terraform.show(first)

    def _step(self, step: str, log: Path, run: Callable[[], object], *, count: bool) -> object:
        log.unlink(missing_ok=True)
        began = time.perf_counter()
        answer = run()
        taken = time.perf_counter() - began
        if count:
            with log.open(errors="replace") as lines:
                self.calls[step] = sum(SENT in line for line in lines)
        else:
            self.seconds[step].append(taken)
        return answer

    @property
    def resources(self) -> int:
        """How many resources it has made."""
        return sum(1 for _ in flat.resources(self.state))

    @property
    def asked(self) -> list[str]:
        """Types of the data sources that ask AWS, each as often as it was read."""
        root = self.state["values"]["root_module"]
        return sorted(kind for kind in _data_sources(root) if kind not in ANSWERED_HERE)

    @property
    def provisioners(self) -> int:
        """How many provisioners (local-exec) the configuration has, its modules' too."""
        return json.dumps(self.plan["configuration"]).count('"provisioners"')


def _data_sources(module: Json) -> Iterator[str]:
    yield from (r["type"] for r in module.get("resources", []) if r["mode"] == "data")
    for child in module.get("child_modules", []):
        yield from _data_sources(child)


def _service(local: Server) -> Terraform:
    env = environment("local", on=local)
    env.init()
    return env.terraform


def _in(root: Path) -> Start:
    """Return what starts Terraform in a root that keeps its state beside the local AWS."""

    def start(local: Server) -> Terraform:
        variables = local.apply_to(cli_config.environment())
        terraform = Terraform(find_core(), root, local.home / "terraform" / root.name, variables)
        terraform.init(f"-backend-config=path={local.home / 'terraform.tfstate'}")
        return terraform

    return start


def _flat_root(folder: Path, made: Candidate) -> Path:
    """Write the flat root; return its folder."""
    content = flat.root(made.state, made.schemas, made.plan)
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


def _parts_root(root: Path, written: Path) -> Path:
    """Make a root of the parts in `written`, without modules; return it."""
    root.mkdir(parents=True)
    shutil.copy(written / "main.tf", root)
    shutil.copy(ROOT / "modules" / "order_service" / "fulfilment.asl.json", root)
    (root / "backend.tf").write_text('terraform {\n  backend "local" {}\n}\n')
    (root / "dist").symlink_to(ROOT / "dist")
    return root


def lines(path: Path) -> int:
    """Return how many lines of a file of HCL are neither empty nor a comment."""
    return len(re.findall(r"^\s*[^#\s]", path.read_text(), re.MULTILINE))


def measure(rounds: int) -> Result:
    """Apply one after the other, each to a local AWS of its own."""
    source = peer_modules.folder()
    with TemporaryDirectory(prefix="bench-terraform-") as name:
        folder = Path(name)
        home = folder / "local-aws"
        ours = Candidate(OURS, _service)
        _take(ours, home, "calls", count=True)
        whole = [ours, Candidate(FLAT, _in(_flat_root(folder, ours)))]
        parts: list[Candidate] = []
        unpacked = False
        if source is not None:
            root = _parts_root(folder / "parts" / "ours", PARTS / "ours")
            (root / "modules").symlink_to(ROOT / "modules")
            parts.append(Candidate(OURS, _in(root)))
            root = _parts_root(folder / "parts" / "theirs", PARTS / "terraform_aws_modules")
            unpacked = peer_modules.copy(source, root / "modules")
            parts.append(Candidate(THEIRS, _in(root)))
        for candidate in [*whole[1:], *parts]:
            _take(candidate, home, "calls", count=True)
        every = [*whole, *parts]
        for number in range(rounds):
            turn = number % len(every)
            for candidate in every[turn:] + every[:turn]:
                _take(candidate, home, f"round {number + 1}", count=False)
    return _result(whole, parts, unpacked=unpacked)


def _take(candidate: Candidate, home: Path, what: str, *, count: bool) -> None:
    progress(f"terraform: {what}, {candidate.name}")
    local, _ = server.up(home)
    try:
        candidate.take(local, count=count)
    except TerraformFailed as error:
        raise BenchError(str(error)[-3000:]) from error
    finally:
        server.down(home)


def _rows(candidates: list[Candidate], before: str) -> list[Row]:
    return [
        *(Row(f"{before}{step}", {c.name: c.seconds[step] for c in candidates}) for step in STEPS),
        *(
            Row(f"{before}calls of {step}", {c.name: [float(c.calls[step])] for c in candidates})
            for step in STEPS
        ),
        Row(f"{before}resources", {c.name: [float(c.resources)] for c in candidates}),
        Row(
            f"{before}data sources that ask AWS",
            {c.name: [float(len(c.asked))] for c in candidates},
        ),
    ]


def _result(whole: list[Candidate], parts: list[Candidate], *, unpacked: bool) -> Result:
    ours = whole[0]
    rows = _rows(whole, "")
    goals = [at_most(f"{r.what}: ours, times flat", 1 / r.ratio(FLAT), 1.1) for r in rows[:2]]
    if parts:
        of_parts = _rows(parts, "parts: ")
        goals += [
            at_most(f"{r.what}: ours, times terraform-aws-modules", 1 / r.ratio(THEIRS), 1.0)
            for r in of_parts[:2]
        ]
        written = {
            c.name: [float(lines(PARTS / folder / "main.tf"))]
            for c, folder in zip(parts, ("ours", "terraform_aws_modules"), strict=True)
        }
        rows += [*of_parts, Row("parts: lines that the user writes", written)]
    goals.append(at_most("provisioners (local-exec)", ours.provisioners, 0))
    goals.append(at_most("types of data source that ask the network", len(set(ours.asked)), 0))
    notes = [
        "All second plans are empty. Calls are counted in runs of their own, by the log.",
        f"Data sources of ours that ask AWS: {_told(ours.asked)}.",
    ]
    return Result(rows, goals, [*notes, *_of_theirs(parts, unpacked=unpacked)])


def _of_theirs(parts: list[Candidate], *, unpacked: bool) -> list[str]:
    if not parts:
        return [f"{THEIRS} is left out: name a folder with its modules in {peer_modules.VARIABLE}."]
    _, theirs = parts
    versions = ", ".join(
        f"{name.removeprefix('terraform-aws-')} {version}"
        for name, version in peer_modules.VERSIONS.items()
    )
    packaging = (
        "Their lambda module is without its packaging, which is switched off in the other case: "
        "the providers that it needs (external, local, null) were out of reach."
        if unpacked
        else f"Provisioners in their configuration, switched off here: {theirs.provisioners}."
    )
    return [
        (
            "Parts: tables, functions, the HTTP API (for IAM), outbox stream, topic, queues, "
            "workflow, buckets, nightly jobs and all their alarms. Left out of both: REST API, "
            "user pool, website with its edge function, rollbacks, dashboard."
        ),
        f"terraform-aws-modules: {versions}. Data sources that ask AWS: {_told(theirs.asked)}.",
        packaging,
    ]


def _told(asked: list[str]) -> str:
    counts = [f"{kind} {asked.count(kind)} times" for kind in dict.fromkeys(asked)]
    return ", ".join(counts) or "none"
