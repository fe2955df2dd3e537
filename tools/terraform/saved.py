"""Saved plans: ``make plan`` keeps what it has shown, and ``make apply`` applies just that.

A plan lies under ``.cache/plans/<environment>/`` beside a record of what it was made of: the code
and the zips by their hash, the versions of Terraform and the provider, and where the state was. It
may hold secrets, so nobody else may read it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tools.paths import CACHE, DIST, MODULES, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tools.terraform.environments import Environment

PLANS = CACHE / "plans"
WEB = ROOT / "web"
# A machine's own, and no part of what is planned.
_LEFT_OUT = {".terraform", ".terraform.lock.hcl", "__pycache__"}


class PlanRefused(Exception):
    """There is no plan that may be applied; the message says what to do."""


@dataclass(frozen=True)
class State:
    """Which state, and which of its versions; both are empty before the first apply."""

    lineage: str = ""
    serial: int = 0


@dataclass(frozen=True)
class Record:
    """What a plan was made of.

    Attributes
    ----------
    code
        Hash of modules, the environment's root and the website's files.
    zips
        Hash of the functions' zips.
    core
        Terraform's name and version.
    provider
        Version of the AWS provider.
    target
        Which AWS it is for, in words.
    state
        What the state was.
    """

    code: str
    zips: str
    core: str
    provider: str
    target: str
    state: State

    @classmethod
    def of(cls, env: Environment) -> Record:
        """Return the record of a plan that were made now; `env` is initialised."""
        core = env.terraform.core
        return cls(
            code=code_hash(env.terraform.root),
            zips=zips_hash(),
            core=f"{core.name} {core.version}",
            provider=_provider(env),
            target=env.target,
            state=_state(env),
        )


@dataclass(frozen=True)
class SavedPlan:
    """Where the plan of an environment is kept, with its record and the time it was made."""

    folder: Path

    @classmethod
    def of(cls, env: Environment) -> SavedPlan:
        """Return the place for `env`: one for AWS, and another for the local AWS."""
        apart = ".local-aws" if env.local and env.name != "local" else ""
        return cls(PLANS / f"{env.name}{apart}")

    @property
    def file(self) -> Path:
        """The plan, as ``terraform plan -out`` writes it."""
        return self.folder / "plan.tfplan"

    @property
    def record_file(self) -> Path:
        """The record of it; written last, so that a plan that has one is whole."""
        return self.folder / "record.json"

    @property
    def exists(self) -> bool:
        """Whether there is a whole plan."""
        return self.file.is_file() and self.record_file.is_file()

    def prepare(self) -> None:
        """Forget the last plan, and make the place for the next, which is nobody else's to read."""
        self.forget()
        self.folder.mkdir(parents=True, mode=0o700)
        # Terraform writes into the file that is there, and so keeps its mode.
        os.close(os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

    def keep(self, record: Record) -> None:
        """Write the record of the plan that was just made."""
        self.file.chmod(0o600)
        written = {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "plan": _sha256(self.file),
        }
        descriptor = os.open(self.record_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            json.dump(asdict(record) | written, handle, indent=2)

    def forget(self) -> None:
        """Remove plan and record, if there are any."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def made(self) -> str:
        """When it was made, in UTC."""
        return str(self._written()["made"])

    def check(self, now: Record, name: str) -> None:
        """Refuse a plan that is not what would be planned `now`.

        Raises
        ------
        PlanRefused
            Something that it was made of is another now, or the plan itself is.
        """
        written = self._written()
        again = f"run make plan ENV={name} again, look at it, and apply that"
        if written.get("plan") != _sha256(self.file):
            raise PlanRefused(f"{self.file} is not the file that was planned: {again}")
        was = {key: value for key, value in written.items() if key not in {"made", "plan"}}
        changed = [
            f"{_NAMES[key]} ({_short(was.get(key))}, now {_short(value)})"
            for key, value in asdict(now).items()
            if was.get(key) != value
        ]
        if changed:
            raise PlanRefused(
                f"the saved plan of {name}, made {written['made']}, is older than "
                f"{', '.join(changed)}: {again}"
            )

    def _written(self) -> dict[str, object]:
        try:
            written = json.loads(self.record_file.read_text())
        except ValueError:
            written = None
        if not isinstance(written, dict) or "made" not in written:
            raise PlanRefused(f"{self.record_file} is no record of a plan: run make plan again")
        return written


_NAMES = {
    "code": "the code in modules, envs and web",
    "zips": "the zips in dist",
    "core": "Terraform",
    "provider": "the AWS provider",
    "target": "where it goes",
    "state": "the state",
}


def _short(value: object) -> str:
    if isinstance(value, dict):
        return f"serial {value.get('serial')}"
    text = str(value)
    return text[:12] if len(text) == hashlib.sha256().digest_size * 2 else text


def code_hash(root: Path) -> str:
    """Return the hash of all that a plan of `root` is made of, but for the zips."""
    return _tree_hash([MODULES, root, WEB])


def zips_hash() -> str:
    """Return the hash of all zips in ``dist``."""
    return _files_hash((path.name, path) for path in sorted(DIST.glob("*.zip")))


def _tree_hash(folders: Iterable[Path]) -> str:
    found = [
        (f"{folder.name}/{path.relative_to(folder).as_posix()}", path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and not _LEFT_OUT.intersection(path.relative_to(folder).parts)
    ]
    return _files_hash(sorted(found))


def _files_hash(files: Iterable[tuple[str, Path]]) -> str:
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(f"{_sha256(path)}  {name}\n".encode())
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _provider(env: Environment) -> str:
    """Return the version of the provider that the root was initialised with."""
    told = json.loads(env.terraform.run("version", "-json"))
    chosen = told.get("provider_selections", {})
    return next((str(v) for name, v in chosen.items() if name.endswith("/hashicorp/aws")), "")


def _state(env: Environment) -> State:
    text = env.terraform.run("state", "pull")
    # Before the first apply there is none.
    written = json.loads(text) if text.strip() else {}
    return State(str(written.get("lineage", "")), int(written.get("serial", 0)))
