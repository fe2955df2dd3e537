"""terraform-aws-modules, of which a peer is made: from a folder outside of the repository.

``python -m tests.bench.peer_modules FOLDER`` clones what is missing there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.bench.harness import BenchError
from tools.terraform.provider import registry_answers

VARIABLE = "BENCH_TERRAFORM_AWS_MODULES"
VERSIONS = {
    "terraform-aws-acm": "5.0.1",
    "terraform-aws-apigateway-v2": "5.5.0",
    "terraform-aws-cloudwatch": "5.7.2",
    "terraform-aws-dynamodb-table": "4.4.0",
    "terraform-aws-eventbridge": "3.17.1",
    "terraform-aws-lambda": "7.21.1",
    "terraform-aws-s3-bucket": "4.11.0",
    "terraform-aws-sns": "6.2.1",
    "terraform-aws-sqs": "4.3.1",
    "terraform-aws-step-functions": "4.2.1",
}
"""The newest of each that takes version 5 of the AWS provider; acm is what apigateway-v2 names."""


def folder() -> Path | None:
    """Return the folder with a checkout of each, or None when none is named.

    Raises
    ------
    BenchError
        One is missing there, or is of another version.
    """
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    modules = Path(named).expanduser().resolve()
    for name, version in VERSIONS.items():
        checkout = modules / name
        seen = _version(checkout)
        if seen != version:
            raise BenchError(
                f"{VARIABLE}={named}: {name} is {seen or 'missing'}, and {version} is wanted. "
                f"Mend: python -m tests.bench.peer_modules {named}, which clones what is not there"
            )
    return modules


def _version(checkout: Path) -> str | None:
    # By what is written in it: an exported tree has no tags.
    changes = checkout / "CHANGELOG.md"
    newest = changes.is_file() and re.search(r"^##+ \[(\S+?)\]", changes.read_text(), re.MULTILINE)
    return newest[1] if newest else None


def copy(source: Path, to: Path) -> bool:
    """Copy the modules; return whether lambda's had to be left without its packaging.

    Where Terraform's registry is out of reach, so are the providers external, local and null, which
    that needs, and the module acm, which is taken from its folder then.
    """
    shutil.copytree(source, to, ignore=shutil.ignore_patterns(".git", "examples", "wrappers"))
    if registry_answers():
        return False
    _edit(
        to / "terraform-aws-apigateway-v2" / "main.tf",
        (
            r'source  = "terraform-aws-modules/acm/aws"\n +version = "\S+"',
            'source = "../terraform-aws-acm"',
        ),
    )
    of_lambda = to / "terraform-aws-lambda"
    (of_lambda / "package.tf").unlink()
    archive = (r"null_resource\.archive(, |,\n)?", "")
    _edit(
        of_lambda / "main.tf",
        (r'(?ms)^resource "null_resource".*?^\}\n', ""),
        # Null is what it is with create_package = false.
        (r"data\.external\.archive_prepare\[0\]\.result\.\w+", "null"),
        archive,
    )
    _edit(of_lambda / "outputs.tf", archive)
    _edit(of_lambda / "versions.tf", (r"(?ms)^    (external|local|null) = \{.*?^    \}\n", ""))
    return True


def clone(to: Path) -> None:
    """Clone every module that `to` does not have yet.

    Raises
    ------
    subprocess.CalledProcessError
        Git cannot; it has said why.
    """
    for name, version in VERSIONS.items():
        if not (to / name).exists():
            source = f"https://github.com/terraform-aws-modules/{name}"
            # Its own advice about the detached head is of no use here.
            command = ["git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--depth", "1"]
            subprocess.run([*command, "--branch", f"v{version}", source, to / name], check=True)


def _edit(path: Path, *edits: tuple[str, str]) -> None:
    text = path.read_text()
    for pattern, by in edits:
        text, count = re.subn(pattern, by, text)
        if not count:
            raise BenchError(f"{path.name} of {path.parent.name} has nothing like {pattern}")
    path.write_text(text)


if __name__ == "__main__":
    clone(Path(sys.argv[1]))
