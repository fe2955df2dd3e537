"""A file that is none of orders, or not there, is told of, and not tried again."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, IncompleteReadError
from botocore.response import StreamingBody

from tests.unit.functions.order_import.conftest import BUCKET, HEADER, KEY, row

if TYPE_CHECKING:
    from tests.unit.functions.order_import.conftest import Import

NOT_TEXT = "The file is no text in UTF-8: save it as CSV in UTF-8"
DELETED = "The object was deleted before it was read"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b"\n\r\n", "The file is empty"),
        (HEADER.encode(), "There is no row after the first line"),
        (HEADER.encode("utf-16"), NOT_TEXT),
        (HEADER.encode("utf-16-le"), NOT_TEXT),
        (b"\x1f\x8b\x08\x00" + b"x" * 99, NOT_TEXT),
        (b"PK\x03\x04\x14\x00\x06\x00", NOT_TEXT),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "The first line is '%PDF-1.7'"),
        (row(1).encode() + row(2).encode(), "The first line is 'R-1,ada@example.com"),
        (HEADER.replace(",", ";").encode(), "The first line is 'reference;customer"),
        (b"reference,customer\n", "The first line is 'reference,customer'"),
        (HEADER.replace("sku", "sku,sku").encode(), "The first line is"),
        (b"x" * 50_000, "The first line is"),
    ],
)
def test_what_is_no_file_of_orders_is_reported(
    imports: Import, content: bytes, reason: str
) -> None:
    summary = imports.import_(content)
    assert summary["status"] == "rejected"
    assert summary["reason"].startswith(reason)
    assert imports.orders() == {}


def test_an_object_that_is_gone_is_reported(imports: Import) -> None:
    event = imports.drop(HEADER + row(1))
    imports.s3.delete_object(Bucket=BUCKET, Key=KEY)
    imports.handle(event)
    assert (imports.summary()["status"], imports.summary()["reason"]) == ("rejected", DELETED)


def test_a_version_that_is_gone_is_reported(imports: Import) -> None:
    imports.keep_versions()
    event = imports.drop(HEADER + row(1))
    version = event["Records"][0]["s3"]["object"]["versionId"]
    imports.s3.delete_object(Bucket=BUCKET, Key=KEY, VersionId=version)
    imports.handle(event)
    assert (imports.summary()["status"], imports.summary()["reason"]) == ("rejected", DELETED)


def test_a_version_under_a_delete_marker_is_imported(imports: Import) -> None:
    imports.keep_versions()
    event = imports.drop(HEADER + row(1))
    imports.s3.delete_object(Bucket=BUCKET, Key=KEY)
    imports.handle(event)
    assert imports.summary()["status"] == "imported"


def denied() -> None:
    raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetObject")


def test_gone_is_told_from_denied_by_a_look_at_the_list(imports: Import) -> None:
    event = imports.drop(HEADER + row(1))
    imports.drop(HEADER, KEY + ".bak")
    imports.s3.delete_object(Bucket=BUCKET, Key=KEY)
    with imports.just_before("s3.GetObject", denied):
        imports.handle(event)
    assert imports.summary()["reason"] == DELETED


def test_an_object_that_is_there_and_denied_is_an_error(imports: Import) -> None:
    event = imports.drop(HEADER + row(1))
    with imports.just_before("s3.GetObject", denied), pytest.raises(ClientError, match="Denied"):
        imports.handle(event)
    assert imports.reports() == []


def test_an_object_that_may_not_even_be_listed_is_an_error(imports: Import) -> None:
    event = imports.drop(HEADER + row(1))
    with (
        imports.just_before("s3.GetObject", denied),
        imports.just_before("s3.ListObjectVersions", denied),
        pytest.raises(ClientError, match="GetObject"),
    ):
        imports.handle(event)


def test_an_archived_object_is_reported(imports: Import) -> None:
    body = (HEADER + row(1)).encode()
    event = imports.drop(body)
    imports.s3.put_object(Bucket=BUCKET, Key=KEY, Body=body, StorageClass="GLACIER")
    imports.handle(event)
    assert imports.summary()["reason"].startswith("The object is archived")


def test_a_connection_that_breaks_is_made_anew_where_it_broke(imports: Import) -> None:
    whole = (HEADER + "".join(row(number) for number in range(2000))).encode()
    (upload,) = imports.app.uploads_in(imports.drop(whole))
    requests = []

    def cut(parsed: dict[str, Any], **_: object) -> None:
        rest = parsed["Body"].read()
        requests.append(len(rest))
        parsed["Body"] = StreamingBody(io.BytesIO(rest[: len(rest) // 2 or 1]), str(len(rest)))  # type: ignore[arg-type]

    imports.client("s3").meta.events.register("after-call.s3.GetObject", cut)
    with imports.app.open_object(upload) as file:
        assert file.read() == whole
    assert requests[0] == len(whole)
    assert requests[1] == len(whole) - len(whole) // 2


def test_a_connection_that_breaks_without_a_byte_is_given_up(imports: Import) -> None:
    (upload,) = imports.app.uploads_in(imports.drop(HEADER + row(1)))
    requests = []

    def cut(parsed: dict[str, Any], **_: object) -> None:
        requests.append(parsed)
        parsed["Body"] = StreamingBody(io.BytesIO(), "99")  # type: ignore[arg-type]

    imports.client("s3").meta.events.register("after-call.s3.GetObject", cut)
    with imports.app.open_object(upload) as file, pytest.raises(IncompleteReadError):
        file.read()
    assert len(requests) == 3


@pytest.mark.parametrize("parts", [0, 1, 2, 3])
def test_an_object_of_any_length_is_written_whole(imports: Import, parts: int) -> None:
    piece = b"0123456789" * 100_000
    with imports.app.new_object(BUCKET, "reports/long", "text/plain") as out:
        for _ in range(parts * 6):
            out.write(piece)
        out.write(b"end")
    found = imports.s3.get_object(Bucket=BUCKET, Key="reports/long")["Body"].read()
    assert found == piece * (parts * 6) + b"end"


def test_an_object_that_is_not_finished_leaves_no_parts(imports: Import) -> None:
    def write() -> None:
        with imports.app.new_object(BUCKET, "reports/long", "text/plain") as out:
            out.write(b"0" * 6_000_000)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert imports.s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []
    assert imports.reports() == []
