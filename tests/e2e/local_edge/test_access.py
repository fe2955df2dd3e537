"""Origin access control and the edge signer: who is let in to the function URL and the bucket."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from tests.e2e.local_edge import site as sites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.local_edge.site import Site
    from tools.local_aws.server import Server
    from tools.local_edge.client import Viewer
    from tools.local_edge.server import Edge

BODY = bytes(range(256))
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def policy(site_aws: Server, site_edge: Edge, site: Site) -> Iterator[None]:
    """The function's resource policy, which comes back as it was."""
    yield
    client = site_aws.client("lambda")
    for action in ("InvokeFunctionUrl", "InvokeFunction"):
        try:
            client.remove_permission(
                FunctionName="echo", Qualifier="live", StatementId=f"lambda-{action}"
            )
        except client.exceptions.ResourceNotFoundException:
            continue
    sites.permit(site_aws, site.arn, "lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
    site_edge.refresh()


def test_unsigned_requests_are_refused_by_the_function_url(viewer: Viewer) -> None:
    assert viewer.get("/unsigned/x").status == 403


def test_access_control_signs_for_the_function_url(viewer: Viewer) -> None:
    assert viewer.get("/oac/x?a=1&b=%20c&a=2").status == 200


def test_a_body_without_its_hash_is_refused(viewer: Viewer) -> None:
    for method in ("POST", "PUT"):
        answer = viewer.request(method, "/oac/x", BODY)
        assert answer.status == 403
        assert "signature" in answer.body.decode()


def test_a_body_with_its_hash_arrives_as_it_was(viewer: Viewer) -> None:
    answer = viewer.request("POST", "/oac/x", BODY, {"x-amz-content-sha256": SHA256})
    assert answer.json()["sha256"] == SHA256


def test_a_body_with_another_hash_is_refused(viewer: Viewer) -> None:
    other = hashlib.sha256(b"other").hexdigest()
    assert viewer.request("POST", "/oac/x", BODY, {"x-amz-content-sha256": other}).status == 403


def test_the_hash_may_come_from_an_edge_function(viewer: Viewer) -> None:
    assert viewer.request("POST", "/hashed/x", BODY).json()["sha256"] == SHA256


def test_the_viewers_authorization_is_replaced(viewer: Viewer) -> None:
    assert viewer.get("/oac/x", Authorization="Bearer x").status == 200


@pytest.mark.usefixtures("policy")
@pytest.mark.parametrize("missing", ["InvokeFunctionUrl", "InvokeFunction"])
def test_either_permission_alone_does_not_let_cloudfront_in(
    viewer: Viewer, site_aws: Server, site_edge: Edge, missing: str
) -> None:
    site_aws.client("lambda").remove_permission(
        FunctionName="echo", Qualifier="live", StatementId=f"lambda-{missing}"
    )
    site_edge.refresh()
    assert viewer.get("/oac/x").status == 403


@pytest.mark.usefixtures("policy")
def test_another_distributions_permission_does_not_let_this_one_in(
    viewer: Viewer, site_aws: Server, site_edge: Edge, site: Site
) -> None:
    for action in ("InvokeFunctionUrl", "InvokeFunction"):
        site_aws.client("lambda").remove_permission(
            FunctionName="echo", Qualifier="live", StatementId=f"lambda-{action}"
        )
    other = site.arn.replace(site.id, "E2EXAMPLE")
    sites.permit(site_aws, other, "lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
    site_edge.refresh()
    assert viewer.get("/oac/x").status == 403


def test_the_bucket_lets_in_only_the_distribution_of_its_policy(
    viewer: Viewer, site_aws: Server, site_edge: Edge, site: Site
) -> None:
    sites.bucket_policy(site_aws, site.bucket, site.arn.replace(site.id, "E2EXAMPLE"))
    site_edge.refresh()
    try:
        assert viewer.get("/style.css").status == 403
    finally:
        sites.bucket_policy(site_aws, site.bucket, site.arn)
        site_edge.refresh()
    assert viewer.get("/style.css").status == 200


def test_who_stands_for_cloudfront_may_do_nothing_but_what_the_policies_say(
    site_aws: Server, site_edge: Edge, site: Site
) -> None:
    s3 = site_aws.client("s3", credentials=site_edge.credentials(site.id))
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.put_object(Bucket=site.bucket, Key="x", Body=b"")
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.list_buckets()


def test_the_edge_signer_signs_what_viewers_send(viewer: Viewer) -> None:
    answer = viewer.request(
        "POST", "/signed/a%20b/ä?q=a+b&tag[]=1&tag[]=2&flag", BODY,
        {"Authorization": "Bearer mine", "X-Amz-Date": "forged", "X-Amz-Security-Token": "forged",
         "X-Forwarded-Authorization": "forged", "X-Forwarded-For": "192.0.2.1"},
    )  # fmt: skip
    sent = answer.json()
    assert (sent["sha256"], sent["path"]) == (SHA256, "/signed/a b/ä")
    assert sent["query"] == "q=a%20b&tag%5B%5D=1&tag%5B%5D=2&flag="
    assert sent["headers"]["x-forwarded-authorization"] == "Bearer mine"


def test_the_edge_signer_refuses_a_body_that_it_cannot_see_whole(viewer: Viewer) -> None:
    body = bytes(1_500_000)
    answer = viewer.request("POST", "/signed/x", body)
    assert answer.status == 413
    assert answer.headers["x-cache"] == "LambdaGeneratedResponse from cloudfront"
    headers = {"x-amz-content-sha256": hashlib.sha256(body).hexdigest()}
    assert viewer.request("POST", "/signed/x", body, headers).json()["length"] == 1_500_000
