"""Show the whole project working: ``python -m tools.demo`` (``make demo``)."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from tools.demo import sections
from tools.demo.report import Report
from tools.demo.visit import Visit
from tools.local_aws import server
from tools.local_aws.server import LocalAwsError
from tools.local_edge import process
from tools.local_edge.server import EdgeError
from tools.order_service.service import Service
from tools.paths import DIST, LOCAL_AWS_ENVIRONMENT, ROOT
from tools.setup import LAMBDA_PYTHON
from tools.terraform.core import TerraformMissing
from tools.terraform.environments import Environment, environment
from tools.terraform.provider import ProviderMissing
from tools.terraform.runner import TerraformFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class DemoFailed(Exception):
    """A step without which the rest makes no sense failed; the message says which and why."""


FAILURES = (
    DemoFailed, EdgeError, LocalAwsError, ProviderMissing, TerraformFailed, TerraformMissing,
)  # fmt: skip


def main() -> int:
    """Run the demo; 0 when every row is as expected."""
    report = Report()
    report.head()
    try:
        _package(report)
        running = _start(report)
        env = environment("local")
        _apply(report, env)
        outputs = env.terraform.outputs()
        edge = _serve(report)
    except FAILURES as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    visit = Visit(Service(running, outputs, "demo"), edge)
    for title, rows in sections.SECTIONS:
        report.section(title)
        for row in rows:
            with _waiting(report, row.what):
                seen = row.run(visit)
            report.row(row.what, row.expected, seen.text, seen.milliseconds, right=seen.right)
    _epilogue(report, running, outputs, edge)
    return 1 if report.wrong else 0


def _package(report: Report) -> None:
    if not (LOCAL_AWS_ENVIRONMENT / "bin" / f"python{LAMBDA_PYTHON}").exists():
        raise DemoFailed(
            f"the functions are for Python {LAMBDA_PYTHON}, and setup has found none and could not "
            f"fetch one. Install it (uv python install {LAMBDA_PYTHON}), then make setup"
        )

    def build() -> str:
        done = subprocess.run(
            ["make", "--silent", "package"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise DemoFailed(f"make package failed:\n{done.stdout}{done.stderr}")
        sizes = [path.stat().st_size for path in DIST.glob("*.zip")]
        return f"{len(sizes)} zip, {sum(sizes) / 1024:,.0f} KB"

    with _waiting(report, "packaging the functions"):
        _step(report, "Package the functions", "zips in dist/", build)


def _start(report: Report) -> server.Server:
    began = time.monotonic()
    running, started = server.up()
    took = (time.monotonic() - began) * 1000
    seen = f"{'started' if started else 'runs'}, port {running.port}"
    report.row("Start the local AWS (IAM enforced, TLS)", "on loopback", seen, took, right=True)
    return running


def _apply(report: Report, env: Environment) -> None:
    core = env.terraform.core
    plan = env.terraform.data / "demo.tfplan"

    def init() -> str:
        env.init()
        return f"{core.name} {core.version}"

    def apply() -> str:
        env.terraform.plan(plan)
        env.terraform.run("apply", "-no-color", str(plan))
        made = env.terraform.run("state", "list").split()
        return f"{sum('data.' not in address for address in made)} resources"

    def second_plan() -> str:
        return "changes something" if env.terraform.plan(plan) else "changes nothing"

    with _waiting(report, "terraform init"):
        _step(report, "terraform init envs/local", "ready", init)
    with _waiting(report, "terraform apply"):
        _step(report, "terraform apply envs/local", "resources made", apply)
    with _waiting(report, "terraform plan"):
        _step(report, "terraform plan again", "changes nothing", second_plan,
              right=lambda seen: seen == "changes nothing")  # fmt: skip


def _serve(report: Report) -> process.Running:
    began = time.monotonic()
    with _waiting(report, "starting the local edge"):
        edge, started = process.up()
    took = (time.monotonic() - began) * 1000
    seen = f"{'started' if started else 'runs'}, port {edge.port}"
    report.row("Start the local edge (CloudFront)", "on loopback", seen, took, right=True)
    return edge


def _step(
    report: Report,
    what: str,
    expected: str,
    work: Callable[[], str],
    *,
    right: Callable[[str], bool] = bool,
) -> None:
    began = time.monotonic()
    seen = work()
    report.row(what, expected, seen, (time.monotonic() - began) * 1000, right=right(seen))


@contextmanager
def _waiting(report: Report, what: str) -> Iterator[None]:
    with report.console.status(what) if report.console.is_terminal else nullcontext():
        yield


def _epilogue(
    report: Report, running: server.Server, outputs: Mapping[str, Any], edge: process.Running
) -> None:
    say = report.console.print
    say()
    if report.wrong:
        say(f"{len(report.wrong)} of the rows above are wrong: {', '.join(report.wrong)}",
            style="bold red")  # fmt: skip
        say(f"The local AWS's log: {running.home / 'server.log'}")
    else:
        say("Everything above is as expected.", style="bold green")
    say(f"  The website      {edge.url(outputs['cdn']['domain'])}  (accept its certificate)")
    for name, door in outputs["apis"].items():
        say(f"  {f'The API ({name})':16} {door['url']}  (its host is the local AWS's)")
    say(f"  The local AWS    {running.endpoint}  (answers for these hosts, by the header Host)")
    say()
    say("Try next")
    say("  make plan ENV=local          after a change in functions/ or modules/")
    say("  make apply ENV=dev AWS=local the development environment on the local AWS")
    say('  eval "$(make -s env)"        then any AWS client of yours speaks to the local AWS')
    say("  make test                    prove all of it")
    say("  make down                    stop local AWS and edge, and remove their data")


if __name__ == "__main__":
    sys.exit(main())
