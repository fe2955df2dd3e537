"""What memory a day's orders take in orders_archive: read from the index, kept, seen to be there.

Only what is from the network is not real: orders come as DynamoDB's JSON, the object of the day is
kept here instead of in S3.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import resource
import sys
import uuid

from tools.paths import SHARED

DAY = datetime.date(2026, 1, 1)
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "BUCKET_NAME": "records",
    "TABLE_NAME": "orders",
}


def resident() -> float:
    """Return the most memory so far, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1_000_000 if sys.platform == "darwin" else 1_000)


def answer(number: int) -> str:
    """Return an order of two lines as DynamoDB answers it."""
    moment = f"{DAY.isoformat()}T12:00:00.{number:06d}Z"
    line = {"sku": {"S": f"MUG-{number % 100}"}, "quantity": {"N": "2"}, "unit_price": {"N": "650"}}
    order_id = str(uuid.UUID(int=number))
    return json.dumps({
        "id": {"S": order_id}, "customer": {"S": f"customer{number}@example.com"},
        "currency": {"S": "EUR"}, "lines": {"L": [{"M": line}, {"M": line}]},
        "total": {"N": "2600"}, "status": {"S": "fulfilled"}, "version": {"N": "4"},
        "created_at": {"S": moment}, "updated_at": {"S": moment},
        "created_key": {"S": f"{moment}#{order_id}"},
    })  # fmt: skip


def main() -> None:
    """Archive a day, and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--orders", type=int, default=60_000)
    count = parser.parse_args().orders
    os.environ.update(ENVIRONMENT)
    sys.path.insert(0, str(SHARED))
    import object_store  # noqa: PLC0415  only now can it be found
    import order_archive  # noqa: PLC0415
    import order_item  # noqa: PLC0415

    kept: dict[str, bytes] = {}

    def get(key: str) -> object_store.Found | None:
        return object_store.Found(kept[key], "etag") if key in kept else None

    def replace(
        key: str, body: bytes, content_type: str, *, found: object_store.Found | None
    ) -> None:
        del content_type, found
        kept[key] = body

    object_store.get = get
    object_store.replace = replace
    before = resident()
    orders = [order_item.order_of(json.loads(answer(number))) for number in range(count)]
    read = resident()
    order_archive.keep(DAY, orders)
    most = resident()
    print(f"{count:,} orders: {before:.0f} MB before, {read:.0f} read, {most:.0f} at most: "
          f"{(most - before) * 1e6 / count:,.0f} bytes an order")  # fmt: skip


if __name__ == "__main__":
    main()
