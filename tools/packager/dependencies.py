"""A function's dependencies: locked with hashes, installed by uv for the target, pruned, kept.

The cache keeps, for each lock and target, ``deps/<key>/``: ``site`` (what ships), ``host-<tag>``
(the same versions as this machine loads them, where the target's native modules do not load here),
``bytecode-<compiler>`` and the compressed members of both.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tools.packager import sources, wheels
from tools.packager.archive import Member, compress, load_pack, save_pack
from tools.packager.cache import read_json, replace
from tools.packager.errors import Fault, SourceError, ToolError
from tools.packager.limits import PLATFORMS
from tools.packager.lock import LOCK, REQUIREMENTS, header
from tools.packager.wheels import normal
from tools.paths import CACHE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tools.packager.interpreter import Target
    from tools.packager.plan import Plan

# Where uv finds packages, and how it gets them, is the builder's affair; every file is checked
# against the lock. (An index that lacks some of the wheels that a lock allows can make uv take
# another one of them.) All other settings of uv could change the zip.
UV_SETTINGS_KEPT = re.compile(
    r"UV_(CACHE_DIR|DEFAULT_INDEX|EXTRA_INDEX_URL|FIND_LINKS|HTTP_\w+|INDEX\w*|INSECURE_HOST"
    r"|KEYRING_PROVIDER|NATIVE_TLS|OFFLINE|REQUEST_TIMEOUT|SYSTEM_CERTS|PYTHON_INSTALL_DIR)"
)
FOREIGN_SETTINGS = ("PIP_", "PYTHON", "UV_", "SOURCE_DATE_EPOCH", "VIRTUAL_ENV", "CONDA_")

# Where `make setup` puts uv when there is none on PATH.
UV_OF_SETUP = CACHE / "uv-environment" / "bin" / "uv"

_TESTS_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+([\w.]*\btests?)\b|import[ \t]+([\w.]*\btests?)\b"
    rb"|from[ \t]+([\w.]+)[ \t]+import[ \t]+\(?[\w, \t]*\b(tests?)\b)",
    re.MULTILINE,
)
_METADATA_READERS = re.compile(
    rb"\b(?:importlib[._]metadata|importlib import metadata|pkg_resources)\b"
)
# Where uv's messages name the requirement that they are about.
_NAMED = re.compile(
    r"(?:Because (?:there is no version of |only (?:the following versions of )?|you require )?"
    r"|Failed to \w+ `|mismatch for `)"
    r"([A-Za-z0-9][\w.\-]*(?:\[[\w,\-]*\])?(?:[=<>!~]=?=?[\w.*+!]+)?)"
)


class Installed(NamedTuple):
    """Dependencies as they ship.

    `files` are their names in the zip with their sizes, `natives` the extension modules among them,
    `packages` what their bill of materials says of them, `requirements` what they are
    (``pydantic==2.12.3``), `tops` their top-level names.
    """

    folder: Path
    files: dict[str, int]
    natives: list[str]
    packages: list[dict[str, Any]]
    requirements: list[str]
    tops: list[str]

    @property
    def site(self) -> Path:
        """The folder that ships."""
        return self.folder / "site"


class Ready(NamedTuple):
    """Dependencies, and how this machine can import them (`site` None: it cannot)."""

    installed: Installed
    site: Path | None
    natives: list[str]


class Uv:
    """uv, as the packager calls it."""

    def __init__(self, path: Path | None, python: str, cache: Path, runtime: str) -> None:
        self._path = path
        self._python = python
        self._cache = cache
        self._runtime = runtime

    def _run(self, *arguments: str | Path) -> str:
        """Run uv; return what it complains of, nothing when it succeeds."""
        if self._path is None:
            raise ToolError("uv is not on PATH and dependencies need it. Run make setup, or --uv")
        environment = {
            name: value
            for name, value in os.environ.items()
            if UV_SETTINGS_KEPT.fullmatch(name) or not name.startswith(FOREIGN_SETTINGS)
        }
        command = [self._path, "pip", *arguments, "--quiet", "--color", "never", "--no-progress"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, env=environment, check=False
            )
        except OSError as error:
            raise ToolError(f"{self._path} does not run: {error}. Give uv by --uv") from error
        return done.stderr.strip() if done.returncode else ""

    def workplace(self, name: str) -> Path:
        """Return a folder below the cache for something half done; the next run sweeps it."""
        place = self._cache / "tmp" / name
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        return place

    def lock(self, folder: Path) -> None:
        """
        Write the lock of the function in `folder`: pins with the hashes of all their files.

        It is resolved for all platforms at once, so that one lock serves both architectures and the
        machine that builds. Pins of the lock before stay where they may.
        """
        requirements = folder / REQUIREMENTS
        content = requirements.read_bytes()
        half = self.workplace(f"{folder.name}-lock") / LOCK
        if (folder / LOCK).is_file():
            shutil.copyfile(folder / LOCK, half)
        complaint = self._run(
            "compile", requirements, "--output-file", half, "--universal", "--generate-hashes",
            "--no-header", "--no-annotate", "--no-build", "--python-version", self._runtime,
            "--python", self._python,
        )  # fmt: skip
        if complaint:
            raise explained(complaint, folder, "any platform")
        replace(folder / LOCK, (header(content, self._runtime) + half.read_text()).encode())

    def install(self, plan: Plan, into: Path, *, platform: str = "", python: str = "") -> None:
        """Install the lock of `plan`, for `platform` or for `python` itself."""
        lock = plan.folder / LOCK
        foreign = ["--python-platform", platform, "--python-version", self._runtime]
        complaint = self._run(
            "install", "--requirements", lock, "--target", into,
            "--python", python or self._python,
            "--require-hashes", "--no-build", "--no-deps", *(foreign if platform else []),
        )  # fmt: skip
        if complaint:
            raise explained(complaint, plan.folder, platform or "this machine")
        sources.unchanged(str(lock), str(lock), plan.lock)


def explained(complaint: str, folder: Path, platform: str) -> SourceError | ToolError:
    """Return the error that `complaint` of uv is: which line is at fault, why, and the mend."""
    reason = " ".join(complaint.replace("error:", "").replace("cause:", "").split())
    if re.search(r"Failed to fetch|error sending request|network was disabled|timed out", reason):
        return ToolError(
            f"{folder}/{REQUIREMENTS}: the package index does not answer: {reason}. "
            f"Check the network, or name another index in UV_DEFAULT_INDEX"
        )
    name, asked, where = _culprit(reason, folder)
    for pattern, what, mend in (
        (r"was not found in the package registry",
         f"unknown requirement {name!r}: the package index has no such project",
         "Correct its name or remove the line"),
        (r"has no (usable )?wheels?|no wheels|no matching (platform|Python)|source distribution",
         f"no wheel of {name!r} for {platform}, and functions are built from wheels only",
         "Pin a version that has such a wheel, or replace the dependency"),
        (r"there is no version of|only .* available",
         f"no such version: {asked!r} is not in the package index",
         "Correct the version"),
        (r"Couldn't parse|start of a requirement", f"not a requirement: {asked}",
         "Write it as name>=version"),
        (r"Hash mismatch", f"the file of {name!r} is not the one that was locked",
         f"Delete {LOCK} and run make package, once you know why it differs"),
    ):  # fmt: skip
        if re.search(pattern, reason):
            return SourceError(Fault(where, what, mend))
    return SourceError(
        Fault(where, f"uv cannot resolve it, {reason.rstrip('.')}", "Change the requirements")
    )


def _culprit(reason: str, folder: Path) -> tuple[str, str, str]:
    """Return which requirement `reason` is about, the line that asks for it and its place."""
    named = _NAMED.search(reason)
    name = named.group(1).rstrip(".") if named else ""
    wanted = normal(re.split(r"[=<>!~\[]", name)[0])
    parse = re.search(r"at position (\d+)|requirements\.txt:(\d+):\d+", reason)
    for file in (REQUIREMENTS, LOCK):
        path = folder / file
        text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
        if parse and file == REQUIREMENTS:
            position, line = parse.groups()
            at = int(line) - 1 if line else text.encode()[: int(position)].count(b"\n")
            return "", text.splitlines()[at].strip(), f"{path}:{at + 1}"
        for number, line in enumerate(text.splitlines(), start=1):
            start = re.match(r"[A-Za-z0-9][\w.\-]*", line.strip())
            if start and wanted and normal(start.group()) == wanted:
                return name, line.partition("#")[0].strip(), f"{path}:{number}"
    return name, name, f"{folder / REQUIREMENTS}:1"


def ensure(uv: Uv, plan: Plan, home: Path, arch: str) -> Installed:
    """Return the dependencies of `plan` for `arch`, installed below `home`."""
    known = read_json(home / "installed.json")
    if not known:
        fresh = uv.workplace(home.name)
        uv.install(plan, fresh, platform=PLATFORMS[arch])
        metadata = _metadata(fresh)
        files = prune(fresh, metadata=plan.metadata)
        packages = wheels.packages(fresh, files, metadata)
        shutil.rmtree(home / "site", ignore_errors=True)
        home.mkdir(parents=True, exist_ok=True)
        fresh.rename(home / "site")
        known = {
            "files": files,
            "natives": [name for name in files if name.endswith(".so")],
            "packages": packages,
            "requirements": sorted(f"{one['name']}=={one['version']}" for one in packages),
            "tops": sorted({_top(name) for name in files}),
        }
        replace(home / "installed.json", json.dumps(known).encode())
    return Installed(home, **known)


def _top(name: str) -> str:
    """Return the top-level name that the file `name` takes, which of a native module is short."""
    top = name.partition("/")[0]
    return top.partition(".")[0] if top.endswith(".so") else top.removesuffix(".py")


def found_uv() -> Path | None:
    """Return uv: the one on PATH, else the one of `make setup`."""
    on_path = shutil.which("uv")
    if on_path:
        return Path(on_path)
    return UV_OF_SETUP if os.access(UV_OF_SETUP, os.X_OK) else None


def source_members(installed: Installed) -> dict[str, Member]:
    """Return the dependencies' files as members, compressed once for all functions and builds."""
    pack = installed.folder / "files.pack"
    members = load_pack(pack)
    if not members:
        members = {n: compress(n, (installed.site / n).read_bytes()) for n in installed.files}
        save_pack(pack, members.values())
    return members


def bytecode_members(
    installed: Installed, store: Path, names: Iterable[str], cache_tag: str
) -> dict[str, Member]:
    """Return the bytecode of the sources `names` as members; `store` has all of it."""
    pack = store.with_suffix(".pack")
    known = load_pack(pack)
    wanted = {cached(name, cache_tag): name for name in names if name in installed.files}
    missing = [
        compress(member, (store / f"{name}c").read_bytes())
        for member, name in wanted.items()
        if member not in known
    ]
    if missing:
        known.update((member.name, member) for member in missing)
        save_pack(pack, known.values())
    return {member: known[member] for member in wanted}


def cached(name: str, cache_tag: str) -> str:
    """Return where Python looks for the bytecode of the source `name` (PEP 3147)."""
    folder, _, file = name.rpartition("/")
    prefix = f"{folder}/" if folder else ""
    return f"{prefix}__pycache__/{file.removesuffix('.py')}.{cache_tag}.pyc"


def host(uv: Uv, plan: Plan, installed: Installed, target: Target) -> Path | None:
    """
    Return the dependencies as `target`, an interpreter of this machine, can load them.

    Without native modules that is what ships. None where there is no wheel for this machine.
    """
    if not installed.natives:
        return installed.site
    home = installed.folder / f"host-{target.native}"
    if not home.is_dir():
        fresh = uv.workplace(f"{installed.folder.name}-{home.name}")
        try:
            uv.install(plan, fresh, python=target.path)
        except SourceError:
            return None
        prune(fresh, metadata=plan.metadata)
        fresh.rename(home)
    return home


def differing(installed: Installed, site: Path) -> list[str]:
    """Return the sources in `site` that are not, byte for byte, those that ship."""
    if site == installed.site:
        return []
    note = site.with_name(f"{site.name}.differs.json")
    known = read_json(note)
    if not known:
        ours = [str(p.relative_to(site)) for p in sorted(site.rglob("*.py"))]
        known = {"differs": [name for name in ours if not _same(installed.site, site, name)]}
        replace(note, json.dumps(known).encode())
    return [str(name) for name in known["differs"]]


def _same(ours: Path, theirs: Path, name: str) -> bool:
    """Tell whether the file `name` is the same in both folders."""
    left, right = ours / name, theirs / name
    if not left.is_file():
        return False
    return left.samefile(right) or left.read_bytes() == right.read_bytes()


def keep_natives(installed: Installed, site: Path, target: Target, store: Path) -> list[str]:
    """
    Keep this machine's build of each native module, under the digest of the one that ships.

    The local AWS runs zips on this machine; it puts these files beside the foreign ones.

    Returns
    -------
    list[str]
        The folders that were filled.
    """
    kept = []
    for name in installed.natives:
        stem = Path(name).name.partition(".")[0]
        folder = (site / name).parent
        for suffix in target.suffixes:
            ours = folder / f"{stem}{suffix}"
            if ours.is_file():
                digest = hashlib.sha256((installed.site / name).read_bytes()).hexdigest()
                place = store / target.native / digest
                if not (place / ours.name).is_file():
                    replace(place / ours.name, ours.read_bytes())
                kept.append(str(place))
                break
    return kept


def prune(site: Path, *, metadata: bool) -> dict[str, int]:
    """Remove what does not ship from an installed tree; return the files that stay with sizes.

    Metadata ships if `metadata`, or if a source in the tree reads it.
    """
    names = sorted(
        os.path.relpath(os.path.join(folder, file), site)  # noqa: PTH118  thousands of files
        for folder, _, files in os.walk(site)
        for file in files
    )
    plain = [name for name in names if _ships(name)]
    code = {name: (site / name).read_bytes() for name in plain if name.endswith(".py")}
    wanted_tests = _imported_tests(code)
    metadata = metadata or any(_reads_metadata(source) for source in code.values())
    kept = {}
    for name in names:
        folders = name.split("/")[:-1]
        tests = next((i for i, f in enumerate(folders) if f in sources.DEPENDENCY_TESTS), None)
        if tests is not None:
            ships = _tidy(name) and ".".join(folders[: tests + 1]) in wanted_tests
        elif folders and folders[0].endswith(".dist-info"):
            ships = metadata and name.partition("/")[2] in sources.METADATA_READ
        else:
            ships = _tidy(name)
        if ships:
            kept[name] = (site / name).stat().st_size
        else:
            (site / name).unlink()
    for folder, _, _ in os.walk(site, topdown=False):
        if folder != str(site) and not os.listdir(folder):  # noqa: PTH208
            Path(folder).rmdir()
    return kept


def _tidy(name: str) -> bool:
    """Tell whether the rules let the file `name` of a dependency ship, tests and metadata aside."""
    folders = name.split("/")[:-1]
    return not (
        name.endswith(sources.DEPENDENCY_FILES_LEFT_OUT)
        or "__pycache__" in folders
        or name.startswith(".")
        or (folders and folders[0] in sources.DEPENDENCY_FOLDERS_LEFT_OUT)
    )


def _ships(name: str) -> bool:
    """Tell whether the file `name` of a dependency ships whatever other files say."""
    folders = name.split("/")[:-1]
    return _tidy(name) and not (
        sources.DEPENDENCY_TESTS & set(folders) or name.partition("/")[0].endswith(".dist-info")
    )


def _reads_metadata(source: bytes) -> bool:
    """Tell whether `source` asks what is installed."""
    words = b"metadata" in source or b"pkg_resources" in source
    return words and _METADATA_READERS.search(source) is not None


def _imported_tests(code: dict[str, bytes]) -> set[str]:
    """Return the dotted names of test packages that sources import which are no tests."""
    wanted = set()
    for name, source in code.items():
        # A tenth of the time: most sources have the word nowhere.
        if b"test" not in source:
            continue
        package = name.split("/")[:-1]
        for whole, plain, parent, tail in _TESTS_IMPORT.findall(source):
            dotted = whole or plain or (parent + (b"" if parent.endswith(b".") else b".") + tail)
            text = dotted.decode()
            dots = len(text) - len(text.lstrip("."))
            base = package[: len(package) - dots + 1] if dots else []
            wanted.add(".".join([*base, text.lstrip(".")]))
    return wanted


def _metadata(site: Path) -> dict[str, str]:
    """Return METADATA and RECORD of what is installed in `site`, before they go."""
    found = {}
    for path in site.glob("*.dist-info/METADATA"):
        folder = path.parent.name
        # Both are UTF-8, whatever the builder's locale says.
        found[folder] = path.read_text("utf-8", errors="replace")
        record = (path.parent / "RECORD").read_text("utf-8", errors="replace")
        found[f"{folder}/RECORD"] = record
    return found
