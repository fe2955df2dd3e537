"""Entry point of ``python -m tools.packager``."""

import sys

from tools.packager.cli import main

if __name__ == "__main__":
    sys.exit(main())
