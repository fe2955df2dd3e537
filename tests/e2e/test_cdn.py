"""The website as Terraform made it, and what arrives at a function behind each way to sign.

Through the local edge, which runs the deployed edge functions and signs for origin access control
as CloudFront does.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import secrets
import time
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
import urllib3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.e2e import signing as signings
from tools.order_service.orders import ORDER
from tools.order_service.service import JSON
from tools.paths import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import Stack
    from tests.e2e.signing import Signing
    from tools.local_aws.http import Answer
    from tools.local_edge.client import Viewer
    from tools.local_edge.server import Edge
    from tools.order_service.service import Service

pytestmark = pytest.mark.usefixtures("signing_applied")

EVERY_BYTE = bytes(range(256)) * 40
LARGE = secrets.token_bytes(1_500_000)
SHOP = "https://shop.example.com"
# A request by itself takes some 60 ms.
REQUESTS = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
# All but half a surrogate pair, and the characters that no URL may hold even encoded.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r\n"), max_size=12)
# A segment of a path: a slash in it would be none, and dots alone are resolved.
SEGMENTS = TEXT.filter(lambda text: text.strip(".") and "/" not in text and "\\" not in text)


def hash_of(body: bytes) -> str:
    """Return the SHA-256 of a body in hex."""
    return hashlib.sha256(body).hexdigest()


def by_name(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the values of each name, in their order."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def cache_of(answer: Answer) -> str:
    """Return whose answer it is, in CloudFront's words."""
    return answer.headers["x-cache"].removesuffix(" from cloudfront")


@pytest.fixture
def key(stack: Stack) -> Iterator[str]:
    """A file of the website that is the test's own."""
    bucket, name = stack.outputs["cdn"]["bucket"], f"test-{secrets.token_hex(4)}.bin"
    yield name
    stack.local.client("s3").delete_object(Bucket=bucket, Key=name)


# --- the website of the order service -------------------------------------------------------------


class Named(HTMLParser):
    """The files that a page names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.files: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        for name, value in attrs:
            if name in {"href", "src"} and value and not urlsplit(value).scheme:
                self.files |= {urlsplit(value).path} - {""}


def named_in(name: str, body: bytes) -> set[str]:
    """Return the files of the site that one of its files names: a page, a script or a style."""
    match name.rpartition(".")[2]:
        case "html":
            return Named(body.decode()).files
        case "js":
            pattern = r"""^(?:import|export)\b[^;]*?["']\./([^"']+)["']"""
        case "css":
            pattern = r"""url\(["']?(?!data:|#)([^"')]+)"""
        case _:
            return set()
    return set(re.findall(pattern, body.decode(), re.MULTILINE))


def test_the_page_and_all_that_it_names_come_from_the_bucket(website: Viewer) -> None:
    page = website.get("/")
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    found, left = {"index.html": page.body}, named_in("index.html", page.body)
    while left:
        name = left.pop()
        answer = website.get(f"/{name}")
        assert answer.status == 200, name
        found[name] = answer.body
        left |= named_in(name, answer.body) - found.keys()
    # No file of the site is there for nothing.
    assert found == {path.name: path.read_bytes() for path in (ROOT / "web").iterdir()}


def test_the_page_says_what_browsers_must_keep_to(website: Viewer) -> None:
    for _ in range(2):
        headers = website.get("/").headers
        assert headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'")
        assert headers["strict-transport-security"] == "max-age=31536000"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"


def test_a_file_is_kept_and_revalidated(
    website: Viewer, edge: Edge, stack: Stack, key: str
) -> None:
    bucket, s3 = stack.outputs["cdn"]["bucket"], stack.local.client("s3")
    edge.cache.forget(stack.outputs["cdn"]["id"])
    kept = {"Bucket": bucket, "Key": key, "CacheControl": "public, max-age=0, must-revalidate"}
    s3.put_object(**kept, Body=b"first")
    assert [cache_of(website.get(f"/{key}")) for _ in range(2)] == ["Miss", "Hit"]
    # Kept for the second that CachingOptimized has at least.
    time.sleep(1.1)
    again = website.get(f"/{key}")
    assert (cache_of(again), again.body) == ("RefreshHit", b"first")
    s3.put_object(**kept, Body=b"second")
    time.sleep(1.1)
    changed = website.get(f"/{key}")
    assert (cache_of(changed), changed.body) == ("Miss", b"second")


def test_files_of_the_site_have_the_headers_that_terraform_gave_them(website: Viewer) -> None:
    assert website.get("/").headers["cache-control"] == "public, max-age=0, must-revalidate"


def test_a_file_that_is_not_there_is_a_404_and_not_listed(website: Viewer) -> None:
    assert website.get("/no-such-file").status == 404
    assert b"<ListBucketResult" not in website.get("/?list-type=2").body


def test_the_bucket_lets_in_nobody_else(stack: Stack) -> None:
    bucket = stack.outputs["cdn"]["bucket"]
    pool = urllib3.HTTPSConnectionPool(
        "127.0.0.1",
        stack.local.port,
        ca_certs=str(stack.local.ca_bundle),
        assert_hostname="localhost",
        server_hostname="localhost",
        retries=False,
    )
    assert pool.request("GET", f"/{bucket}/index.html").status == 403
    pool.close()


def test_nobody_writes_to_the_bucket_through_it(website: Viewer) -> None:
    for method in ("PUT", "POST", "DELETE"):
        assert website.request(method, "/index.html", b"").status == 403


def test_10_mb_are_streamed_and_not_kept(
    website: Viewer, edge: Edge, stack: Stack, key: str
) -> None:
    body = secrets.token_bytes(10_000_000)
    bucket = stack.outputs["cdn"]["bucket"]
    stack.local.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    domain = stack.outputs["cdn"]["domain"]
    pool = urllib3.HTTPSConnectionPool(
        "127.0.0.1",
        edge.port,
        ca_certs=str(edge.ca_bundle),
        assert_hostname=domain,
        server_hostname=domain,
        retries=False,
    )
    answer = pool.request("GET", f"/{key}", headers={"Host": domain}, preload_content=False)
    parts = list(answer.stream(65_536))
    assert hash_of(b"".join(parts)) == hash_of(body)
    assert answer.headers["content-length"] == "10000000"
    pool.close()
    assert cache_of(website.get(f"/{key}")) == "Miss"


def test_an_order_is_placed_and_read_through_the_website(website: Viewer) -> None:
    order = ORDER | {"customer": "jürgen+søn@example.com"}
    placed = website.request("POST", "/api/orders", json.dumps(order).encode(), JSON)
    assert placed.status == 201
    location = placed.headers["location"]
    assert location.startswith("/api/orders/")
    read = website.get(location)
    assert (read.status, read.json()["id"]) == (200, placed.json()["id"])
    assert read.json()["customer"] == order["customer"]
    assert website.get("/api/orders?limit=1").json()["orders"][0]["id"] == placed.json()["id"]


def test_the_api_is_never_kept(website: Viewer) -> None:
    for target in ("/api/orders?limit=1", f"/api/orders/{'a' * 26}", "/api/no-such-thing"):
        answers = [website.get(target) for _ in range(2)]
        assert len({answer.headers["x-request-id"] for answer in answers}) == 2
        assert "Hit" not in {cache_of(answer) for answer in answers}


def test_the_function_url_lets_in_nobody_without_a_signature(stack: Stack) -> None:
    url = stack.outputs["apis"]["url"]["url"]
    pool = urllib3.HTTPSConnectionPool(
        "127.0.0.1",
        stack.local.port,
        ca_certs=str(stack.local.ca_bundle),
        assert_hostname=url.split("/")[2],
        server_hostname=url.split("/")[2],
        retries=False,
    )
    assert pool.request("GET", "/orders", headers={"Host": url.split("/")[2]}).status == 403
    pool.close()


def test_nobody_approves_an_order_at_the_website_or_at_the_function_url(
    website: Viewer, service: Service
) -> None:
    route, body = f"/orders/{'a' * 26}/approval", b'{"approved": true}'
    assert website.request("POST", f"/api{route}", body, JSON).status == 403
    at_url = service.door("url", service.caller).request("POST", route, body, JSON)
    assert (at_url.status, at_url.json()["detail"]) == (
        403,
        "Approve at the HTTP API, as one who may invoke that route",
    )
    # Who may, at the right door, hears that there is no such order.
    at_http = service.door("http", service.manager).request("POST", route, body, JSON)
    assert at_http.status == 404


# --- what arrives, as it was sent -----------------------------------------------------------------


@REQUESTS
@given(segments=st.lists(SEGMENTS, max_size=4))
def test_any_path_arrives(echo: Viewer, segments: list[str]) -> None:
    path = "/" + "/".join(segments)
    sent = echo.get("/" + "/".join(quote(segment, safe="") for segment in segments))
    assert sent.status == 200, path
    assert sent.json()["path"] == path
    under = echo.get("/under/" + "/".join(quote(segment, safe="") for segment in segments))
    assert under.json()["path"] == f"/v1/stage~a/under{path}"


@REQUESTS
@given(pairs=st.lists(st.tuples(TEXT, TEXT), max_size=5))
def test_any_query_arrives(echo: Viewer, pairs: list[tuple[str, str]]) -> None:
    pairs = [(f"n{name}", value) for name, value in pairs]
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    arrived = echo.get(f"/x?{query}").json()["query"]
    arrived_pairs = parse_qsl(arrived, keep_blank_values=True, strict_parsing=bool(pairs))
    # The local AWS puts values of one name beside each other.
    assert by_name(arrived_pairs) == by_name(pairs)


@pytest.mark.parametrize(
    ("sent", "arrives"),
    {
        "a=1+2": "a=1%202",
        "a=1%2B2": "a=1%2B2",
        "tag[]=1&tag[]=2": "tag%5B%5D=1&tag%5B%5D=2",
        "b=2&b=1&a=1": "b=2&b=1&a=1",
        "flag": "flag=",
        "flag&x=": "flag=&x=",
        "&&a=1&&": "a=1",
        "a==b=c": "a=%3Db%3Dc",
        "%c3%a4=%c3%9F": "%C3%A4=%C3%9F",
        "a=100%25": "a=100%25",
        "a=%7E-._~": "a=~-._~",
        "q=a/b:c@d?e!$'()*,;": "q=a%2Fb%3Ac%40d%3Fe%21%24%27%28%29%2A%2C%3B",
        "X-Amz-Signature=0&x-amz-date=1&a=1": "a=1",
        "X-%41mz-Expires=9&a=1": "a=1",
    }.items(),
)
def test_a_query_arrives_in_one_spelling(echo: Viewer, sent: str, arrives: str) -> None:
    assert echo.get(f"/x?{sent}").json()["query"] == arrives


@pytest.mark.parametrize(
    ("sent", "arrives"),
    {
        b"/a%20b": "/a b",
        b"/a+b": "/a+b",
        b"/a%2Bb": "/a+b",
        b"/%e2%82%ac": "/€",
        b"/100%": "/100%",
        b"/a%zzb": "/a%zzb",
        b"/a//b/./c/": "/a/b/c/",
        b"/a;v=1,2/(b)*!$'": "/a;v=1,2/(b)*!$'",
        b"/a[b]": "/a[b]",
    }.items(),
)
@pytest.mark.usefixtures("echo")
def test_a_path_arrives_decoded_once(
    edge: Edge, signing: Signing, sent: bytes, arrives: str
) -> None:
    head = [b"GET %b HTTP/1.1" % sent, b"Host: %b" % signing.domain.encode(), b"Connection: close"]
    status, body = signings.raw(edge, signing.domain, head)
    assert status == 200, body
    assert json.loads(body)["path"] == arrives


@pytest.mark.parametrize("path", ["/x", "/under/x", "/hashed/x"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_any_bytes_arrive_with_every_method(echo: Viewer, path: str, method: str) -> None:
    for body in (b"", b"\0", EVERY_BYTE):
        sent = echo.request(method, path, body).json()
        assert (sent["method"], sent["sha256"]) == (method, hash_of(body))


@pytest.mark.usefixtures("echo")
def test_a_body_in_chunks_arrives(edge: Edge, signing: Signing) -> None:
    host = signing.domain.encode()
    chunked = b"Transfer-Encoding: chunked"
    head = [b"POST /x HTTP/1.1", b"Host: " + host, chunked, b"Connection: close"]
    status, body = signings.raw(edge, signing.domain, head, b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert (status, json.loads(body)["sha256"]) == (200, hash_of(b"abcde"))


@pytest.mark.parametrize("path", ["/x", "/hashed/x"])
def test_a_body_over_1_mb_goes_on_with_its_hash_only(echo: Viewer, path: str) -> None:
    refused = echo.request("POST", path, LARGE)
    assert (refused.status, cache_of(refused)) == (413, "LambdaGeneratedResponse")
    assert "SHA-256" in refused.json()["message"]
    assert refused.headers["cache-control"] == "no-store"
    right = {"x-amz-content-sha256": hash_of(LARGE)}
    sent = echo.request("POST", path, LARGE, right).json()
    assert (sent["length"], sent["sha256"]) == (len(LARGE), hash_of(LARGE))
    wrong = {"x-amz-content-sha256": hash_of(b"other")}
    assert echo.request("POST", path, LARGE, wrong).status == 403


def test_head_and_options_arrive(echo: Viewer) -> None:
    head = echo.request("HEAD", "/x")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["content-length"]) > 100
    # Where there is CORS, Lambda answers it itself.
    assert echo.request("OPTIONS", "/x").status == 200


def test_headers_of_the_viewer_arrive_with_all_their_values(echo: Viewer) -> None:
    sent = echo.get(
        "/x", X_Mine="one, two", Cookie="a=b; c=d", Accept_Language="de, en;q=0.5", Range="bytes=0-"
    ).json()["headers"]
    assert (sent["x-mine"], sent["accept-language"]) == ("one, two", "de, en;q=0.5")
    assert sent["cookie"] == "a=b; c=d"
    assert sent["x-from"] == "the-distribution"


def test_who_the_viewer_is_goes_on_unsigned(echo: Viewer) -> None:
    assert echo.get("/x").json()["headers"]["x-forwarded-for"] == "127.0.0.1"
    sent = echo.get("/x", X_Forwarded_For="192.0.2.1").json()["headers"]
    assert "192.0.2.1" in sent["x-forwarded-for"]
    assert sent["via"].endswith("(CloudFront)")
    signed = sent["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    assert signed == "host;x-amz-content-sha256;x-amz-date;x-amz-security-token"


def test_host_and_region_are_those_of_the_origin(echo: Viewer, signing: Signing) -> None:
    sent = echo.get("/x").json()["headers"]
    assert sent["host"] == signing.host
    # The function at the edge runs in us-east-1.
    region = signing.host.split(".")[2]
    assert f"/{region}/lambda/aws4_request" in sent["authorization"]
    assert region != signings.EDGE_REGION


def test_gzip_arrives_as_it_was_packed(echo: Viewer) -> None:
    answer = echo.get("/x", X_Echo_Gzip="1", Accept_Encoding="gzip, deflate")
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-length"] == str(len(answer.body))
    sent = json.loads(gzip.decompress(answer.body))
    assert sent["headers"]["accept-encoding"] in {"gzip", "gzip, deflate"}


def test_5_mb_of_an_answer_arrive(echo: Viewer) -> None:
    assert echo.get("/x", X_Echo_Size="5000000").body == b"x" * 5_000_000


@pytest.mark.parametrize("path", ["/x", "/oac/x"])
def test_no_answer_of_the_function_is_kept(echo: Viewer, path: str) -> None:
    cases = {
        "200": "public, max-age=600", "203": "s-maxage=600", "400": "no-store", "404": "no-store",
        "500": "", "503": "",
    }  # fmt: skip
    for status, control in cases.items():
        headers = {"X_Echo_Status": status} | ({"X_Echo_Cache": control} if control else {})
        answers = [echo.get(path, **headers) for _ in range(2)]
        assert {str(answer.status) for answer in answers} == {status}
        assert len({answer.json()["id"] for answer in answers}) == 2


def test_an_error_is_over_when_it_is_over(echo: Viewer) -> None:
    for status in ("404", "500", "503"):
        path = f"/{secrets.token_hex(4)}"
        answers = [echo.get(path, X_Echo_Status=each) for each in (status, "200")]
        assert [str(answer.status) for answer in answers] == [status, "200"]


def test_a_browser_of_another_origin_may_ask_and_read(echo: Viewer) -> None:
    asked = {"Origin": SHOP, "Access-Control-Request-Method": "POST"}
    before = echo.request("OPTIONS", "/x", None, asked)
    assert before.status == 200
    assert before.headers["access-control-allow-origin"] == SHOP
    assert "POST" in before.headers["access-control-allow-methods"]
    answer = echo.request("POST", "/x", b"{}", {"Origin": SHOP} | JSON)
    assert answer.headers["access-control-allow-origin"] == SHOP
    other = echo.get("/x", Origin="https://evil.example.com")
    assert other.headers.get("access-control-allow-origin") != "https://evil.example.com"


# --- the three ways to sign -----------------------------------------------------------------------


def test_oac_takes_a_body_with_its_hash_and_no_other(echo: Viewer) -> None:
    assert echo.get("/oac/x?a=1&a=2").json()["query"] == "a=1&a=2"
    assert echo.request("POST", "/oac/x", EVERY_BYTE).status == 403
    wrong = {"x-amz-content-sha256": hash_of(b"other")}
    assert echo.request("POST", "/oac/x", EVERY_BYTE, wrong).status == 403
    right = {"x-amz-content-sha256": hash_of(EVERY_BYTE)}
    assert echo.request("POST", "/oac/x", EVERY_BYTE, right).json()["length"] == len(EVERY_BYTE)


def test_oac_with_hash_takes_any_body_and_no_viewers_word_for_it(echo: Viewer) -> None:
    wrong = {"x-amz-content-sha256": hash_of(b"other")}
    sent = echo.request("POST", "/hashed/x", EVERY_BYTE, wrong).json()
    assert sent["sha256"] == sent["headers"]["x-amz-content-sha256"] == hash_of(EVERY_BYTE)


def test_only_the_edge_signer_keeps_the_viewers_authorization(echo: Viewer) -> None:
    seen = {
        path: echo.get(path, Authorization="Bearer mine").json()["headers"]
        for path in ("/x", "/oac/x", "/hashed/x")
    }
    assert seen["/x"]["x-forwarded-authorization"] == "Bearer mine"
    assert all("Bearer mine" not in json.dumps(seen[path]) for path in ("/oac/x", "/hashed/x"))


def test_who_signs_is_who_was_let_in(echo: Viewer, edge: Edge, signing: Signing) -> None:
    client, name = signing.local.client("lambda"), signing.outputs["echo"]["name"]
    policy = json.loads(client.get_policy(FunctionName=name, Qualifier="live")["Policy"])
    clouds = [
        statement
        for statement in policy["Statement"]
        if "cloudfront" in str(statement["Principal"])
    ]
    assert {s["Action"] for s in clouds} == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    sources = {next(iter(s["Condition"]["ArnLike"].values())) for s in clouds}
    assert sources == {signing.outputs["cdn"]["arn"]}
    for statement in clouds:
        client.remove_permission(FunctionName=name, Qualifier="live", StatementId=statement["Sid"])
    try:
        edge.refresh()
        seen = {path: echo.get(path).status for path in ("/x", "/under/x", "/oac/x", "/hashed/x")}
        assert seen == {"/x": 200, "/under/x": 200, "/oac/x": 403, "/hashed/x": 403}
    finally:
        for statement in clouds:
            url = {"FunctionUrlAuthType": "AWS_IAM"} if "Url" in statement["Action"] else {}
            client.add_permission(
                FunctionName=name, Qualifier="live", StatementId=statement["Sid"],
                Action=statement["Action"], Principal="cloudfront.amazonaws.com",
                SourceArn=signing.outputs["cdn"]["arn"], **url,
            )  # fmt: skip
        edge.refresh()
    assert echo.get("/oac/x").status == 200


@pytest.mark.parametrize("action", ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"])
def test_the_signer_needs_both_permissions(echo: Viewer, signing: Signing, action: str) -> None:
    iam, role = signing.local.client("iam"), signing.outputs["signer"]["name"]
    kept = iam.get_role_policy(RoleName=role, PolicyName="execution")["PolicyDocument"]
    left = [s for s in kept["Statement"] if action not in s["Action"]]
    assert len(left) == len(kept["Statement"]) - 1
    put = {"RoleName": role, "PolicyName": "execution"}
    iam.put_role_policy(**put, PolicyDocument=json.dumps(kept | {"Statement": left}))
    try:
        seen = {path: echo.get(path).status for path in ("/x", "/under/x", "/oac/x", "/hashed/x")}
        assert seen == {"/x": 403, "/under/x": 403, "/oac/x": 200, "/hashed/x": 200}
    finally:
        iam.put_role_policy(**put, PolicyDocument=json.dumps(kept))
    assert echo.get("/x").status == 200


def test_a_second_plan_of_the_three_is_empty(signing: Signing) -> None:
    assert not signing.terraform.plan(signing.terraform.data / "second")
