"""dist/manifest.json: one line for each function, sorted, without anything of the machine."""

from __future__ import annotations

import binascii
import json
from typing import TYPE_CHECKING, Any

from tools.packager.cache import read_json, replace

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

MANIFEST = "manifest.json"
# Of the bill of materials beside each zip.
BILL = ".cdx.json"


def entry(  # noqa: PLR0913  a line has that many facts
    name: str,
    *,
    sha256: bytes,
    zip_size: int,
    unzipped_size: int,
    files: int,
    requirements: list[str],
    architecture: str,
    runtime: str,
    compiler: str | None,
    compiled: int,
) -> dict[str, Any]:
    """Return the line of one function; sizes are bytes, `compiled` counts modules with bytecode."""
    return {
        "architecture": architecture,
        "bytecode": {"compiler": compiler, "modules": compiled} if compiler else None,
        "files": files,
        "handler": "app.handler",
        "requirements": requirements,
        "runtime": f"python{runtime}",
        "sha256": sha256.hex(),
        # As AWS gives it (CodeSha256) and Terraform takes it (source_code_hash). Not by
        # base64, which would be imported, with struct, for this line alone.
        "source_code_hash": binascii.b2a_base64(sha256, newline=False).decode(),
        "unzipped_bytes": unzipped_size,
        "zip": f"{name}.zip",
        "zip_bytes": zip_size,
    }


def update(dist: Path, present: Collection[str], new: dict[str, dict[str, Any]]) -> None:
    """
    Bring the manifest up to date.

    Parameters
    ----------
    present
        The functions that the source has: all others lose their line and their zip.
    new
        Lines of functions that were built now. Others keep theirs, which still describes their
        last good zip.
    """
    old = read_json(dist / MANIFEST).get("functions", {})
    for name in set(old) - set(present):
        (dist / f"{name}.zip").unlink(missing_ok=True)
        (dist / f"{name}{BILL}").unlink(missing_ok=True)
    kept = {
        name: line
        for name, line in old.items()
        if name in present and (dist / f"{name}.zip").is_file()
    }
    lines = [
        f"    {json.dumps(name)}: {json.dumps(line, sort_keys=True)}"
        for name, line in sorted({**kept, **new}.items())
    ]
    content = ('{\n  "functions": {\n' + ",\n".join(lines) + "\n  }\n}\n").encode()
    path = dist / MANIFEST
    if not path.is_file() or path.read_bytes() != content:
        replace(path, content)
