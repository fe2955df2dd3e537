"""Orders of past days in S3, an object for each day in UTC.

An object holds the orders that were created on its day, one JSON object a line, sorted by id and
compressed; the same orders are the same bytes. An order that is there stays there: a later version
of it takes its place.
"""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import msgspec

import object_store
from order import Order
from order_json import write_order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_read_order = msgspec.json.Decoder(Order).decode


class ArchiveBrokenError(Exception):
    """An object of the archive does not hold what it must; nothing may be removed on its word."""


def read(day: date) -> dict[str, Order]:
    """Return the archived orders of `day` by id."""
    return _orders_in(_key(day), object_store.get(_key(day)))


def keep(day: date, orders: Iterable[Order]) -> None:
    """Add `orders` of `day` to the archive, and see that they are there.

    Raises
    ------
    ObjectChangedError
        Another run wrote this day at the same time.
    ArchiveBrokenError
        What stands there cannot be read, or lacks an order after it was written.
    """
    wanted = {order.id: order for order in orders}
    key = _key(day)
    found = object_store.get(key)
    standing = _orders_in(key, found)
    if _lacking(standing, wanted):
        merged = newest_of([*standing.values(), *wanted.values()])
        object_store.replace(key, _bytes_of(merged), "application/gzip", found=found)
        standing = _orders_in(key, object_store.get(key))
    if lacking := _lacking(standing, wanted):
        raise ArchiveBrokenError(f"{key} lacks {len(lacking)} orders that were written to it")


def newest_of(orders: Iterable[Order]) -> dict[str, Order]:
    """Return orders by id, of each its newest version."""
    newest: dict[str, Order] = {}
    for order in orders:
        if order.id not in newest or newest[order.id].version < order.version:
            newest[order.id] = order
    return newest


def _lacking(standing: dict[str, Order], wanted: dict[str, Order]) -> list[str]:
    """Return the ids of the wanted orders that do not stand there in this version or a newer."""
    return [
        order.id
        for order in wanted.values()
        if order.id not in standing or standing[order.id].version < order.version
    ]


def _key(day: date) -> str:
    return f"archive/{day:%Y/%m/%d}.jsonl.gz"


def _bytes_of(orders: dict[str, Order]) -> bytes:
    lines = b"".join(write_order(orders[order_id]) + b"\n" for order_id in sorted(orders))
    # No time of writing in it.
    return gzip.compress(lines, mtime=0)


def _orders_in(key: str, found: object_store.Found | None) -> dict[str, Order]:
    if found is None:
        return {}
    try:
        # An empty object, which gzip takes for nothing compressed, fails as one that is cut off.
        lines = gzip.decompress(found.body or b"\x1f").splitlines()
        return {order.id: order for order in map(_read_order, lines)}
    except (EOFError, OSError, zlib.error, msgspec.MsgspecError) as error:
        raise ArchiveBrokenError(f"{key} cannot be read ({error}): restore it first") from error
