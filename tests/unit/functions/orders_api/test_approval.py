"""POST /orders/{id}/approval, and what a cancellation tells a workflow that waits."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from hypothesis import HealthCheck, given, settings

from order import STATUSES
from tests.unit.functions.orders_api.conftest import TABLE
from tests.unit.strategies import json_values
from tools.paths import ROOT

if TYPE_CHECKING:
    from tests.unit.functions.orders_api.conftest import Api

HTTP_API = "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com"
TOKEN = "AAAAKgAAAAIAAAAAAAAAAexample"


class Workflows:
    """Stands for Step Functions: hears answers, or fails as it is told."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401  a module
        self.heard: list[dict[str, str]] = []
        self.error: Exception | None = None
        self._client = app.approvals._client()
        self.exceptions = self._client.exceptions
        app.approvals._client = lambda: self

    def send_task_success(self, **request: str) -> None:
        self._hear(request)

    def send_task_failure(self, **request: str) -> None:
        self._hear(request)

    def _hear(self, request: dict[str, str]) -> None:
        if self.error is not None:
            raise self.error
        self.heard.append(request)

    def refuse(self, code: str) -> None:
        kind = getattr(self.exceptions, code, ClientError)
        self.error = kind({"Error": {"Code": code, "Message": code}}, "SendTask")


@pytest.fixture
def workflows(api: Api) -> Workflows:
    return Workflows(api.app)


def waiting(api: Api) -> str:
    """Place an order that waits for an approval; return its id."""
    order_id = api.placed()
    api.become(order_id, "awaiting_approval")
    api.dynamodb.update_item(
        TableName=TABLE,
        Key={"id": {"S": order_id}},
        UpdateExpression="SET approval_token = :token",
        ExpressionAttributeValues={":token": {"S": TOKEN}},
    )
    return order_id


def decide(api: Api, order_id: str, body: object) -> Any:  # noqa: ANN401  a reply
    return api.call("POST", f"/orders/{order_id}/approval", body=body, domain=HTTP_API)


class TestDecide:
    def test_an_approval_reaches_the_workflow(self, api: Api, workflows: Workflows) -> None:
        reply = decide(api, waiting(api), {"approved": True})
        assert (reply.status, reply.body["status"]) == (202, "awaiting_approval")
        assert workflows.heard == [{"taskToken": TOKEN, "output": '{"approved":true}'}]

    def test_a_refusal_reaches_the_workflow_by_its_class(
        self, api: Api, workflows: Workflows
    ) -> None:
        assert decide(api, waiting(api), {"approved": False}).status == 202
        assert workflows.heard[0]["error"] == "ApprovalRefusedError"

    def test_the_token_is_not_told(self, api: Api, workflows: Workflows) -> None:
        reply = decide(api, waiting(api), {"approved": True})
        assert workflows.heard
        assert TOKEN not in str(reply)

    @pytest.mark.parametrize(
        "domain",
        [
            "abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345.LAMBDA-URL.EU-CENTRAL-1.ON.AWS",
            "",
        ],
    )
    def test_who_comes_by_the_function_url_is_refused(
        self, api: Api, workflows: Workflows, domain: str
    ) -> None:
        path = f"/orders/{waiting(api)}/approval"
        reply = api.call("POST", path, body={"approved": True}, domain=domain)
        assert (reply.status, workflows.heard) == (403, [])
        assert reply.body["detail"] == "Approve at the HTTP API, as one who may invoke that route"

    @pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
    def test_an_answer_that_comes_too_late_is_409(
        self, api: Api, workflows: Workflows, code: str
    ) -> None:
        workflows.refuse(code)
        reply = decide(api, waiting(api), {"approved": True})
        assert (reply.status, reply.body["detail"]) == (
            409,
            "The approval was answered already, or its time is over",
        )

    def test_an_answer_that_does_not_arrive_is_500(self, api: Api, workflows: Workflows) -> None:
        workflows.refuse("ThrottlingException")
        assert decide(api, waiting(api), {"approved": True}).status == 500

    @pytest.mark.parametrize("status", STATUSES)
    def test_an_order_that_waits_for_nothing_is_409(
        self, api: Api, workflows: Workflows, status: str
    ) -> None:
        order_id = api.placed()
        api.become(order_id, status)
        reply = decide(api, order_id, {"approved": True})
        assert (reply.status, workflows.heard) == (409, [])
        assert reply.body["detail"] == f"An order that is {status} waits for no approval"

    def test_an_order_that_there_is_not_is_404(self, api: Api) -> None:
        assert decide(api, "a" * 26, {"approved": True}).status == 404

    def test_a_body_that_is_no_decision_is_400(self, api: Api, workflows: Workflows) -> None:
        reply = decide(api, waiting(api), {"approved": "yes"})
        assert (reply.status, workflows.heard) == (400, [])
        assert reply.body["detail"] == (
            "The body is no decision: Expected `bool`, got `str` - at `$.approved`: "
            'send {"approved": true} or {"approved": false}'
        )

    @given(
        body=json_values.filter(
            lambda v: not (isinstance(v, dict) and isinstance(v.get("approved"), bool))
        )
    )
    @settings(
        max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    def test_nothing_but_a_decision_decides(
        self, api: Api, workflows: Workflows, body: object
    ) -> None:
        # As JSON, whatever it is: text would be sent as it is, and might be a decision.
        assert (decide(api, "a" * 26, json.dumps(body)).status, workflows.heard) == (400, [])


class TestCancel:
    def test_a_workflow_that_waits_hears_of_the_cancellation(
        self, api: Api, workflows: Workflows
    ) -> None:
        assert api.call("POST", f"/orders/{waiting(api)}/cancel").status == 200
        assert workflows.heard[0]["error"] == "OrderCancelledError"

    def test_nobody_hears_of_an_order_that_was_just_placed(
        self, api: Api, workflows: Workflows
    ) -> None:
        api.call("POST", f"/orders/{api.placed()}/cancel")
        assert workflows.heard == []

    @pytest.mark.parametrize("code", ["TaskTimedOut", "ThrottlingException"])
    def test_the_order_is_cancelled_although_the_workflow_does_not_hear(
        self, api: Api, workflows: Workflows, code: str
    ) -> None:
        workflows.refuse(code)
        reply = api.call("POST", f"/orders/{waiting(api)}/cancel")
        assert (reply.status, reply.body["status"]) == (200, "cancelled")

    def test_a_workflow_that_was_not_reached_is_logged(
        self, api: Api, workflows: Workflows, capsys: pytest.CaptureFixture[str]
    ) -> None:
        workflows.error = ConnectTimeoutError(endpoint_url="states")
        order_id = waiting(api)
        capsys.readouterr()
        api.call("POST", f"/orders/{order_id}/cancel")
        assert '"a workflow does not know that its order is cancelled"' in capsys.readouterr().out


def test_the_client_of_step_functions_is_not_made_at_import() -> None:
    code = (
        "import botocore.session as s; made = []; create = s.Session.create_client\n"
        "s.Session.create_client = lambda self, name, *a, **k: (made.append(name), "
        "create(self, name, *a, **k))[1]\n"
        "import app; print(made)"
    )
    shared, own = ROOT / "shared", ROOT / "functions" / "orders_api"
    environment = {"PYTHONPATH": f"{own}:{shared}", "TABLE_NAME": "t", "AWS_REGION": "eu-west-1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment | {"AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.strip() == "['dynamodb']"
