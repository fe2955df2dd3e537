"""The site of the documentation as ``make docs`` makes it; kept by content.

Its environment, ``.venv-docs``, is made when it is first needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.alone import one_at_a_time
from tools import setup
from tools.docs_site.pages import parts
from tools.paths import CACHE, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT = CACHE / "tests" / "docs-site"
LOCK = ROOT / "requirements" / "docs.txt"
# Links to what is no page lead there, so that none of them is left out.
REPOSITORY = "https://example.com/acme/shop/blob/main"


@dataclass(frozen=True)
class Built:
    """What a build came to.

    Attributes
    ----------
    code
        Exit code of the command.
    said
        What it printed.
    site
        The folder with the site.
    """

    code: int
    said: str
    site: Path


def built() -> Built:
    """Build the site of this checkout, or take the one that was built of just this content."""
    with one_at_a_time("site"):
        folder = KEPT / _content()
        record = folder / "built.json"
        if not record.is_file():
            for old in KEPT.glob("*/"):
                shutil.rmtree(old)
            code, said = build(ROOT, folder / "site")
            folder.mkdir(exist_ok=True)
            record.write_text(json.dumps({"code": code, "said": said}))
        return Built(**json.loads(record.read_text()), site=folder / "site")


def build(root: Path, site: Path) -> tuple[int, str]:
    """Build the site of a checkout in a folder; return the exit code and what was printed."""
    setup.make("docs")
    done = subprocess.run(
        [setup.python_of(setup.ENVIRONMENTS["docs"]), "-m", "tools.docs_site", str(site)],
        cwd=root, env=os.environ | {"REPOSITORY": REPOSITORY},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def sources(root: Path = ROOT) -> Iterator[Path]:
    """Yield what a site is made by, and what of."""
    yield from (root / "mkdocs.yml", root / "tools" / "paths.py", root / "tools" / "__init__.py")
    yield from sorted((root / "tools" / "docs_site").glob("*.*"))
    yield from (root / name for names in parts(root).values() for name in names)


def _content() -> str:
    files = [LOCK, Path(__file__), *sources()]
    digest = hashlib.sha256()
    for file in files:
        name, content = file.relative_to(ROOT).as_posix(), file.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
    return digest.hexdigest()
