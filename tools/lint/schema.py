"""What the AWS provider takes: the arguments and blocks of the resource types that are vendored.

``schemas/aws-<version>.json`` are made by ``python -m tools.lint.schema_refresh``.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "schemas"


class Shape(msgspec.Struct, omit_defaults=True):
    """What one block takes.

    Attributes
    ----------
    required, optional, computed
        Names of arguments; computed ones can be read only.
    blocks
        Nested blocks by name.
    needed
        Names of the blocks, one of which must be there.
    """

    required: list[str] = []
    optional: list[str] = []
    computed: list[str] = []
    blocks: dict[str, Shape] = {}
    needed: list[str] = []

    @property
    def arguments(self) -> set[str]:
        """Everything that can be written: arguments and blocks."""
        return {*self.required, *self.optional, *self.blocks}


class Schema(msgspec.Struct):
    """The types of one version of the provider, by ``resource aws_…`` and ``data aws_…``."""

    version: str
    types: dict[str, Shape]


@cache
def schemas() -> list[Schema]:
    """Return the vendored schemas, the oldest version first."""
    found = [
        msgspec.json.decode(path.read_bytes(), type=Schema) for path in FOLDER.glob("aws-*.json")
    ]
    return sorted(found, key=lambda one: [int(part) for part in one.version.split(".")])
