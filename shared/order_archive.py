"""Orders of past days in S3, an object for each day in UTC.

An object holds the orders that were created on its day, one JSON object a line, the oldest first
(of those of one moment, in the order of their ids) and compressed; the same orders are the same
bytes. An order that is there stays there: a later version of it takes its place.

The table's index gives orders in the same order, so both are read side by side, and no more than a
page of either is in memory.
"""

from __future__ import annotations

import gzip
import zlib
from contextlib import contextmanager
from heapq import merge
from itertools import groupby
from typing import TYPE_CHECKING

import msgspec

import object_store
from order import BriefOrder, Order
from order_json import write_order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import date
    from typing import TypeVar

    _Kind = TypeVar("_Kind", Order, BriefOrder)

_read_order = msgspec.json.Decoder(Order).decode
_read_brief_order = msgspec.json.Decoder(BriefOrder).decode
# The highest one, 9, takes three times as long and saves two bytes in a hundred.
_LEVEL = 6


class ArchiveBrokenError(Exception):
    """An object of the archive does not hold what it must; nothing may be removed on its word."""


def keep(day: date, orders: Iterable[Order]) -> str:
    """Add `orders` of `day` to the archive, and see that they are there.

    Parameters
    ----------
    day
        On which they were created, in UTC.
    orders
        The oldest first; one at least.

    Returns
    -------
    str
        The entity tag of the object that has them all, and was read to its end for it.

    Raises
    ------
    ObjectChangedError
        Another run wrote this day at the same time.
    ArchiveBrokenError
        What stands there cannot be read, or is not what was written.
    """
    key = _key(day)
    found = object_store.opened(key)
    standing = _lines_of(key, found, _read_order)
    etag = None if found is None else found.etag
    added = checksum = 0
    with object_store.replacing(key, "application/gzip", etag=etag) as out:
        # A header without the time of writing.
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
        for order, is_new in _merged(standing, _rising(key, orders)):
            added += is_new
            line = write_order(order) + b"\n"
            checksum = zlib.crc32(line, checksum)
            out.write(packer.compress(line))
        out.write(packer.flush())
        if etag is not None and not added:
            out.discard()
    if etag is None or added:
        _check(key, out.etag, checksum)
        return out.etag
    return etag


def standing_of(day: date, etag: str, orders: Iterable[BriefOrder]) -> Iterator[BriefOrder]:
    """Yield those of `orders` that stand in the archive, in the same version or a newer one.

    Parameters
    ----------
    day
        On which they were created, in UTC.
    etag
        What `keep` gave.
    orders
        The oldest first.

    Raises
    ------
    ObjectChangedError
        Another run has written this day since.
    ArchiveBrokenError
        What stands there cannot be read.
    """
    key = _key(day)
    found = object_store.opened(key)
    if found is None or found.etag != etag:
        raise object_store.ObjectChangedError(key)
    archived = _lines_of(key, found, _read_brief_order)
    standing = next(archived, None)
    for order in orders:
        while standing is not None and _place(standing) < _place(order):
            standing = next(archived, None)
        if standing is None:
            return
        if standing.id == order.id and standing.version >= order.version:
            yield order


class Reading:
    """The archived orders of some days, read as they are iterated over, the oldest first.

    Parameters
    ----------
    days
        Days in UTC, the first one first.
    """

    def __init__(self, days: Iterable[date]) -> None:
        self._days = days
        self._etags: dict[str, str | None] = {}

    def __iter__(self) -> Iterator[BriefOrder]:
        """Yield the orders.

        Raises
        ------
        ObjectChangedError
            While it was read, an object was replaced by another.
        ArchiveBrokenError
            What stands there cannot be read.
        """
        for key in map(_key, self._days):
            found = object_store.opened(key)
            self._etags[key] = None if found is None else found.etag
            yield from _lines_of(key, found, _read_brief_order)

    def changed(self) -> str | None:
        """Return the key of an object that is another now than the one that was read, if any is."""
        for key, etag in self._etags.items():
            if object_store.etag_of(key) != etag:
                return key
        return None


def newest_of(*sources: Iterable[_Kind]) -> Iterator[_Kind]:
    """Yield the orders of all sources, the oldest first, and of each its newest version.

    Parameters
    ----------
    sources
        Orders, in each the oldest first.
    """
    for _, same in groupby(merge(*sources, key=_place), key=_place):
        yield max(same, key=_version)


def _merged(standing: Iterable[Order], orders: Iterable[Order]) -> Iterator[tuple[Order, bool]]:
    """Yield each order in its newest version, and whether it does not stand there so already."""
    both = merge(
        ((order, False) for order in standing),
        ((order, True) for order in orders),
        key=lambda one: _place(one[0]),
    )
    for _, same in groupby(both, key=lambda one: _place(one[0])):
        # Of the same version, the one that stands there: it comes first.
        yield max(same, key=lambda one: one[0].version)


def _place(order: Order | BriefOrder) -> tuple[str, str]:
    return order.created_at, order.id


def _version(order: Order | BriefOrder) -> int:
    return order.version


def _key(day: date) -> str:
    return f"archive/{day:%Y/%m/%d}.jsonl.gz"


def _check(key: str, etag: str, checksum: int) -> None:
    """See that an object is what was written: lines with this checksum."""
    found = object_store.opened(key)
    if found is None or found.etag != etag:
        raise object_store.ObjectChangedError(key)
    seen = 0
    with _unpacked(key, found) as lines:
        for line in lines:
            seen = zlib.crc32(line, seen)
    if seen != checksum:
        raise ArchiveBrokenError(f"{key} is not what was written to it")


def _lines_of(
    key: str, found: object_store.Opened | None, read: Callable[[bytes], _Kind]
) -> Iterator[_Kind]:
    """Yield the orders of an object, the oldest first; none without an object."""
    if found is None:
        return
    with _unpacked(key, found) as lines:
        yield from _rising(key, map(read, lines))


def _rising(key: str, orders: Iterable[_Kind]) -> Iterator[_Kind]:
    """Yield `orders` as long as each comes after the one before it, on which all here relies."""
    before = ("", "")
    for order in orders:
        place = _place(order)
        if place <= before:
            raise ArchiveBrokenError(
                f"{order.id} is in the wrong place in {key}, or among the orders for it: sort the "
                "lines there by created_at and id, each id once"
            )
        before = place
        yield order


@contextmanager
def _unpacked(key: str, found: object_store.Opened) -> Iterator[Iterable[bytes]]:
    with found.file as packed, gzip.GzipFile(fileobj=packed) as lines:
        # gzip takes it for nothing compressed; it is one that was cut off.
        if not packed.peek(1):
            raise _unreadable(key, "it is empty")
        try:
            yield lines
        except (EOFError, gzip.BadGzipFile, zlib.error, msgspec.MsgspecError) as error:
            raise _unreadable(key, error) from error


def _unreadable(key: str, why: object) -> ArchiveBrokenError:
    return ArchiveBrokenError(f"{key} cannot be read ({why}): restore it first")
