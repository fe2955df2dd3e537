"""The website: static files out of the cache or the bucket, and the API behind the edge signer."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from tools.demo.rows import Call, Effect, Row, must
from tools.local_edge.client import Viewer
from tools.order_service.orders import ORDER
from tools.order_service.service import JSON
from tools.waiting import until

if TYPE_CHECKING:
    from tools.demo.visit import Visit
    from tools.local_aws.http import Answer

EVERY_BYTE = bytes(range(256))
# More than the 1 MB that CloudFront shows a function of a body.
LARGE = (EVERY_BYTE * 5860)[:1_500_000]
FILE = {"Content-Type": "application/octet-stream"}
# A viewer that would like to be taken for somebody else.
FORGED = {
    "Authorization": "AWS4-HMAC-SHA256 Credential=AKIAFORGED/20260101/eu-west-1/lambda/aws4_request"
    f", SignedHeaders=host, Signature={'0' * 64}",
    "X-Amz-Content-Sha256": "0" * 64,
    "X-Amz-Date": "20260101T000000Z",
    "X-Amz-Invocation-Type": "Event",
    "X-Amz-Security-Token": "forged",
    "X-Forwarded-Authorization": "forged",
    "X-Forwarded-Host": "forged.example.com",
}


def _hash_of(body: bytes) -> dict[str, str]:
    return {"X-Amz-Content-Sha256": hashlib.sha256(body).hexdigest()}


def _is_from_s3(_visit: Visit, answer: Answer) -> str:
    page = answer.headers["content-type"].startswith("text/html") and b"<title>" in answer.body
    # Where the demo ran before, S3 is asked whether what is kept is still right.
    asked = answer.headers["x-cache"].startswith(("Miss ", "RefreshHit "))
    return "" if page and asked else f"not from S3: {answer.headers['x-cache']}"


def _page_again(visit: Visit) -> str:
    # It is kept for a second: this asks, and asks again at once.
    caches = [visit.viewer.get("/").headers["x-cache"] for _ in range(2)]
    must(caches[-1] == "Hit from cloudfront", f"X-Cache: {caches[-1]}")
    return caches[-1]


def _post(visit: Visit, body: bytes, headers: dict[str, str] | None = None) -> Answer:
    return visit.viewer.request("POST", "/api/orders", body, {**JSON, **(headers or {})})


def _upload(visit: Visit, headers: dict[str, str] | None = None) -> Answer:
    target = "/api/uploads?name=noise.csv"
    answer = visit.viewer.request("POST", target, LARGE, {**FILE, **(headers or {})})
    if answer.status == 201:
        visit.upload_key = answer.json()["key"]
    return answer


def _is_kept(visit: Visit) -> str:
    # The account's owner looks: no grant lets anybody read what was dropped.
    s3, bucket = visit.service.server.client("s3"), visit.service.outputs["buckets"]["uploads"]
    kept = s3.get_object(Bucket=bucket, Key=visit.upload_key)["Body"].read()
    must(kept == LARGE, f"{visit.upload_key} is not what was sent")
    return "byte for byte"


def _is_the_edges(_visit: Visit, answer: Answer) -> str:
    made = answer.headers["x-cache"] == "LambdaGeneratedResponse from cloudfront"
    return "" if made else f"not of the edge: {answer.body[:40]!r}"


def _is_the_functions(_visit: Visit, answer: Answer) -> str:
    return "" if "x-request-id" in answer.headers else f"not of the API: {answer.body[:40]!r}"


def _has_no_json(visit: Visit, answer: Answer) -> str:
    # Lambda has compared the bytes with their hash, and the function has seen them.
    return "" if "no JSON" in answer.json()["detail"] else _is_the_functions(visit, answer)


def _reads_query(visit: Visit) -> str:
    sent = "a b+[c]&é"
    target = f"/api/orders?status=a+b%2B[c]%26{quote('é')}"
    detail = visit.viewer.get(target).json()["detail"]
    must(f"status is {sent!r}" in detail, detail)
    detail = visit.viewer.get("/api/orders?limit=1&tag[]=x&limit=2").json()["detail"]
    must("limit 2 times" in detail, detail)
    return f"{sent!r}, and both of two"


def _reads_path(visit: Visit) -> str:
    path = "/api/orders/Süßes für 2+1"
    answer = visit.viewer.get(quote(path, safe="/+"))
    seen = unquote(answer.json()["instance"])
    must((answer.status, seen) == (404, path), f"{answer.status} for {seen}")
    return seen.rsplit("/", 1)[1]


def _forgets_errors(visit: Visit) -> str:
    path = f"/api/orders/{'a' * 26}"
    seen = {visit.viewer.get(path).json()["instance"] for _ in range(2)}
    ids = {visit.viewer.get(path).headers["x-request-id"] for _ in range(2)}
    must(seen == {path} and len(ids) == 2, "the second 404 is the first one")
    return "two answers"


def _by_origin_path(visit: Visit) -> str:
    """Ask a copy of the distribution that puts /api before each path, and remove it again."""
    cloudfront = visit.service.server.client("cloudfront")
    found = cloudfront.get_distribution_config(Id=visit.service.outputs["cdn"]["id"])
    config = found["DistributionConfig"] | {"CallerReference": str(uuid.uuid4())}
    for origin in config["Origins"]["Items"]:
        if origin["Id"] == "api":
            origin["OriginPath"] = "/api"
    for behavior in config["CacheBehaviors"]["Items"]:
        behavior["PathPattern"] = behavior["PathPattern"].removeprefix("/api")
    made = cloudfront.create_distribution(DistributionConfig=config)
    try:
        return _orders_at(visit, made["Distribution"]["DomainName"])
    finally:
        stopped = cloudfront.update_distribution(
            Id=made["Distribution"]["Id"],
            IfMatch=made["ETag"],
            DistributionConfig=config | {"Enabled": False},
        )
        cloudfront.delete_distribution(Id=made["Distribution"]["Id"], IfMatch=stopped["ETag"])


def _orders_at(visit: Visit, domain: str) -> str:
    viewer = Viewer(visit.edge.port, visit.edge.ca_bundle, domain)
    try:
        # The edge looks for new distributions now and then.
        until("an answer", lambda: viewer.get("/orders?limit=1").status == 200)
        path = f"/orders/{'a' * 26}"
        seen = viewer.get(path).json()["instance"]
        must(seen == f"/api{path}", f"the function saw {seen}")
    finally:
        viewer.close()
    return "/api before the path"


ROWS: tuple[Row, ...] = (
    Call("The page, from S3", (200,), lambda v: v.viewer.get("/"), _is_from_s3),
    Effect("The page again, from the cache", "Hit from cloudfront", _page_again),
    Call("The API, signed at the edge", (200,), lambda v: v.viewer.get("/api/orders?limit=1"),
         _is_the_functions),
    Call("Place an order", (201,), lambda v: _post(v, json.dumps(ORDER).encode()),
         _is_the_functions),
    Call("The function URL itself, without a signature", (403,),
         lambda v: v.url(None).request("GET", "/orders")),
    Call("A viewer that forges Authorization and X-Amz-*", (200,),
         lambda v: v.viewer.request("GET", "/api/orders?limit=1&X-Amz-Date=forged", None, FORGED),
         _is_the_functions),
    Call("A file of 1.5 MB", (413,), _upload, _is_the_edges),
    Call("The same with another SHA-256", (403,), lambda v: _upload(v, _hash_of(b"other"))),
    Call("The same with its SHA-256", (201,), lambda v: _upload(v, _hash_of(LARGE)),
         _is_the_functions),
    Effect("It is in S3", "byte for byte", _is_kept),
    Call("All 256 bytes arrive as they were: no JSON", (400,), lambda v: _post(v, EVERY_BYTE),
         _has_no_json),
    Effect("A query with plus, brackets, and a name twice", "arrives", _reads_query),
    Effect("A path with letters that are not ASCII", "arrives", _reads_path),
    Effect("A distribution with an OriginPath", "/api before the path", _by_origin_path),
    Effect("What is not there is asked for again", "two answers", _forgets_errors),
)  # fmt: skip
