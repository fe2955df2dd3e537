"""The Terraform CLI configuration that a run gets: the user's own, made to work on this machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.paths import CACHE
from tools.terraform.provider import REGISTRY, provider_source

CONFIG_VARIABLE = "TF_CLI_CONFIG_FILE"
OURS = CACHE / "terraform" / "cli.tfrc"
PLUGIN_CACHE = CACHE / "terraform" / "plugins"

_MIRROR_BLOCK = """\
provider_installation {{
  filesystem_mirror {{
    path    = "{path}"
    include = ["{registry}/hashicorp/aws"]
  }}
  direct {{
    exclude = ["{registry}/hashicorp/aws"]
  }}
}}
"""


def environment() -> dict[str, str]:
    """Return the variables for a Terraform run, on top of none of the caller's TF_CLI settings.

    A TF_CLI_CONFIG_FILE that names a missing file is left out, with a warning. A user's own
    ``provider_installation`` is never overruled.
    """
    variables = dict(os.environ)
    users = _users_config(variables)
    text = users.read_text() if users else ""
    if "provider_installation" not in text:
        mirror = provider_source()
        if mirror:
            text += "\n" + _MIRROR_BLOCK.format(path=mirror.folder, registry=REGISTRY)
    if "plugin_cache_dir" not in text and "TF_PLUGIN_CACHE_DIR" not in variables:
        PLUGIN_CACHE.mkdir(parents=True, exist_ok=True)
        variables["TF_PLUGIN_CACHE_DIR"] = str(PLUGIN_CACHE)
        # Each root has a lock file of its own machine; the cache may fill it.
        variables["TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE"] = "1"
    _write_if_changed(OURS, text)
    variables[CONFIG_VARIABLE] = str(OURS)
    variables.setdefault("CHECKPOINT_DISABLE", "1")
    variables.setdefault("TF_IN_AUTOMATION", "1")
    # A third of a plan's CPU goes into collecting garbage, most of it over the provider's schema,
    # which stays. Less of it: docs/performance.md has what that takes and gives.
    variables.setdefault("GOGC", "400")
    return variables


def _users_config(variables: dict[str, str]) -> Path | None:
    named = variables.get(CONFIG_VARIABLE)
    if named and Path(named).is_file():
        # A run started from ours (a test, a make inside make) must not grow it twice.
        return None if Path(named) == OURS else Path(named)
    if named:
        print(f"warning: {CONFIG_VARIABLE}={named} does not exist: ignored", file=sys.stderr)
    default = Path.home() / ".terraformrc"
    return default if default.is_file() else None


def _write_if_changed(path: Path, text: str) -> None:
    if path.is_file() and path.read_text() == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.{os.getpid()}")
    scratch.write_text(text)
    scratch.replace(path)
