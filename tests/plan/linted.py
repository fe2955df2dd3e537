"""The plans of all environments and README examples, for lint and for checkov.

A plan is kept by the content that it was made of: while that stays, nothing is planned, and no
workspace is made.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.lint.plans import alone
from tests.plan import readme
from tools.paths import CACHE, DIST, EDGE_SIGNER, ENVS, FUNCTIONS, MODULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.plan.readme import Example
    from tests.plan.workspace import Workspace
    from tools.terraform.core import Core

PLANS = CACHE / "lint" / "plans"
ENVIRONMENTS = sorted(folder.parent.name for folder in ENVS.glob("*/versions.tf"))
EXAMPLES = [one for one in readme.examples() if one.planned and not one.error]
# One with a provider block is no module. Without it, and with the provider handed in, it is.
_PROVIDER = re.compile(r'^provider "aws" \{\n.*?^\}\n+', re.MULTILINE | re.DOTALL)
_ALIAS = "us_east_1"
_PROVIDERS = f"""\
provider "aws" {{
  region = "eu-west-1"
}}
provider "aws" {{
  alias  = "{_ALIAS}"
  region = "us-east-1"
}}
"""
_NOT_PLANNED = {".md", ".pyc"}
# What an example at the edge is read as: beside modules, so that its paths hold.
_TREE = PLANS / "tree"


class Linted(NamedTuple):
    """A plan, and the folder of the code that it was made of."""

    name: str
    file: Path
    root: Path


def environment(name: str, core: Core, space: Callable[[], Workspace]) -> Linted:
    """Return the plan of an environment."""
    file = _kept(name, core, lambda: space().plan(core, space().tree / "envs" / name))
    return Linted(name, file, ENVS / name)


def together(core: Core, space: Callable[[], Workspace]) -> list[tuple[str, Path, list[Example]]]:
    """Return the plans of roots that have the examples as modules: plain ones, and at the edge."""
    edge = [one for one in EXAMPLES if _PROVIDER.search(one.text)]
    plain = [one for one in EXAMPLES if one not in edge]
    return [
        (name, _kept(name, core, lambda of=of: _plan(space(), core, of)), of)  # type: ignore[misc]
        for name, of in (("linted-examples", plain), ("linted-edge-examples", edge))
    ]


def examples(core: Core, space: Callable[[], Workspace]) -> list[Linted]:
    """Return the plans of the examples, each as if it were planned alone."""
    found: list[Linted] = []
    for _, file, of in together(core, space):
        whole = json.loads(file.read_text())
        for one in of:
            part = PLANS / "examples" / f"{one.folder}.json"
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(alone(whole, one.folder)))
            found.append(Linted(one.folder, part, _source(one)))
    return found


def _source(example: Example) -> Path:
    """Write the code of an example beside the modules, and return its folder."""
    folder = _TREE / "envs" / example.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.tf").write_text(example.text)
    modules = _TREE / "modules"
    if not modules.is_symlink():
        modules.symlink_to(MODULES)
    return folder


def _plan(space: Workspace, core: Core, of: list[Example]) -> dict[str, Any]:
    at_the_edge = bool(_PROVIDER.search(of[0].text))
    calls = [_PROVIDERS if at_the_edge else ""]
    for one in of:
        # Not its folder: test_readme_examples may be given the same workspace.
        part = space.part(f"linted-{one.folder}", _PROVIDER.sub("", one.text))
        given = ""
        if at_the_edge:
            versions = part / "versions.tf"
            source = 'source  = "hashicorp/aws"'
            alias = f"{source}\n      configuration_aliases = [aws.{_ALIAS}]"
            versions.write_text(versions.read_text().replace(source, alias))
            given = f"\n  providers = {{ aws = aws, aws.{_ALIAS} = aws.{_ALIAS} }}"
        calls.append(f'module "{one.folder}" {{\n  source = "../{part.name}"{given}\n}}\n')
    name = "linted-edge-examples" if at_the_edge else "linted-examples"
    return space.plan(core, space.root(name, "\n".join(calls)))


def _kept(name: str, core: Core, make: Callable[[], dict[str, Any]]) -> Path:
    """Return the file of a plan, made if there is none of this content."""
    file = PLANS / f"{name}-{_key(core)}.json"
    if not file.is_file():
        plan = make()
        PLANS.mkdir(parents=True, exist_ok=True)
        for old in PLANS.glob(f"{name}-{'?' * 64}.json"):
            old.unlink(missing_ok=True)
        kept = {key: plan.get(key, {}) for key in ("variables", "planned_values", "configuration")}
        # checkov takes what has these for a plan, and reads there what is not known yet.
        kept |= {key: plan[key] for key in ("format_version", "terraform_version")}
        kept["resource_changes"] = [
            {
                "address": one["address"],
                "change": {"actions": one["change"]["actions"], "before": None, "after": {}}
                | {"after_unknown": one["change"].get("after_unknown", {})},
            }
            for one in plan.get("resource_changes", [])
        ]
        file.write_text(json.dumps(kept))
    return file


@cache
def _key(core: Core) -> str:
    """Return a hash of all that plans are made of."""
    digest = hashlib.sha256(f"{core.name} {core.version} 2".encode())
    # Of the documents the examples alone: the rest of their text plans nothing.
    for example in EXAMPLES:
        digest.update(f"{example.folder}\0{example.text}\0".encode())
    tops = (MODULES, ENVS, FUNCTIONS, EDGE_SIGNER, DIST, MODULES.parent / "web")
    sources = [path for top in tops for path in top.rglob("*")]
    for path in sorted(sources):
        if path.is_file() and ".terraform" not in path.parts and path.suffix not in _NOT_PLANNED:
            content = hashlib.sha256(path.read_bytes()).digest()
            digest.update(str(path.relative_to(MODULES.parent)).encode() + b"\0" + content)
    return digest.hexdigest()
