"""The Chromium that tests look at the website with.

``python -m tools.browser`` (``make browser``) finds one, or installs Debian's where it can. Any of
this machine will do, driven by Playwright, whose own builds are not downloaded: a machine with
nothing but its distribution's packages can test.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from base64 import b64encode
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
VARIABLE = "CHROMIUM"
MEND = (
    "Mend: make browser (installs Debian's chromium, as root), or install Chromium or Chrome, or "
    f"name the one you have: {VARIABLE}=/path/to/chrome"
)


class BrowserMissing(Exception):
    """There is no Chromium here; the message says what to do."""


def find() -> str:
    """Return the program of a Chromium: the one in the variable CHROMIUM, else one on PATH.

    Raises
    ------
    BrowserMissing
        There is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        program = shutil.which(named)
        if program is None:
            raise BrowserMissing(f"{VARIABLE} is {named}, which is no program. {MEND}")
        return program
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise BrowserMissing(f"None of {', '.join(NAMES)} is on PATH. {MEND}")
    return found


def install() -> str:
    """Return the program of a Chromium, installed from Debian's packages if there is none.

    Raises
    ------
    BrowserMissing
        There is none, and it cannot be installed here.
    """
    try:
        return find()
    except BrowserMissing:
        if VARIABLE in os.environ or not shutil.which("apt-get") or os.geteuid():
            raise
    print("browser: Debian's chromium, since there is none on PATH", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    ):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BrowserMissing(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}{MEND}")
    return find()


@contextmanager
def launched(certificate: Path | None = None) -> Iterator[Browser]:
    """Start a headless Chromium that takes the local AWS's certificate, and no other unknown one.

    Parameters
    ----------
    certificate
        The server's (PEM); None for a browser that asks no local AWS. Its authority is in no store
        of this machine, and is put into none: the browser is told the hash of this one key, whose
        private half never leaves the machine.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  `make browser` needs it not

    known = (
        [f"--ignore-certificate-errors-spki-list={_key_hash(certificate)}"] if certificate else []
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find(),
            args=[
                *known,
                # Nothing but this machine is ever asked.
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
                "--disable-component-update",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()


def _key_hash(certificate: Path) -> str:
    key = x509.load_pem_x509_certificate(certificate.read_bytes()).public_key()
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(sha256(spki).digest()).decode()


def main() -> int:
    """Find a Chromium or install one; say which."""
    try:
        program = install()
    except BrowserMissing as error:
        print(f"browser: {error}", file=sys.stderr)
        return 1
    print(f"browser: {program}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
