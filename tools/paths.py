"""Where everything lies in the checkout: one place, so that nothing else spells a path."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

FUNCTIONS = ROOT / "functions"
EDGE_SIGNER = ROOT / "edge_signer"
SHARED = ROOT / "shared"
MODULES = ROOT / "modules"
ENVS = ROOT / "envs"

DIST = ROOT / "dist"
CACHE = ROOT / ".cache"
# Tests name another, so that they never touch the one that somebody works with.
LOCAL_AWS_HOME = Path(os.environ.get("LOCAL_AWS_HOME", ROOT / ".local-aws"))

TOOLS_ENVIRONMENT = ROOT / ".venv"
LOCAL_AWS_ENVIRONMENT = ROOT / ".venv-local-aws"
TERRAFORM_ENVIRONMENT = ROOT / ".venv-terraform"
BENCH_ENVIRONMENT = ROOT / ".venv-bench"
