"""Entry point of ``python -m tools.packager``."""

import gc
import sys

# A run is over in a second, and most of an unchanged tree's 40 ms is imports: collecting cycles,
# of which it makes few, would take a twelfth of it.
gc.disable()

from tools.packager.cli import main  # noqa: E402  imports are what is to be spared

if __name__ == "__main__":
    sys.exit(main())
