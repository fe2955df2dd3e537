"""What a row of the demo is: something that is done, what must come of it, and what did."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from tools.order_service.tokens import NoTokenError
from tools.waiting import NotSeenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.demo.visit import Visit
    from tools.local_aws.http import Answer

FAILURES = (ClientError, NoTokenError, NotSeenError, OSError, RuntimeError)


@dataclass(frozen=True)
class Seen:
    """What came of a row: words for the table, milliseconds, and whether it is right."""

    text: str
    milliseconds: float
    right: bool


class UnexpectedError(RuntimeError):
    """Something else came; the message says what."""


@dataclass(frozen=True)
class Call:
    """A request: the statuses that it may be answered with, and what else must be right."""

    what: str
    statuses: tuple[int, ...]
    send: Callable[[Visit], Answer]
    judge: Callable[[Visit, Answer], str] = lambda _visit, _answer: ""

    @property
    def expected(self) -> str:
        """The statuses, in words."""
        return " or ".join(map(str, self.statuses))

    def run(self, visit: Visit) -> Seen:
        """Send it; `judge` names what is wrong beyond the status."""
        try:
            answer = self.send(visit)
        except FAILURES as error:
            return Seen(_short(error), 0, right=False)
        if answer.status not in self.statuses:
            return Seen(f"{answer.status} {answer.body[:60]!r}", answer.milliseconds, right=False)
        wrong = self.judge(visit, answer)
        return Seen(f"{answer.status} {wrong}".strip(), answer.milliseconds, right=not wrong)


@dataclass(frozen=True)
class Effect:
    """Something that is done, and its effect, waited for until it is seen.

    Attributes
    ----------
    do
        Does it and returns what was seen; raises when that is not what must come.
    """

    what: str
    expected: str
    do: Callable[[Visit], str]

    def run(self, visit: Visit) -> Seen:
        """Do it and wait; the milliseconds are those until the effect was seen."""
        began = time.perf_counter()
        try:
            text, right = self.do(visit), True
        except FAILURES as error:
            text, right = _short(error), False
        return Seen(text, (time.perf_counter() - began) * 1000, right=right)


Row = Call | Effect


def must(condition: object, otherwise: str) -> None:
    """Raise with what was seen instead, unless `condition` holds."""
    if not condition:
        raise UnexpectedError(otherwise)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:200]
