"""The local AWS: what an invocation logs is its own, whenever it comes."""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from tools.local_aws.repairs import lambda_
from tools.local_aws.repairs.lambda_ import END_OF_LOG, TELL_END, to_its_end


class Worker(SimpleNamespace):
    """As MiniStack's, as far as its log is read."""

    def __init__(self, *lines: str, runtime: str = "python3.13") -> None:
        self._stderr_queue: queue.Queue[str] = queue.Queue()
        for line in lines:
            self._stderr_queue.put(line)
        self._stderr_thread = threading.Thread()  # not begun: the worker is dead
        self.config = {"Runtime": runtime}

    def left(self) -> list[str]:
        return list(self._stderr_queue.queue)


def ministacks_own(*_: object, **__: object) -> str:
    return "as MiniStack has it"


read = to_its_end(ministacks_own)


@pytest.mark.parametrize(
    ("lines", "log"),
    [
        (["a", "", "b", END_OF_LOG], "a\n\nb"),
        (["a", f"no line's end{END_OF_LOG}"], "a\nno line's end"),
        ([END_OF_LOG], ""),
    ],
)
def test_a_log_ends_where_the_worker_says(lines: list[str], log: str) -> None:
    worker = Worker(*lines, "of the next")
    assert read(worker) == log
    assert worker.left() == ["of the next"]


def test_lines_that_come_late_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    # However busy the machine is.
    monkeypatch.setattr(lambda_, "LOG_SECONDS", 30)
    worker, read_all = Worker("early"), threading.Event()

    def log() -> None:
        for line in ("late", END_OF_LOG):
            time.sleep(0.06)
            worker._stderr_queue.put(line)
        read_all.wait(30)

    worker._stderr_thread = threading.Thread(target=log, daemon=True)
    worker._stderr_thread.start()
    try:
        assert read(worker) == "early\nlate"
    finally:
        read_all.set()


def test_a_worker_that_has_died_is_not_waited_for_longer_than_it_has_lines() -> None:
    assert read(Worker("its last words")) == "its last words"


def test_other_runtimes_are_read_as_before() -> None:
    assert read(Worker("a", runtime="nodejs22.x")) == "as MiniStack has it"


def test_a_worker_says_so_after_what_it_has_logged() -> None:
    program = (
        "import os, sys\n_real_stdout = sys.stdout\n"
        f"def run():\n    if True:\n        sys.stderr.write('a line')\n{TELL_END}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stderr == f"a line{END_OF_LOG}\n"
