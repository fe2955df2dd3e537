"""``python -m tools.packager.verify [HASH]``: what ``make verify-packages`` runs.

Zips are promoted from one environment to the next, and never built twice. Their set has one hash:
that of ``dist/manifest.json``, which has the hash of each.

Exit codes: 0 the zips are what the manifest says, and it has that hash; 1 they are not.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.packager.cache import read_json
from tools.packager.manifest import MANIFEST
from tools.paths import DIST

if TYPE_CHECKING:
    from collections.abc import Iterator


def main(argv: list[str] | None = None) -> int:
    """Verify the zips; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.packager.verify")
    parser.add_argument("hash", nargs="?", help="SHA-256 that the manifest must have")
    parser.add_argument("--dist", default=DIST, type=Path, metavar="DIR")
    options = parser.parse_args(argv)
    wrong = list(faults(options.dist, options.hash))
    for fault in wrong:
        print(f"verify-packages: {fault}", file=sys.stderr)
    if wrong:
        return 1
    zips = len(list(options.dist.glob("*.zip")))
    print(f"verify-packages: {zips} zips are those of {options.dist.name}/{MANIFEST}, "
          f"{sha256(options.dist / MANIFEST)}")  # fmt: skip
    return 0


def faults(dist: Path, wanted: str | None = None) -> Iterator[str]:
    """Yield what is not as the manifest of `dist`, or the hash `wanted` of it, says."""
    path = dist / MANIFEST
    if not path.is_file():
        yield f"{path} is missing: run make package, or fetch what was packaged"
        return
    if wanted and (found := sha256(path)) != wanted:
        yield (f"{path.name} has the SHA-256 {found}, and {wanted} is to be deployed: fetch "
               "the zips of that build")  # fmt: skip
    lines = read_json(path).get("functions")
    if not lines:
        yield f"{path} names no function: fetch it again, or run make package"
        return
    listed = {line["zip"]: line["sha256"] for line in lines.values()}
    there = {path.name for path in dist.glob("*.zip")}
    for name in sorted(listed.keys() - there):
        yield f"{name} is missing: fetch the zips again, all of them"
    for name in sorted(there - listed.keys()):
        yield f"{name} is in no line of {path.name}: remove it, or run make package"
    for name in sorted(listed.keys() & there):
        if (found := sha256(dist / name)) != listed[name]:
            yield (f"{name} has the SHA-256 {found}, and {path.name} says {listed[name]}: "
                   "fetch it again, or run make package")  # fmt: skip


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
