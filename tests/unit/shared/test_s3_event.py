"""Events of S3: what they say of an upload."""

from __future__ import annotations

import copy
import json

import pytest

from s3_event import NotAnUploadError, Upload, is_test, uploads_in
from tools.paths import ROOT

PUT = json.loads((ROOT / "tests/unit/events/s3_put.json").read_text())


def with_object(**fields: object) -> dict[str, object]:
    event = copy.deepcopy(PUT)
    event["Records"][0]["s3"]["object"] |= fields
    return dict(event)


def test_an_upload_is_read_with_its_content_and_version() -> None:
    assert uploads_in(PUT) == [
        Upload(
            bucket="test-uploads",
            key="orders/2026-11-25.csv",
            etag="d41d8cd98f00b204e9800998ecf8427e",
            size=1024,
            version="096fKKXTRTtl3on89fVO.nfljtsv6qko",
        )
    ]


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("a+b%2Bc.csv", "a b+c.csv"),
        ("%C3%BCn%C3%AF.csv", "ünï.csv"),
        ("100%2525.csv", "100%25.csv"),
    ],
)
def test_a_key_is_decoded_as_s3_encodes_it(sent: str, key: str) -> None:
    assert uploads_in(with_object(key=sent))[0].key == key


@pytest.mark.parametrize("key", ["", "%FF", "\ud800", "x" * 1025, "%C3%BC" * 513])
def test_a_key_that_s3_cannot_have_is_refused(key: str) -> None:
    with pytest.raises(NotAnUploadError):
        uploads_in(with_object(key=key))


@pytest.mark.parametrize("etag", ["", 'a"b', "a\r\nHost: x", "x" * 129])
def test_an_etag_that_would_be_another_header_is_refused(etag: str) -> None:
    with pytest.raises(NotAnUploadError, match="eTag"):
        uploads_in(with_object(eTag=etag))


@pytest.mark.parametrize(
    ("bucket", "fields"),
    [
        ("no bucket\0test-uploads", {}),
        ("test-uploads", {"eTag": 'no"tag\0d41d8cd98f00b204e9800998ecf8427e'}),
        ("test-uploads", {"eTag": "d41d8cd98f\0x", "versionId": None}),
    ],
)
def test_one_value_does_not_pass_as_two(bucket: str, fields: dict[str, object]) -> None:
    event = with_object(**fields)
    event["Records"][0]["s3"]["bucket"]["name"] = bucket  # type: ignore[index]
    with pytest.raises(NotAnUploadError, match=r"\\x00"):
        uploads_in(event)


def test_a_bucket_without_versions_has_none_in_its_events() -> None:
    event = with_object()
    del event["Records"][0]["s3"]["object"]["versionId"]  # type: ignore[index]
    assert uploads_in(event)[0].version is None


def test_the_test_event_of_s3_is_known() -> None:
    test = json.loads((ROOT / "tests/unit/events/s3_test.json").read_text())
    assert is_test(test)
    assert not is_test(PUT)
