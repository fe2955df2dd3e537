"""The last line of ``make test``: what was proven, and what this machine could not prove."""

from __future__ import annotations

import sys

from tools.terraform.provider import ProviderMissing, provider_source


def main() -> int:
    """Say whether every part of the tests could run here."""
    try:
        provider_source()
    except ProviderMissing as error:
        print(f"test: lint and unit passed. Plan and e2e were SKIPPED: {error}")
        return 0
    print("test: lint, unit, plan and e2e passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
