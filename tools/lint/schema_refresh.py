"""``python -m tools.lint.schema_refresh``: renews the vendored schemas of the AWS provider.

The oldest version that is supported comes from the provider itself, by
``terraform providers schema -json``. The newest comes from the package cdktn-provider-aws on PyPI,
whose types are generated from the provider's schema: the provider of that version need not be
there.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from tools import paths
from tools.lint.schema import FOLDER, Schema, Shape
from tools.lint.tree import load
from tools.setup import uv
from tools.terraform import cli_config
from tools.terraform.core import find_core

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST = "5.100.0"
PACKAGE = "cdktn-provider-aws"
_PROVIDER = "registry.terraform.io/hashicorp/aws"
# What other people's Lambda projects are made of, besides what ours are.
_COMMON = FOLDER / "common.txt"
# Statements of a web ACL nest in each other: 30 MB of schema, of which we use nothing.
_LEFT_OUT = {"resource aws_wafv2_web_acl", "resource aws_wafv2_rule_group"}


def main() -> int:
    """Write both schemas."""
    wanted = used_types()
    for schema in (from_provider(wanted), from_package(wanted)):
        major = schema.version.partition(".")[0]
        for old in FOLDER.glob(f"aws-{major}.*.json"):
            old.unlink()
        text = json.dumps(msgspec.to_builtins(schema), sort_keys=True, separators=(",", ":"))
        # A line a type, so that a difference can be read.
        text = re.sub(r',"((?:resource|data) aws_)', r',\n"\1', text)
        (FOLDER / f"aws-{schema.version}.json").write_text(text + "\n")
        print(f"{schema.version}: {len(schema.types)} types of {len(wanted)}")
        for missing in sorted(wanted - schema.types.keys()):
            print(f"  it has no {missing}")
    return 0


def used_types() -> set[str]:
    """Return what the repository uses, and what is common."""
    used = {f"resource {name}" for name in _COMMON.read_text().split()}
    for top in (paths.MODULES, paths.ENVS):
        folders, _ = load(top)
        for folder in folders:
            for _, block in folder.blocks("resource", "data"):
                if block.labels[0].startswith("aws_"):
                    used.add(f"{block.type} {block.labels[0]}")
    return used - _LEFT_OUT


def from_provider(wanted: set[str]) -> Schema:
    """Read the schema of the provider of version `OLDEST`."""
    core, environment = find_core(), cli_config.environment()
    with tempfile.TemporaryDirectory() as folder:
        requirement = f'aws = {{\n source = "hashicorp/aws"\n version = "{OLDEST}"\n}}'
        text = f"terraform {{\n required_providers {{\n {requirement}\n }}\n}}\n"
        (Path(folder) / "main.tf").write_text(text)
        command = [*core.command, f"-chdir={folder}"]
        subprocess.run([*command, "init", "-no-color"], env=environment, check=True,
                       stdout=subprocess.DEVNULL)  # fmt: skip
        done = subprocess.run([*command, "providers", "schema", "-json"], env=environment,
                              check=True, stdout=subprocess.PIPE)  # fmt: skip
    provider = json.loads(done.stdout)["provider_schemas"][_PROVIDER]
    kinds = {"resource": "resource_schemas", "data": "data_source_schemas"}
    types = {
        f"{kind} {name}": _shape(found["block"])
        for kind, key in kinds.items()
        for name, found in provider[key].items()
        if f"{kind} {name}" in wanted
    }
    return Schema(OLDEST, types)


def _shape(block: dict[str, Any]) -> Shape:
    shape = Shape([], [], [], {}, [])
    for name, attribute in sorted(block.get("attributes", {}).items()):
        if attribute.get("required"):
            shape.required.append(name)
        elif attribute.get("optional"):
            shape.optional.append(name)
        else:
            shape.computed.append(name)
    for name, nested in sorted(block.get("block_types", {}).items()):
        shape.blocks[name] = _shape(nested["block"])
        if nested.get("min_items"):
            shape.needed.append(name)
    return shape


def from_package(wanted: set[str]) -> Schema:
    """Read the schema that the newest package on PyPI was generated from."""
    with tempfile.TemporaryDirectory() as folder:
        command = [uv(), "pip", "install", "--quiet", "--no-deps", "--python", sys.executable]
        subprocess.run([*command, "--target", folder, PACKAGE], check=True)
        (archive,) = Path(folder).glob("*/_jsii/*.jsii.tgz")
        with tarfile.open(archive) as files:
            about = json.loads(_member(files, "package/package.json"))
            assembly = json.loads(_member(files, "package/.jsii"))
            if "filename" in assembly:
                packed = _member(files, f"package/{assembly['filename']}")
                assembly = json.loads(gzip.decompress(packed))
    version = str((about.get("cdktn") or about["cdktf"])["provider"]["version"])
    types = dict(_generated(assembly["types"], wanted))
    return Schema(version, types)


def _member(files: tarfile.TarFile, name: str) -> bytes:
    file = files.extractfile(name)
    if file is None:
        raise FileNotFoundError(name)
    return file.read()


_LINK = re.compile(r"/docs/(?P<kind>resources|data-sources)/(?P<type>\w+)#(?P<name>\w+)")

_NESTED = re.compile(r'"fqn": "(@cdktn/provider-aws\.[^"]+)"')


def _generated(types: dict[str, Any], wanted: set[str]) -> Iterator[tuple[str, Shape]]:
    for name, found in types.items():
        short = name.rsplit(".", 1)[-1]
        if not short.endswith("Config") or name.removesuffix("Config") not in types:
            continue
        docs = (json.dumps(one.get("docs", {})) for one in found.get("properties", []))
        link = next((one for one in map(_LINK.search, docs) if one), None)
        if link:
            kind = "data" if link["kind"] == "data-sources" else "resource"
            key = f"{kind} aws_{link['type']}"
            if key in wanted:
                shape = _interface(types, found, 0)
                own = types[name.removesuffix("Config")].get("properties", [])
                readable = {_snake(one["name"]) for one in own if not one.get("static")}
                shape.computed = sorted(
                    one
                    for one in readable - shape.arguments
                    if not one.endswith("_input") and one not in {"id", "friendly_unique_id"}
                ) + (["id"] if "id" not in shape.optional else [])
                yield key, shape


def _interface(types: dict[str, Any], found: dict[str, Any], depth: int) -> Shape:
    shape = Shape([], [], [], {}, [])
    for one in sorted(found.get("properties", []), key=lambda each: str(each["name"])):
        link = _LINK.search(json.dumps(one.get("docs", {})))
        if not link:
            continue
        nested = _NESTED.search(json.dumps(one.get("type", {})))
        inner = types.get(nested[1]) if nested else None
        if inner and inner.get("kind") == "interface" and depth < 8:
            shape.blocks[link["name"]] = _interface(types, inner, depth + 1)
            if not one.get("optional"):
                shape.needed.append(link["name"])
        elif one.get("optional"):
            shape.optional.append(link["name"])
        else:
            shape.required.append(link["name"])
    return shape


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


if __name__ == "__main__":
    sys.exit(main())
