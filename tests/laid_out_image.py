"""functions/Dockerfile as it reads, and what it puts into an image, made without docker."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

from tools.paths import ROOT
from tools.scaffold import images

if TYPE_CHECKING:
    from pathlib import Path

# What AWS's base image sets; the last stage adds a folder and a command to it.
BASE = {"LAMBDA_TASK_ROOT": "/var/task"}


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile with their arguments, comments aside."""
    text = (ROOT / images.DOCKERFILE).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def stages() -> list[list[tuple[str, str]]]:
    """Return the instructions of each stage; the last one makes the image itself."""
    found: list[list[tuple[str, str]]] = []
    for word, rest in instructions():
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def lay_out(context: Path, function: str, folder: Path, python: Path) -> tuple[Path, list[str]]:
    """Do what the Dockerfile says, below `folder`: a stage is a folder, its top is that folder.

    Parameters
    ----------
    context
        The folder that docker would see.
    function
        The build argument FUNCTION.
    folder
        An empty folder.
    python
        What ``python3`` is in the base image.

    Returns
    -------
    tuple[Path, list[str]]
        The image's task root, and its command.
    """
    tops: dict[str, Path] = {}
    values = BASE | {"FUNCTION": function}
    command: list[str] = []
    for number, stage in enumerate(stages()):
        top = folder / str(number)
        top.mkdir(parents=True)
        for word, rest in stage:
            if word == "FROM":
                tops[rest.partition(" AS ")[2]] = top
            elif word == "COPY":
                _copy(rest, context, tops, top, values)
            elif word == "RUN":
                _run(json.loads(rest), top, python)
            elif word == "CMD":
                command = json.loads(rest)
            elif word != "ARG":
                raise ValueError(f"{images.DOCKERFILE} has {word}, which is not laid out here")
    return top / BASE["LAMBDA_TASK_ROOT"].lstrip("/"), command


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text


def _copy(
    rest: str, context: Path, tops: dict[str, Path], top: Path, values: dict[str, str]
) -> None:
    *options, source, target = _filled(rest, values).split()
    stage = [option.removeprefix("--from=") for option in options]
    found = (tops[stage[0]] if stage else context) / source.lstrip("/")
    to = top / target.lstrip("/")
    to.parent.mkdir(parents=True, exist_ok=True)
    # docker copies what is in a folder, and a file to its new name.
    if found.is_dir():
        shutil.copytree(found, to)
    else:
        shutil.copyfile(found, to)


def _run(command: list[str], top: Path, python: Path) -> None:
    # The top last: its own path may have that word in it.
    here = [part.replace("python3", str(python)).replace(" /", f" {top}/") for part in command]
    subprocess.run(here, check=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder, by their path in it."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
