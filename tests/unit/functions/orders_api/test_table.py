"""What the API asks DynamoDB for, and what it makes of DynamoDB's troubles."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from botocore.stub import ANY, Stubber

from tests.unit.functions.conftest import Context
from tests.unit.functions.orders_api.conftest import ORDER, TABLE, Api
from tools.paths import FUNCTIONS, SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.unit.functions.conftest import Load

ORDER_ID = "a" * 26
CALLS = [
    ("put_item", "POST", "/orders"),
    ("get_item", "GET", f"/orders/{ORDER_ID}"),
    ("query", "GET", "/orders"),
    ("update_item", "POST", f"/orders/{ORDER_ID}/cancel"),
]
ENDPOINT = "https://dynamodb.eu-central-1.amazonaws.com"


@pytest.fixture
def api(load: Load, context: Context) -> Api:
    """Return the order API, without a DynamoDB behind it."""
    app = load("orders_api", TABLE_NAME=TABLE)
    return Api(app, context, app.order_table._client)


@pytest.fixture
def stub(api: Api) -> Iterator[Stubber]:
    """Answer the API's calls to DynamoDB as the test says; all that it says are made."""
    with Stubber(api.dynamodb) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def item(number: int) -> dict[str, Any]:
    """Return an order as it is kept."""
    order_id, at = f"{'a' * 25}{'bcdefg'[number]}", f"2026-03-12T19:03:58.00000{number}Z"
    return {
        "id": {"S": order_id}, "customer": {"S": "ada@example.com"}, "currency": {"S": "EUR"},
        "lines": {"L": []}, "total": {"N": "0"}, "status": {"S": "placed"},
        "version": {"N": "1"}, "created_at": {"S": at}, "updated_at": {"S": at},
        "created_key": {"S": f"{at}#{order_id}"},
    }  # fmt: skip


class TestTrouble:
    @pytest.mark.parametrize(("operation", "method", "path"), CALLS)
    def test_a_call_that_is_throttled_is_503_with_when_to_try_again(
        self, api: Api, stub: Stubber, operation: str, method: str, path: str
    ) -> None:
        stub.add_client_error(operation, "ThrottlingException")
        reply = api.call(method, path, body=ORDER)
        assert (reply.status, reply.headers["retry-after"]) == (503, "1")

    @pytest.mark.parametrize(
        "code",
        ["ProvisionedThroughputExceededException", "RequestLimitExceeded", "InternalServerError"],
    )
    def test_every_passing_trouble_is_503(self, api: Api, stub: Stubber, code: str) -> None:
        stub.add_client_error("put_item", code)
        assert api.place().status == 503

    @pytest.mark.parametrize(
        "error",
        [
            ReadTimeoutError(endpoint_url=ENDPOINT),
            ConnectTimeoutError(endpoint_url=ENDPOINT),
            EndpointConnectionError(endpoint_url=ENDPOINT),
        ],
        ids=lambda error: type(error).__name__,
    )
    @pytest.mark.parametrize(("operation", "method", "path"), CALLS)
    def test_a_table_that_does_not_answer_is_503(
        self,
        api: Api,
        monkeypatch: pytest.MonkeyPatch,
        *,
        error: Exception,
        operation: str,
        method: str,
        path: str,
    ) -> None:
        def fail(**_: object) -> None:
            raise error

        monkeypatch.setattr(api.dynamodb, operation, fail)
        assert api.call(method, path, body=ORDER).status == 503

    def test_why_it_is_503_is_logged(
        self, api: Api, stub: Stubber, capsys: pytest.CaptureFixture[str]
    ) -> None:
        stub.add_client_error("put_item", "ThrottlingException")
        api.place()
        line = json.loads(capsys.readouterr().out.splitlines()[0])
        del line["timestamp"]
        assert line == {
            "level": "WARN", "message": "table busy",
            "operation": "put_item", "reason": "ThrottlingException",
            "correlation_id": Context.aws_request_id,
        }  # fmt: skip

    @pytest.mark.parametrize("code", ["AccessDeniedException", "ResourceNotFoundException"])
    def test_a_fault_of_the_service_is_500_without_detail(
        self, api: Api, stub: Stubber, code: str
    ) -> None:
        stub.add_client_error("put_item", code, "User: arn:aws:sts::123456789012:x is not ...")
        reply = api.place()
        assert (reply.status, "detail" in reply.body) == (500, False)

    def test_three_tries_that_wait_in_vain_end_before_the_functions_time_of_ten_seconds(
        self, api: Api
    ) -> None:
        config: Any = api.dynamodb.meta.config
        tries = config.retries["total_max_attempts"]
        # In the mode "standard" the pause doubles from at most a second.
        assert config.retries["mode"] == "standard"
        assert tries * config.read_timeout + sum(2**n for n in range(tries - 1)) < 10


class TestRequests:
    def test_an_order_is_written_only_where_there_is_none(self, api: Api, stub: Stubber) -> None:
        wanted = {
            "TableName": TABLE, "Item": ANY,
            "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }  # fmt: skip
        stub.add_response("put_item", {}, wanted)
        assert api.place().status == 201

    def test_a_write_whose_answer_was_lost_and_is_repeated_finds_its_own_order(
        self, api: Api, stub: Stubber
    ) -> None:
        written: list[dict[str, Any]] = []
        api.dynamodb.meta.events.register(
            "provide-client-params.dynamodb.PutItem",
            lambda params, **_: written.append(params["Item"]),
        )
        stub.add_response("put_item", {})
        placed = api.place("k")
        stub.add_client_error(
            "put_item", "ConditionalCheckFailedException", modeled_fields={"Item": written[0]}
        )
        again = api.place("k")
        assert (again.status, again.body) == (200, placed.body)

    def test_an_order_is_read_as_it_is_after_all_writes(self, api: Api, stub: Stubber) -> None:
        wanted = {"TableName": TABLE, "Key": {"id": {"S": ORDER_ID}}, "ConsistentRead": True}
        stub.add_response("get_item", {"Item": item(1)}, wanted)
        assert api.call("GET", f"/orders/{ORDER_ID}").status == 200

    @pytest.mark.parametrize(
        ("method", "path"), [("GET", "/orders/x"), ("POST", "/orders/x/cancel")]
    )
    @pytest.mark.usefixtures("stub")
    def test_what_can_be_no_id_is_not_asked_for(self, api: Api, method: str, path: str) -> None:
        assert api.call(method, path).status == 404

    def test_a_page_that_dynamodb_cut_short_is_read_on(self, api: Api, stub: Stubber) -> None:
        last = {name: item(2)[name] for name in ("id", "status", "created_key")}
        wanted = {
            "TableName": TABLE, "IndexName": "by_status", "ScanIndexForward": False,
            "KeyConditionExpression": "#status = :status",
            "ExpressionAttributeNames": {"#status": "status"},
            "ExpressionAttributeValues": {":status": {"S": "placed"}},
        }  # fmt: skip
        stub.add_response(
            "query", {"Items": [item(3), item(2)], "LastEvaluatedKey": last}, wanted | {"Limit": 4}
        )
        stub.add_response(
            "query", {"Items": [item(1)]}, wanted | {"Limit": 2, "ExclusiveStartKey": last}
        )
        reply = api.call("GET", "/orders", query="status=placed&limit=3")
        assert [order["created_at"][-2] for order in reply.body["orders"]] == ["3", "2", "1"]


class TestImport:
    def test_without_a_table_the_function_does_not_start(self, load: Load) -> None:
        with pytest.raises(KeyError, match="TABLE_NAME"):
            load("orders_api")

    def test_nothing_is_imported_that_the_aws_client_has_not_imported_anyway(self) -> None:
        # A cold start pays for each import. What is here is the price of the function itself.
        source = f"""
import sys
sys.path[:0] = [{str(FUNCTIONS / "orders_api")!r}, {str(SHARED)!r}]
import boto3
boto3.client("dynamodb", region_name="eu-central-1")
before = {{name.partition(".")[0] for name in sys.modules}}
import app
print(*{{name.partition(".")[0] for name in sys.modules}} - before)
"""
        done = subprocess.run(
            [sys.executable, "-I", "-c", source],
            env={"TABLE_NAME": TABLE, "AWS_DEFAULT_REGION": "eu-central-1"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        ours = {path.stem for path in SHARED.glob("*.py")} | {"app"}
        # msgspec takes typing_extensions where they are; in the zip they are not.
        assert set(done.stdout.split()) - ours - {"typing_extensions"} == {"msgspec"}
