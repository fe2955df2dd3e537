"""A function as a container image: what is in its zip, on AWS's base image."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

from tools.scaffold.changes import ScaffoldError

if TYPE_CHECKING:
    from pathlib import Path

DOCKERFILE = "functions/Dockerfile"
PLATFORMS = {"arm64": "linux/arm64", "x86_64": "linux/amd64"}


def build(root: Path, name: str) -> str:
    """Build the image of a function from its zip; return its tag.

    Raises
    ------
    ScaffoldError
        There is no such function, no docker, or docker does not build it.
    """
    there = sorted(path.parent.name for path in (root / "functions").glob("*/app.py"))
    if name not in there:
        raise ScaffoldError(f"FUNCTION is {name!r}: give one of {', '.join(there)}")
    _require_docker()
    manifest = json.loads((root / "dist" / "manifest.json").read_text())
    built = manifest["functions"][name]
    # The zip's own hash, so that a tag never moves.
    tag = f"{name.replace('_', '-')}:{built['sha256'][:12]}"
    done = subprocess.run(command(tag, name, built["architecture"]), cwd=root, check=False)
    if done.returncode:
        raise ScaffoldError(f"docker build ended with {done.returncode}; it says why above")
    return tag


def command(tag: str, name: str, architecture: str) -> list[str]:
    """Return the command that builds an image; it sees the folder with the zips, and no other."""
    return [
        "docker", "build", "--platform", PLATFORMS[architecture], "--provenance=false",
        "--build-arg", f"FUNCTION={name}", "--tag", tag, "--file", DOCKERFILE, "dist",
    ]  # fmt: skip


def _require_docker() -> None:
    if shutil.which("docker") is None:
        raise ScaffoldError(
            "there is no docker on PATH, and images are built by nothing else: install it, or "
            "build where it is. The zip of make package needs none"
        )
    asked = subprocess.run(["docker", "version"], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise ScaffoldError(
            f"docker does not answer: {asked.stderr.strip()} Start it, or build where it runs. "
            "The zip of make package needs none"
        )
