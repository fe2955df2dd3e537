"""The applied order service, for those who call and watch it: the demo and the end-to-end tests."""

import sys

from tools.paths import SHARED

# What an order is, its functions know: their shared modules are found as in a function's zip.
if str(SHARED) not in sys.path:
    sys.path.append(str(SHARED))
