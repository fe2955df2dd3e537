"""Make the environments that the Makefile works with. Standard library only.

Environments, each from a lock file with hashes, each remade only when its lock changes:

- ``.venv``: the tools and the tests;
- ``.venv-local-aws``: the local AWS, on Python 3.13 where there is one (handlers run on its
  interpreter), apart because it pins botocore;
- ``.venv-terraform``: Terraform's core from PyPI, only for machines without terraform or tofu;
- ``.venv-simulation``: what ``make simulate`` draws with, made when it is first called;
- ``.venv-checkov``: checkov, which pins boto3 too, only for the check of the plans;
- ``.venv-image``: what AWS's base image has, by which tests run a laid-out image, on Python 3.13;
- ``.venv-bench``: peers, only for ``make bench``;
- ``.venv-docs``: what makes the site of the documentation, for ``make docs`` and its tests.

Run as ``python3 tools/setup.py [NAME ...]`` with names of `ENVIRONMENTS`; without names: the
first two.
``python3 tools/setup.py lock`` renews the locks.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  this file is what older interpreters meet first
    sys.exit(
        f"lambda-blueprints needs Python 3.11 or newer and found {sys.version.split()[0]} "
        f"({sys.executable}). Name a newer one: make setup PYTHON=/path/to/python3.13"
    )

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from tools.interpreters import find_python  # noqa: E402  found only once ROOT is on the path

CACHE = ROOT / ".cache"
UV_ENVIRONMENT = CACHE / "uv-environment"
ENVIRONMENTS = {
    "tools": ROOT / ".venv",
    "local-aws": ROOT / ".venv-local-aws",
    "terraform": ROOT / ".venv-terraform",
    "docs": ROOT / ".venv-docs",
    "simulation": ROOT / ".venv-simulation",
    "checkov": ROOT / ".venv-checkov",
    "image": ROOT / ".venv-image",
    "bench": ROOT / ".venv-bench",
}
LAMBDA_PYTHON = "3.13"
# Not that of an environment which this one may be about to make anew, and the same one for all.
PYTHON = os.path.realpath(sys.executable)


def say(message: str) -> None:
    """Print one line about what happens now."""
    print(f"setup: {message}", flush=True)


def run(command: list[str], *, why: str) -> None:
    """Run `command`; on failure print its output and say what it was for."""
    environment = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
        sys.exit(f"setup: could not {why} (exit {done.returncode}): {' '.join(command)}")


def python_of(environment: Path) -> Path:
    """Return the interpreter inside a virtual environment."""
    return environment / "bin" / "python"


def uv() -> str:
    """Return a uv to work with: the one on PATH, else one from PyPI in the project's cache."""
    on_path = shutil.which("uv")
    if on_path:
        return on_path
    ours = UV_ENVIRONMENT / "bin" / "uv"
    lock = ROOT / "requirements" / "uv.txt"
    if not fresh(UV_ENVIRONMENT, lock, PYTHON):
        say("uv from PyPI, since there is none on PATH")
        shutil.rmtree(UV_ENVIRONMENT, ignore_errors=True)
        run(
            [PYTHON, "-m", "venv", str(UV_ENVIRONMENT)],
            why="make a virtual environment (on Debian and Ubuntu: apt-get install python3-venv)",
        )
        pip = [str(python_of(UV_ENVIRONMENT)), "-m", "pip", "install", "--quiet"]
        run([*pip, "--require-hashes", "-r", str(lock)], why="install uv from the package index")
        mark(UV_ENVIRONMENT, lock, PYTHON)
    return str(ours)


def stamp_of(lock: Path, interpreter: str) -> str:
    """Return what an environment depends on: its lock, its interpreter and where it lies."""
    return hashlib.sha256(lock.read_bytes() + interpreter.encode() + str(ROOT).encode()).hexdigest()


def fresh(environment: Path, lock: Path, interpreter: str) -> bool:
    """Tell whether `environment` was made from just this lock and interpreter."""
    stamp = environment / ".stamp"
    return stamp.is_file() and stamp.read_text() == stamp_of(lock, interpreter)


def mark(environment: Path, lock: Path, interpreter: str) -> None:
    """Write down that `environment` is whole; the last step of making it."""
    (environment / ".stamp").write_text(stamp_of(lock, interpreter))


def interpreter_for(name: str) -> str:
    """Return the interpreter that environment `name` is made with."""
    if name not in {"local-aws", "image", "bench"}:
        return PYTHON
    found = find_python(LAMBDA_PYTHON)
    if found:
        return str(found)
    # A laptop may let uv fetch one; a machine without that road answers at once.
    fetched = subprocess.run(
        [uv(), "python", "install", "--quiet", LAMBDA_PYTHON],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = find_python(LAMBDA_PYTHON) if fetched.returncode == 0 else None
    if found is None:
        say(
            f"no Python {LAMBDA_PYTHON} here: zips carry no bytecode (slower cold starts), and the "
            "local AWS runs no function with native modules. "
            f"Mend: install Python {LAMBDA_PYTHON} (uv python install {LAMBDA_PYTHON}), "
            "then make setup"
        )
    return str(found or PYTHON)


def make(name: str) -> None:
    """Make environment `name`, unless it stands as its lock wants it; two at once make it once."""
    environment, lock = ENVIRONMENTS[name], ROOT / "requirements" / f"{name}.txt"
    CACHE.mkdir(exist_ok=True)
    with (CACHE / f"{environment.name}.lock").open("a") as one:
        fcntl.flock(one, fcntl.LOCK_EX)
        interpreter = interpreter_for(name)
        if not fresh(environment, lock, interpreter):
            _make(environment, lock, interpreter)


def _make(environment: Path, lock: Path, interpreter: str) -> None:
    began = time.monotonic()
    shutil.rmtree(environment, ignore_errors=True)
    run(
        [uv(), "venv", "--quiet", "--no-python-downloads", "--python", interpreter,
         str(environment)],
        why=f"make {environment.name}",
    )  # fmt: skip
    run(
        [uv(), "pip", "sync", "--quiet", "--require-hashes",
         "--python", str(python_of(environment)), str(lock)],
        why=f"install {lock.relative_to(ROOT)} (is the package index reachable?)",
    )  # fmt: skip
    mark(environment, lock, interpreter)
    say(f"{environment.name} from {lock.relative_to(ROOT)} in {time.monotonic() - began:.1f} s")


def lock() -> None:
    """Renew every lock: all versions and hashes, and no address of an index."""
    for wanted in sorted((ROOT / "requirements").glob("*.in")):
        run(
            [uv(), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11",
             "--upgrade", "--generate-hashes", "--no-header",
             "--no-annotate", str(wanted), "--output-file", str(wanted.with_suffix(".txt"))],
            why=f"lock {wanted.relative_to(ROOT)}",
        )  # fmt: skip
        say(f"{wanted.with_suffix('.txt').relative_to(ROOT)} renewed")


def main(names: list[str]) -> int:
    """Make the named environments, or those that every target needs; ``lock`` renews the locks."""
    if names == ["lock"]:
        lock()
        return 0
    unknown = sorted(set(names) - set(ENVIRONMENTS))
    if unknown:
        sys.exit(f"setup: no environment {unknown[0]!r}; there are {', '.join(ENVIRONMENTS)}")
    for name in names or ["tools", "local-aws"]:
        make(name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
