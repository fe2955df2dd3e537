"""The order service as those see it who call it, welcome partners, and look after it."""

from __future__ import annotations

import datetime
import json
import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tools.local_aws import logs, principals
from tools.local_aws.http import UrlClient
from tools.order_service import permissions, tokens
from tools.order_service.orders import ORDER, item_of
from tools.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from botocore.credentials import Credentials

    from tools.local_aws.server import Server

JSON = {"Content-Type": "application/json"}
LOG_SECONDS = 0.3
"""How long a log that has come to rest has stood still."""


@dataclass(frozen=True)
class Partner:
    """A partner that was welcomed: the client of its system, and its API key."""

    client_id: str
    client_secret: str
    api_key: str
    key_id: str


class Service:
    """The applied order service on the local AWS.

    Parameters
    ----------
    server
        The local AWS.
    outputs
        What Terraform put out.
    people
        What the names of the IAM users begin with that are made here, each with the permissions
        that it needs and no others.
    """

    def __init__(self, server: Server, outputs: Mapping[str, Any], people: str) -> None:
        self.server = server
        self.outputs = outputs
        self._people = people
        self._clients: dict[str, Any] = {}

    # --- who -------------------------------------------------------------------------------------

    def person(self, name: str, *grants: str) -> Credentials:
        """Return credentials of the IAM user `name`, made anew with grants of the service."""
        given = {grant: self.outputs["grants"][grant] for grant in grants}
        return principals.user(self.server, f"{self._people}-{name}", given).credentials

    @cached_property
    def caller(self) -> Credentials:
        """Who may call the function URL."""
        return self.person("caller", "invoke")

    @cached_property
    def manager(self) -> Credentials:
        """Who may approve orders."""
        return self.person("manager", "approve")

    @cached_property
    def uploader(self) -> Credentials:
        """Who may drop files, and read the reports on them."""
        return self.person("uploader", "upload", "upload_reports")

    @cached_property
    def operator(self) -> Credentials:
        """Who looks after the service."""
        grants = permissions.operator_grants(self.outputs)
        return principals.user(self.server, f"{self._people}-operator", grants).credentials

    def client(self, service: str) -> Any:  # noqa: ANN401  boto3's own type
        """Return the operator's client of an AWS service."""
        if service not in self._clients:
            self._clients[service] = self.server.client(service, credentials=self.operator)
        return self._clients[service]

    # --- doors -----------------------------------------------------------------------------------

    def door(
        self,
        name: str,
        credentials: Credentials | None = None,
        *,
        connections: int = 4,
        source: str | None = None,
    ) -> UrlClient:
        """Return a client of one of the three ways to the API: url, http or rest."""
        url = self.outputs["apis"][name]["url"]
        return UrlClient(self.server, url, credentials, connections=connections, source=source)

    def hire(self, name: str) -> str:
        """Make `name` a user of the pool; return the password."""
        cognito, pool = self.client("cognito-idp"), self.outputs["identity"]["user_pool_id"]
        password = f"Aa1!{secrets.token_urlsafe(16)}"
        cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=name, Password=password, Permanent=True
        )
        return password

    def sign_in(self, name: str, password: str, *scopes: str) -> str:
        """Return an access token of the user `name` with just these scopes."""
        return tokens.of_user(self.server, self.outputs["identity"], name, password, scopes)

    def welcome(self, name: str, *scopes: str) -> Partner:
        """Make a partner's client and API key; both secrets are told once, here."""
        made = self.client("cognito-idp").create_user_pool_client(
            UserPoolId=self.outputs["identity"]["user_pool_id"],
            ClientName=name,
            GenerateSecret=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthScopes=list(scopes),
        )["UserPoolClient"]
        gateway = self.client("apigateway")
        key = gateway.create_api_key(name=name, enabled=True, value=secrets.token_urlsafe(30))
        gateway.create_usage_plan_key(
            usagePlanId=self.outputs["apis"]["rest"]["plan_ids"]["partners"],
            keyId=key["id"],
            keyType="API_KEY",
        )
        return Partner(made["ClientId"], made["ClientSecret"], key["value"], key["id"])

    def part_with(self, partner: Partner) -> None:
        """Remove a partner's client and API key."""
        gateway = self.client("apigateway")
        gateway.delete_api_key(apiKey=partner.key_id)
        self.client("cognito-idp").delete_user_pool_client(
            UserPoolId=self.outputs["identity"]["user_pool_id"], ClientId=partner.client_id
        )

    def partner_headers(self, partner: Partner, *scopes: str) -> dict[str, str]:
        """Return what a partner's requests carry: a token with these scopes, and its key."""
        token = tokens.of_client(self.server, partner.client_id, partner.client_secret, scopes)
        return {"Authorization": f"Bearer {token}", "x-api-key": partner.api_key}

    def place(self, order: Mapping[str, Any]) -> str:
        """Place an order at the function URL; return its id."""
        answer = self.door("url", self.caller).post_json("/orders", order)
        if answer.status != 201:
            raise RuntimeError(f"an order was answered with {answer.status}: {answer.body[:200]!r}")
        return str(answer.json()["id"])

    # --- what there is to see --------------------------------------------------------------------

    def item(self, table: str, key: str) -> dict[str, Any] | None:
        """Return the item of one of the tables (orders, notifications, payments, stock)."""
        found = self.client("dynamodb").get_item(
            TableName=self.outputs["tables"][table], Key={"id": {"S": key}}, ConsistentRead=True
        )
        item: dict[str, Any] | None = found.get("Item")
        return item

    def status(self, order_id: str) -> str | None:
        """Return the status of an order as the table has it."""
        item = self.item("orders", order_id)
        return None if item is None else str(item["status"]["S"])

    def become(self, order_id: str, *wanted: str, seconds: float = 30) -> str:
        """Wait until an order has one of the `wanted` statuses, and return that."""

        def look() -> str | None:
            status = self.status(order_id)
            return status if status in wanted else None

        return until(f"order {order_id} {' or '.join(wanted)}", look, seconds=seconds)

    def notified(self, order_id: str, event: str) -> str:
        """Wait for the notification about what happened to an order; return its text."""
        versions = {"order.placed": range(1, 2)}.get(event, range(2, 9))

        def look() -> str | None:
            for version in versions:
                item = self.item("notifications", f"{order_id}.{version}")
                if item is not None and item["type"]["S"] == event:
                    return str(item["text"]["S"])
            return None

        return until(f"notification of {event} of {order_id}", look)

    def count_of(self, table: str, beginning: str, *, of: str = "reference") -> int:
        """Return how many items of a table have an attribute that begins so."""
        pages = (
            self.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self.outputs["tables"][table],
                FilterExpression="begins_with(#of, :beginning)",
                ExpressionAttributeNames={"#of": of},
                ExpressionAttributeValues={":beginning": {"S": beginning}},
                Select="COUNT",
            )
        )
        return sum(page["Count"] for page in pages)

    def wait_for_count(self, table: str, mark: str, count: int, *, seconds: float) -> None:
        """Wait until a table has so many items whose id begins with `mark`, looking seldom."""
        until(
            f"{count} items in {table}",
            lambda: self.count_of(table, mark, of="id") >= count,
            seconds=seconds,
            every=1,
        )

    def put_order(
        self,
        order_id: str,
        status: str,
        at: datetime.datetime,
        order: Mapping[str, Any] = ORDER,
    ) -> None:
        """Put an order into the table that has come to `status` at that moment."""
        self.client("dynamodb").put_item(
            TableName=self.outputs["tables"]["orders"],
            Item=item_of(order_id, status, at, order),
        )

    def available(self, sku: str) -> int:
        """Return how many pieces of an article nobody has reserved."""
        item = self.item("stock", f"sku#{sku}")
        return int(item["available"]["N"]) if item else 0

    def stock_up(self, sku: str, pieces: int) -> None:
        """Add pieces of an article."""
        self.client("dynamodb").update_item(
            TableName=self.outputs["tables"]["stock"],
            Key={"id": {"S": f"sku#{sku}"}},
            UpdateExpression="ADD available :pieces",
            ExpressionAttributeValues={":pieces": {"N": str(pieces)}},
        )

    def payment(self, order_id: str) -> str | None:
        """Return what became of an order's payment: charged, refunded, void, or None."""
        item = self.item("payments", order_id)
        return None if item is None else str(item["state"]["S"])

    def effects(self, order_id: str) -> tuple[str | None, str | None, str | None]:
        """Return what an order, its payment and the reservation of its first line are."""
        held = self.item("stock", f"order#{order_id}#0")
        state = None if held is None else str(held["state"]["S"])
        return self.status(order_id), self.payment(order_id), state

    def execution(self, order_id: str) -> dict[str, Any] | None:
        """Return the execution that fulfils an order, or None before it has begun."""
        states = self.client("stepfunctions")
        arn = f"{self.execution_prefix}:{order_id}"
        try:
            found: dict[str, Any] = states.describe_execution(executionArn=arn)
        except states.exceptions.ExecutionDoesNotExist:
            return None
        return found

    @property
    def execution_prefix(self) -> str:
        """What the ARNs of the workflow's executions begin with."""
        arn: str = self.outputs["workflow"]["arn"]
        return arn.replace(":stateMachine:", ":execution:")

    def executed(self, order_id: str, *, seconds: float = 30) -> tuple[str, list[str]]:
        """Wait for the end of an order's execution; return its status and the states it entered."""

        def look() -> dict[str, Any] | None:
            found = self.execution(order_id)
            return found if found and found["status"] != "RUNNING" else None

        ended = until(f"end of the execution of {order_id}", look, seconds=seconds)
        pages = (
            self.client("stepfunctions")
            .get_paginator("get_execution_history")
            .paginate(executionArn=ended["executionArn"])
        )
        entered = [
            event["stateEnteredEventDetails"]["name"]
            for page in pages
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        ]
        return ended["status"], entered

    def depth(self, queue_url: str) -> int:
        """Return how many messages a queue has, hidden ones too."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
        return sum(int(count) for count in found["Attributes"].values())

    @contextmanager
    def soon_again(self, queue: str, seconds: int = 1) -> Iterator[None]:
        """Let a queue bring a failed message again soon, where it waits for minutes otherwise."""
        sqs, url = self.client("sqs"), self.outputs["queues"][queue]["url"]
        name = "VisibilityTimeout"
        kept = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={name: str(seconds)})
        try:
            yield
        finally:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={name: kept})

    def invocations(self, function: str) -> int:
        """Return how often a function has run, as its log has it when it has come to rest."""
        group = f"/aws/lambda/{self.outputs['functions'][function]}"

        def starts() -> int:
            return sum(m.startswith("START") for m in logs.messages(self.client("logs"), group))

        before, now = -1, starts()
        while now != before:
            time.sleep(LOG_SECONDS)
            before, now = now, starts()
        return now

    def object(self, bucket: str, key: str) -> bytes | None:
        """Return an object's bytes, or None when there is none."""
        s3 = self.client("s3")
        try:
            body: bytes = s3.get_object(Bucket=self.outputs["buckets"][bucket], Key=key)[
                "Body"
            ].read()
        except s3.exceptions.NoSuchKey:
            return None
        return body

    @contextmanager
    def without_permission(self, function: str, action: str) -> Iterator[None]:
        """Take an action away from a function's role for a while."""
        iam, role = self.server.client("iam"), self.outputs["functions"][function]
        with permissions.taken_away(iam, role, action):
            yield

    # --- files and nights ------------------------------------------------------------------------

    def upload(self, key: str, content: bytes) -> str:
        """Drop a file under incoming/; return its version."""
        s3 = self.server.client("s3", credentials=self.uploader)
        put = s3.put_object(
            Bucket=self.outputs["buckets"]["uploads"], Key=f"incoming/{key}", Body=content
        )
        return str(put["VersionId"])

    def report(self, key: str, version: str, *, seconds: float = 60) -> list[dict[str, Any]]:
        """Wait for the report on a version of an uploaded file; return its lines, summary last."""
        s3 = self.server.client("s3", credentials=self.uploader)
        where = {
            "Bucket": self.outputs["buckets"]["uploads"],
            "Key": f"reports/incoming/{key}.report.jsonl",
        }

        def look() -> list[dict[str, Any]] | None:
            try:
                body = s3.get_object(**where)["Body"].read()
            except s3.exceptions.NoSuchKey:
                return None
            lines = [json.loads(line) for line in body.splitlines()]
            return lines if lines[-1]["summary"]["version"] == version else None

        return until(f"report on {key}", look, seconds=seconds)

    def run_now(self, job: str) -> None:
        """Let Scheduler run a nightly job at once: the same target under a schedule for now."""
        scheduler = self.client("scheduler")
        group = self.outputs["schedules"][job]["group_name"]
        nightly = scheduler.get_schedule(GroupName=group, Name=job)
        moment = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=1)
        scheduler.create_schedule(
            GroupName=group,
            Name=f"{job}-now-{secrets.token_hex(4)}",
            ScheduleExpression=f"at({moment:%Y-%m-%dT%H:%M:%S})",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target=nightly["Target"],
        )

    def invoke(self, function: str, event: Any) -> Any:  # noqa: ANN401  JSON
        """Invoke a function of the service by hand, by its alias; return its answer."""
        answer = self.client("lambda").invoke(
            FunctionName=self.outputs["functions"][function],
            Qualifier="live",
            Payload=json.dumps(event),
        )
        payload = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(f"{function}: {payload}")
        return payload
