"""Orders and their events as pydantic models, with the limits of shared/order.py."""

from __future__ import annotations

from typing import Annotated, Literal

from aws_lambda_powertools.utilities.parser.models import (
    DynamoDBStreamChangedRecordModel,
    DynamoDBStreamRecordModel,
    SqsRecordModel,
)
from pydantic import BaseModel, ConfigDict, Field, Json

Status = Literal["placed", "fulfilling", "awaiting_approval", "fulfilled", "failed", "cancelled"]


class OrderLine(BaseModel):
    """A line of an order."""

    model_config = ConfigDict(extra="forbid")

    sku: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    unit_price: Annotated[int, Field(ge=0, le=100_000_000)]


class NewOrder(BaseModel):
    """What a customer asks for."""

    model_config = ConfigDict(extra="forbid")

    customer: Annotated[str, Field(min_length=1, max_length=254)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    lines: Annotated[list[OrderLine], Field(min_length=1, max_length=100)]


class ReadLine(BaseModel):
    """A line as a consumer reads it: without the pattern."""

    sku: Annotated[str, Field(min_length=1)]
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    unit_price: Annotated[int, Field(ge=0, le=100_000_000)]


class Order(BaseModel):
    """An order as it is kept."""

    id: Annotated[str, Field(min_length=1, max_length=80)]
    customer: Annotated[str, Field(min_length=1, max_length=254)]
    currency: Annotated[str, Field(min_length=3, max_length=3)]
    lines: Annotated[list[ReadLine], Field(min_length=1, max_length=100)]
    total: Annotated[int, Field(ge=0)]
    status: Status
    version: Annotated[int, Field(ge=1)]
    created_at: str
    updated_at: str


class OrderEvent(BaseModel):
    """An order has got a status."""

    id: str
    type: str
    occurred_at: str
    order: Order


class Envelope(BaseModel):
    """What SNS wraps a message in."""

    Type: Literal["Notification"]
    Message: Json[OrderEvent]


class QueueRecord(SqsRecordModel):
    """A queue's record that holds an order's event."""

    body: Json[Envelope]  # type: ignore[assignment]


class ChangeImages(DynamoDBStreamChangedRecordModel):
    """The images of a change of an order."""

    NewImage: Order | None = None  # type: ignore[assignment]
    OldImage: Order | None = None  # type: ignore[assignment]


class ChangeRecord(DynamoDBStreamRecordModel):
    """A stream's record of a change of an order."""

    dynamodb: ChangeImages
