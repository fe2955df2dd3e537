"""What wheels say of themselves, and locks of wheels: names, versions, licences, files, hashes."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

# Of the older way to name a licence, those that SPDX knows under one id.
CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "The Unlicense (Unlicense)": "Unlicense",
}
# A licence's name, and not its text.
NAME_OF_LICENCE = re.compile(r"[^\n]{1,80}")


def normal(name: str) -> str:
    """Return the normal form of a project's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def fields(metadata: str) -> dict[str, list[str]]:
    """Return the fields of a wheel's METADATA, each with all its values."""
    found: dict[str, list[str]] = {}
    for line in metadata.partition("\n\n")[0].splitlines():
        name, colon, value = line.partition(": ")
        if colon and not name.startswith((" ", "\t")):
            found.setdefault(name, []).append(value.strip())
    return found


def licences(known: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    """Return CycloneDX's licences of a wheel's fields; none where it names none."""
    for expression in known.get("License-Expression", []):
        return [{"expression": expression}]
    named = [line.rpartition(" :: ")[2] for line in known.get("Classifier", [])
             if line.startswith("License :: ")]  # fmt: skip
    ids = sorted({CLASSIFIED[name] for name in named if name in CLASSIFIED})
    if ids:
        return [{"license": {"id": spdx}} for spdx in ids]
    text = next((v for v in known.get("License", []) if v and v != "UNKNOWN"), "")
    names = [text] if NAME_OF_LICENCE.fullmatch(text) else named
    return [{"license": {"name": name}} for name in sorted({n for n in names if n})]


def required(known: Mapping[str, list[str]]) -> list[str]:
    """Return the normal names of what a wheel requires without an extra."""
    lines = [line for line in known.get("Requires-Dist", []) if "extra ==" not in line]
    found = (re.match(r"[A-Za-z0-9][\w.-]*", line) for line in lines)
    return sorted({normal(match.group()) for match in found if match})


def packages(site: Path, files: Iterable[str], metadata: Mapping[str, str]) -> list[dict[str, Any]]:
    """
    Return the facts on what is installed in `site`.

    Parameters
    ----------
    files
        What ships of it.
    metadata
        By the name of each .dist-info folder its METADATA, and ``/RECORD`` behind it its RECORD.
    """
    shipped = set(files)
    found = []
    for folder in sorted(name for name in metadata if not name.endswith("/RECORD")):
        known = fields(metadata[folder])
        record = metadata.get(f"{folder}/RECORD", "").splitlines()
        names = sorted({line.split(",", 1)[0].strip('"') for line in record} & shipped)
        found.append(
            {
                "files": {
                    name: hashlib.sha256((site / name).read_bytes()).hexdigest() for name in names
                },
                "licences": licences(known),
                "name": normal(known["Name"][0]),
                "requires": required(known),
                "version": known["Version"][0],
            }
        )
    return sorted(found, key=lambda package: str(package["name"]))


def locked(lock: str) -> dict[str, list[str]]:
    """Return the hashes that a lock allows, by ``name==version``."""
    found: dict[str, list[str]] = {}
    pin = ""
    for line in lock.splitlines():
        begun = re.match(r"([A-Za-z0-9][\w.-]*)==([^\s;\\]+)", line)
        if begun:
            pin = f"{normal(begun[1])}=={begun[2]}"
        found.setdefault(pin, []).extend(re.findall(r"--hash=sha256:([0-9a-f]{64})", line))
    return {name: sorted(hashes) for name, hashes in found.items() if name}
