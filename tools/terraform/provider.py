"""Where the AWS provider comes from: the registry, or a filesystem mirror when it is out of reach.

A mirror is a folder that holds ``registry.terraform.io/hashicorp/aws/<version>/<os_arch>/``, as
``terraform providers mirror`` and operating-system packagers lay it out.
"""

from __future__ import annotations

import os
import platform
import socket
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

REGISTRY = "registry.terraform.io"
PROVIDER = Path(REGISTRY) / "hashicorp" / "aws"
OLDEST, TOO_NEW = (5, 100, 0), (7, 0, 0)
MIRROR_VARIABLE = "TERRAFORM_PROVIDER_MIRROR"


class ProviderMissing(Exception):
    """The AWS provider can be had from nowhere; the message says what to do."""


@dataclass(frozen=True)
class Mirror:
    """A filesystem mirror with an AWS provider that fits this machine and our constraint."""

    folder: Path
    version: str
    binary: Path


def provider_source() -> Mirror | None:
    """Return the mirror to use, or None when the registry serves.

    Raises
    ------
    ProviderMissing
        A mirror was named that holds no fitting provider, or the registry is out of reach and no
        mirror was found.
    """
    named = os.environ.get(MIRROR_VARIABLE)
    if named:
        mirror = mirror_at(Path(named).expanduser())
        if mirror is None:
            raise ProviderMissing(
                f"{MIRROR_VARIABLE}={named} holds no AWS provider >= 5.100, < 7.0 for "
                f"{os_arch()}. Expected {Path(named) / PROVIDER}/<version>/{os_arch()}/"
            )
        return mirror
    if registry_answers():
        return None
    mirror = find_mirror()
    if mirror is None:
        raise ProviderMissing(
            f"{REGISTRY} does not answer and no mirror of the AWS provider was found in "
            f"{', '.join(str(p) for p in usual_places())}. Connect to the network, or unpack the "
            f"provider to <folder>/{PROVIDER}/<version>/{os_arch()}/ and set "
            f"{MIRROR_VARIABLE}=<folder>"
        )
    return mirror


@cache
def registry_answers(timeout: float = 3.0) -> bool:
    """Tell whether a connection to the registry opens; one try a process."""
    try:
        socket.create_connection((REGISTRY, 443), timeout=timeout).close()
    except OSError:
        return False
    return True


def os_arch() -> str:
    """Return this machine in Terraform's words, as ``linux_amd64``."""
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{sys.platform}_{machine.lower()}"


def usual_places() -> list[Path]:
    """Return the folders under which a mirror is looked for, up to two levels deep.

    First Terraform's implied mirrors
    (https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories),
    then the folders where a system or its user keeps add-on software.
    """
    home = Path.home()
    data = [os.environ.get("XDG_DATA_HOME", str(home / ".local" / "share"))]
    data += os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
    implied = [home / ".terraform.d" / "plugins"]
    implied += [Path(folder) / "terraform" / "plugins" for folder in data if folder]
    implied += [home / "Library" / "Application Support" / "io.terraform" / "plugins"]
    addons = ["/opt", "/usr/local", "/usr/local/lib", "/usr/local/share", "/usr/lib", "/srv"]
    return [*implied, *map(Path, addons), home / ".local" / "opt", home / ".local" / "lib",
            home / "opt"]  # fmt: skip


def find_mirror() -> Mirror | None:
    """Return the first mirror in the usual places; the newest version in it."""
    for place in usual_places():
        for folder in _folders_under(place):
            mirror = mirror_at(folder)
            if mirror:
                return mirror
    return None


def _folders_under(place: Path) -> Iterator[Path]:
    yield place
    for pattern in ("*", "*/*"):
        try:
            yield from sorted(p.parent for p in place.glob(f"{pattern}/{REGISTRY}"))
        except OSError:
            return


def mirror_at(folder: Path) -> Mirror | None:
    """Return the newest fitting provider in the mirror at `folder`, or None."""
    found = []
    for binary in folder.glob(f"{PROVIDER}/*/{os_arch()}/terraform-provider-aws*"):
        version = binary.parent.parent.name
        numbers = tuple(int(part) for part in version.split(".") if part.isdigit())
        if OLDEST <= numbers < TOO_NEW and os.access(binary, os.X_OK):
            found.append((numbers, Mirror(folder.absolute(), version, binary)))
    return max(found, key=lambda pair: pair[0])[1] if found else None
