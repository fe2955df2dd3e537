"""What machine this is: in one line for the figures, and by Lambda's name of its processors."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path


def line() -> str:
    """Return cores, processor, memory, system, Python, and how busy the machine is."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{cores} cores of {_processor()}, {_memory()}, {platform.system()} "
        f"{platform.machine()}, Python {platform.python_version()} for tools; "
        f"load (1, 5, 15 minutes) {load}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    )


def architecture() -> str:
    """Return Lambda's name of this machine's processors."""
    return "arm64" if platform.machine() in {"aarch64", "arm64"} else "x86_64"


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    found = (
        re.search(r"^model name\s*: (.+)$", path.read_text(), re.MULTILINE)
        if path.is_file()
        else None
    )
    return found[1].strip() if found else platform.processor() or "an unnamed processor"


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return "memory not told"
    return f"{size / 2**30:.0f} GiB"


def versions(*packages: str) -> str:
    """Return packages of this environment with their versions."""
    return ", ".join(f"{name} {version(name)}" for name in packages)
