"""IAM users on the local AWS, of which there may be more than one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from tools.local_aws import principals

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.local_aws.server import Server


class Local:
    """A local AWS with one client of IAM, whose answers tests give."""

    def __init__(self) -> None:
        self.iam: Any = boto3.client(
            "iam", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
        )
        self.stub = Stubber(self.iam)

    def client(self, service: str) -> Any:  # noqa: ANN401  boto3's own
        assert service == "iam"
        return self.iam

    def lists(self, *pages: list[str]) -> None:
        """Let it list users, a page after the other."""
        for number, page in enumerate(pages, start=1):
            more = {"IsTruncated": True, "Marker": f"after-{number}"} if number < len(pages) else {}
            asked = {"Marker": f"after-{number - 1}"} if number > 1 else {}
            self.stub.add_response("list_users", {"Users": [user(n) for n in page], **more}, asked)


def user(name: str) -> dict[str, Any]:
    return {
        "Path": "/", "UserName": name, "UserId": "AIDACKCEVSQ6C2EXAMPLE",
        "Arn": f"arn:aws:iam::123456789012:user/{name}", "CreateDate": "2026-11-24",
    }  # fmt: skip


@pytest.fixture
def local() -> Iterator[Local]:
    made = Local()
    with made.stub:
        yield made
        made.stub.assert_no_pending_responses()


def test_the_users_of_all_pages_are_named(local: Local) -> None:
    local.lists(["ada", "grace"], ["edsger"], ["barbara"])
    assert principals.names(cast("Server", local)) == {"ada", "grace", "edsger", "barbara"}


def test_a_user_of_the_last_page_is_removed(local: Local) -> None:
    local.lists(["ada"], ["grace"])
    who = {"UserName": "grace"}
    local.stub.add_response("list_access_keys", {"AccessKeyMetadata": []}, who)
    local.stub.add_response("list_user_policies", {"PolicyNames": ["granted"]}, who)
    local.stub.add_response("delete_user_policy", {}, {**who, "PolicyName": "granted"})
    local.stub.add_response("delete_user", {}, who)
    principals.remove(cast("Server", local), "grace")


def test_a_user_that_is_not_there_is_left_alone(local: Local) -> None:
    local.lists(["ada"], ["grace"])
    principals.remove(cast("Server", local), "edsger")
