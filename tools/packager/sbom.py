"""dist/<name>.cdx.json: what a zip holds, as a software bill of materials (CycloneDX 1.6).

https://cyclonedx.org/docs/1.6/json/. Written by hand: the bytes depend on the zip alone, without a
time, a serial number or anything of the machine, and `make package` stays fast.

A dependency is a component with its purl and licence. Its hash is that of each of its files as they
lie in the zip, which whoever has the zip can check. The hashes that its lock allows are those of
whole wheels, of every platform: they are properties.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tools.packager.wheels import locked

if TYPE_CHECKING:
    from collections.abc import Mapping

LOCKED = "lambda-blueprints:locked-sha256"


def document(
    name: str, *, zip_sha256: str, runtime: str, installed: list[dict[str, Any]], lock: str
) -> bytes:
    """Return the bill of one zip."""
    subject = f"function:{name}"
    refs = {package["name"]: _purl(package) for package in installed}
    hashes = locked(lock)
    needed = {name for package in installed for name in package["requires"]}
    edges = {subject: sorted(ref for name, ref in refs.items() if name not in needed)}
    for package in installed:
        wanted = (refs[other] for other in package["requires"] if other in refs)
        edges[refs[package["name"]]] = sorted(wanted)
    bill = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": subject,
                "name": name,
                "hashes": [{"alg": "SHA-256", "content": zip_sha256}],
                "properties": [{"name": "lambda-blueprints:runtime", "value": f"python{runtime}"}],
            }
        },
        "components": [_component(package, hashes) for package in installed],
        "dependencies": [{"ref": ref, "dependsOn": edges[ref]} for ref in sorted(edges)],
    }
    return (json.dumps(bill, indent=2) + "\n").encode()


def _purl(package: Mapping[str, Any]) -> str:
    return f"pkg:pypi/{package['name']}@{package['version']}"


def _component(package: Mapping[str, Any], hashes: Mapping[str, list[str]]) -> dict[str, Any]:
    purl = _purl(package)
    files = [
        {
            "type": "file",
            "bom-ref": f"{purl}#{name}",
            "name": name,
            "hashes": [{"alg": "SHA-256", "content": digest}],
        }
        for name, digest in package["files"].items()
    ]
    allowed = hashes.get(f"{package['name']}=={package['version']}", [])
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package["name"],
        "version": package["version"],
        "purl": purl,
        "licenses": package["licences"],
        "properties": [{"name": LOCKED, "value": digest} for digest in allowed],
        "components": files,
    }
