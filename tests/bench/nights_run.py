"""What a day's orders cost in a job of the night: CPU an order, and memory, which must not grow.

The table's index gives orders that are made while it is read, and keeps them whatever is removed.
The bucket is a folder. The report finds all orders in the archive as well.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.bench import in_process
from tests.bench.in_process import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bench.in_process import Sent

DAY = datetime.date(2026, 1, 1)
ARCHIVE = f"archive/{DAY:%Y/%m/%d}.jsonl.gz"
ENVIRONMENT = {"ARCHIVE_AFTER_DAYS": "90", "BUCKET_NAME": "records", "TIME_ZONE": "UTC"}
_MIDNIGHT = datetime.datetime.combine(DAY, datetime.time())
# Most orders end well: of ten numbers, two are others.
STATUSES = {"failed": (4,), "cancelled": (9,), "fulfilled": (0, 1, 2, 3, 5, 6, 7, 8)}


class Orders:
    """So many orders of two lines, over one day, as the index by status answers them.

    The first ones may have been moved to the archive, so that the index has the others only.
    """

    def __init__(self, count: int, moved: int = 0) -> None:
        self.count = count
        self._moved = moved
        self._step = 86_400_000_000 // count

    def moment(self, number: int) -> str:
        """Return when an order was created."""
        at = _MIDNIGHT + datetime.timedelta(microseconds=number * self._step)
        return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def item(self, number: int) -> dict[str, Any]:
        """Return an order as an item."""
        moment, order_id = self.moment(number), _id(number)
        line = {"sku": {"S": f"MUG-{number % 100}"}, "quantity": {"N": "2"},
                "unit_price": {"N": "650"}}  # fmt: skip
        return {
            "id": {"S": order_id}, "customer": {"S": f"customer{number}@example.com"},
            "currency": {"S": "EUR"}, "lines": {"L": [{"M": line}, {"M": line}]},
            "total": {"N": "2600"}, "status": {"S": _status(number)}, "version": {"N": "4"},
            "created_at": {"S": moment}, "updated_at": {"S": moment},
            "created_key": {"S": f"{moment}#{order_id}"}, "correlation_id": {"S": order_id},
        }  # fmt: skip

    def query(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a query of the index."""
        values = request["ExpressionAttributeValues"]
        first = self._after(values[":first"]["S"])
        if "ExclusiveStartKey" in request:
            first = self._after(request["ExclusiveStartKey"]["created_key"]["S"] + " ")
        end = self._after(values[":end"]["S"] + " ")
        wanted = STATUSES.get(values[":status"]["S"], ())
        found: list[dict[str, Any]] = []
        for number in range(max(first, self._moved), end):
            if number % 10 in wanted:
                if len(found) == request["Limit"]:
                    last = {name: found[-1][name] for name in ("id", "status", "created_key")}
                    return self._page(found, request) | {"LastEvaluatedKey": last}
                found.append(self.item(number))
        return self._page(found, request)

    @staticmethod
    def _page(found: list[dict[str, Any]], request: dict[str, Any]) -> dict[str, Any]:
        if "ProjectionExpression" in request:
            names = [name.strip(" #") for name in request["ProjectionExpression"].split(",")]
            found = [{name: item[name] for name in names} for item in found]
        return {"Items": found, "Count": len(found)}

    def _after(self, place: str) -> int:
        """Return the first number whose key is not before `place`."""
        number = (datetime.datetime.fromisoformat(place[:26]) - _MIDNIGHT).total_seconds()
        number = max(round(number * 1e6 / self._step), 0)
        return min(number + (f"{self.moment(number)}#{_id(number)}" < place), self.count)


def _id(number: int) -> str:
    return str(uuid.UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))


def _status(number: int) -> str:
    return next(status for status, wanted in STATUSES.items() if number % 10 in wanted)


class World:
    """The table's index, and a bucket in a folder."""

    def __init__(self, orders: Orders, folder: Path) -> None:
        self.removed = 0
        self._orders = orders
        self._folder = folder
        self._writes = 0

    def answer(self, sent: Sent) -> Answer:
        """Answer a request."""
        from botocore import xform_name  # noqa: PLC0415  once the function has been loaded

        answer: Callable[[Sent], Answer] = getattr(self, f"_{xform_name(sent.operation)}")
        return answer(sent)

    def _query(self, sent: Sent) -> Answer:
        return _json(self._orders.query(json.loads(sent.body)))

    def _transact_write_items(self, sent: Sent) -> Answer:
        self.removed += len(json.loads(sent.body)["TransactItems"])
        return _json({})

    def _list_objects_v2(self, _: Sent) -> Answer:
        return Answer(body=b"<a><KeyCount>0</KeyCount></a>")

    def _get_object(self, sent: Sent) -> Answer:
        path = self._path(sent)
        if not path.is_file():
            return Answer(404, body=b"<Error><Code>NoSuchKey</Code></Error>")
        headers = {"ETag": self._etag(), "content-length": str(path.stat().st_size)}
        return Answer(headers=headers, body=path.open("rb", buffering=0))

    def _head_object(self, sent: Sent) -> Answer:
        return Answer(200 if self._path(sent).is_file() else 404, {"ETag": self._etag()})

    def _put_object(self, sent: Sent) -> Answer:
        path = self._path(sent)
        path.unlink(missing_ok=True)
        _append(path, sent.body)
        self._writes += 1
        return Answer(headers={"ETag": self._etag()})

    def _create_multipart_upload(self, _: Sent) -> Answer:
        return Answer(body=b"<a><UploadId>1</UploadId></a>")

    def _upload_part(self, sent: Sent) -> Answer:
        _append(self._path(sent).with_suffix(".parts"), sent.body)
        return Answer(headers={"ETag": '"part"', "x-amz-checksum-crc32": "AAAAAA=="})

    def _complete_multipart_upload(self, sent: Sent) -> Answer:
        path = self._path(sent)
        path.with_suffix(".parts").replace(path)
        self._writes += 1
        return Answer(body=f"<a><ETag>{self._etag()}</ETag></a>".encode())

    def _path(self, sent: Sent) -> Path:
        return self._folder / urlsplit(sent.url).path.rpartition("/")[2]

    def _etag(self) -> str:
        return f'"{self._writes}"'


def _json(value: object) -> Answer:
    return Answer(body=json.dumps(value).encode())


def _append(path: Path, body: Any) -> None:  # noqa: ANN401  bytes, or a file
    """Add a request's body to a file: one of aws-chunked, as boto3 sends it over TLS."""
    with path.open("ab") as file:
        if isinstance(body, bytes | bytearray):
            file.write(body)
            return
        blocks = iter(lambda: body.read(16_384), b"")
        seen, left = b"", 0
        for block in blocks:
            seen += block
            while seen:
                if left > 2:
                    # Data, and after it a line break that is none of it.
                    data = seen[: left - 2]
                    file.write(data)
                    seen, left = seen[len(data) :], left - len(data)
                elif left:
                    gone = min(left, len(seen))
                    seen, left = seen[gone:], left - gone
                else:
                    size, found, rest = seen.partition(b"\r\n")
                    if not found:
                        break
                    if not int(size, 16):
                        return
                    seen, left = rest, int(size, 16) + 2


def archive(orders: Orders, count: int, path: Path) -> None:
    """Write the archive of a day that has its first orders, as the function does."""
    import order_archive  # noqa: PLC0415  found once load() has set the path
    import order_item  # noqa: PLC0415
    import order_json  # noqa: PLC0415

    with gzip.open(path, "wb", order_archive._LEVEL) as file:
        for number in range(count):
            file.write(order_json.write_order(order_item.order_of(orders.item(number))) + b"\n")


def main() -> None:
    """Print the figures of one run as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.nights_run")
    parser.add_argument("job", choices=["orders_archive", "orders_report"])
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument(
        "--moved", type=int, default=0, help="orders before them that are in the archive already"
    )
    options = parser.parse_args()
    moved: int = options.moved
    count: int = options.orders + moved
    orders = Orders(count, moved)
    app = in_process.load(options.job, **ENVIRONMENT)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        world = World(orders, folder)
        requests = in_process.connect(world.answer, "order_table", "object_store")
        kept = folder / Path(ARCHIVE).name
        if options.job == "orders_report":
            archive(orders, count, kept)
        elif moved:
            archive(orders, moved, kept)
        done, taken = in_process.run(app.handler, {"day": str(DAY)})
        if options.job == "orders_archive":
            assert done == {"moved": {str(DAY): options.orders}, "next_day": None}, done
            assert world.removed == options.orders
        else:
            report = json.loads((folder / f"{DAY}.json").read_bytes())
            assert report["placed"] == count, report
        each = round(kept.stat().st_size / count, 1)
    in_process.tell(count, taken, requests, archived_bytes_an_order=each)


if __name__ == "__main__":
    main()
