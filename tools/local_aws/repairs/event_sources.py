"""Event source mappings: each is polled on its own, and queues keep what is sent meanwhile.

MiniStack polls all mappings in turn in one thread and runs a stream's function in it, so that one
mapping waits for the others. Queues lose messages that are sent to them while the thread takes some
out.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
import time
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Item = dict[str, Any]
    # Account, region and the mapping itself.
    Scoped = tuple[str, str, Item]

logger = logging.getLogger(__name__)

# Without a message that wakes it, a mapping looks for work once a second.
IDLE_SECONDS = 1.0
# Every message wakes every mapping: one that found nothing does not look again at once.
PAUSE_SECONDS = 0.01
# MiniStack takes no more messages than ReceiveMessage does.
MOST_MESSAGES = 10


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    app: Any = import_module("ministack.app")
    lambda_svc: Any = import_module("ministack.services.lambda_svc")
    sqs: Any = import_module("ministack.services.sqs")
    pollers = Pollers(lambda_svc)
    lambda_svc._iter_all_esms = pollers.mappings
    lambda_svc._ensure_poller = pollers.start
    # Those who wake the poller have the event itself.
    lambda_svc._esm_wake.set = pollers.wake
    sqs._receive_messages_for_esm = receive_without_a_sweep(sqs)
    for name in ("_receive_messages_for_esm", "_delete_messages_for_esm"):
        setattr(sqs, name, on_main_thread(getattr(sqs, name), lambda: app._MAIN_LOOP))


class Pollers:
    """A thread for each event source mapping, from its creation to its deletion.

    Records of a stream's shard stay in order, since a mapping's thread waits for its function. The
    batches of a queue run beside it, as many as the mapping may have.

    Parameters
    ----------
    lambda_svc
        MiniStack's module.
    """

    def __init__(self, lambda_svc: Any) -> None:  # noqa: ANN401  MiniStack's
        self._polls: dict[str, Callable[[], bool]] = {
            "dynamodb": lambda_svc._poll_dynamodb_streams,
            "kinesis": lambda_svc._poll_kinesis,
            "sqs": lambda_svc._poll_sqs,
        }
        self._all: Callable[[], Iterator[Scoped]] = lambda_svc._iter_all_esms
        self._own = threading.local()
        self._lock = threading.Lock()
        # By the mapping's UUID.
        self._woken: dict[str, threading.Event] = {}

    def mappings(self) -> Iterator[Scoped]:
        """Yield the mappings that the calling thread is to poll."""
        own = getattr(self._own, "mapping", None)
        return (one for one in self._all() if own is None or one[2] is own)

    def start(self) -> None:
        """Start a thread for each mapping that has none."""
        with self._lock:
            for _, _, mapping in self._all():
                if mapping["UUID"] not in self._woken:
                    self._woken[mapping["UUID"]] = threading.Event()
                    threading.Thread(target=self._run, args=(mapping,), daemon=True).start()

    def wake(self) -> None:
        """Tell all threads that there may be work."""
        for woken in list(self._woken.values()):
            woken.set()

    def _run(self, mapping: Item) -> None:
        self._own.mapping = mapping
        poll = self._polls.get(mapping["EventSourceArn"].split(":")[2], lambda: False)
        woken = self._woken[mapping["UUID"]]
        while any(self.mappings()):
            woken.clear()
            try:
                found = poll()
            except Exception:
                logger.exception("polling for %s", mapping["FunctionName"])
                found = False
            if not found:
                time.sleep(PAUSE_SECONDS)
                woken.wait(IDLE_SECONDS)
        del self._woken[mapping["UUID"]]


def receive_without_a_sweep(sqs: Any) -> Callable[[str, int], list[Item]]:  # noqa: ANN401
    """Return what takes messages from a queue for a mapping, in a time that does not grow with it.

    MiniStack goes through the whole queue several times for each batch. That is needed only when
    one of the messages may have to go: to the dead-letter queue or for its age.
    """
    receive: Callable[[str, int], list[Item]] = sqs._receive_messages_for_esm

    def run(url: str, number: int) -> list[Item]:
        queue = sqs._get_q(url)
        now = time.time()
        limits = queue["attributes"]
        oldest = now - int(limits.get("MessageRetentionPeriod", 345_600))
        visible = (m for m in queue["messages"] if m.get("visible_at", 0) <= now)
        first = list(islice(visible, min(number, MOST_MESSAGES)))
        if queue["is_fifo"] or any(
            m.get("receive_count") or m.get("sent_at", now) < oldest for m in first
        ):
            return receive(url, number)
        timeout = int(limits.get("VisibilityTimeout", 30))
        taken: list[Item] = sqs._collect_msgs({**queue, "messages": first}, len(first), timeout)
        return taken

    return run


def on_main_thread(
    call: Callable[..., Any], main_loop: Callable[[], asyncio.AbstractEventLoop]
) -> Callable[..., Any]:
    """Wrap what pollers do to a queue: it is done where requests are answered, one at a time.

    Requests put new lists in the place of a queue's messages, and so do these. What came in between
    would be lost.
    """

    @functools.wraps(call)
    def run(*arguments: Any) -> Any:  # noqa: ANN401  MiniStack's
        async def do() -> Any:  # noqa: ANN401  MiniStack's
            return call(*arguments)

        return asyncio.run_coroutine_threadsafe(do(), main_loop()).result()

    return run
