"""What a file's event names, by Powertools: its data class, and its pydantic model."""

from __future__ import annotations

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import S3Event
from aws_lambda_powertools.utilities.parser.models import S3Model
from models import NewOrder

logger = Logger(service="orders")
dynamodb = boto3.client("dynamodb")
s3 = boto3.client("s3")
table = os.environ["TABLE_NAME"]
MODEL = NewOrder

Upload = tuple[str, str, str, int, str | None]


def uploads_bare(event: dict[str, Any]) -> list[Upload]:
    """Return the uploads of an event that nobody validates."""
    return [
        (
            record.s3.bucket.name,
            record.s3.get_object.key,
            record.s3.get_object.etag,
            record.s3.get_object.size,
            record.s3.get_object.version_id,
        )
        for record in S3Event(event).records
    ]


def uploads(event: dict[str, Any]) -> list[Upload]:
    """Return the uploads of an event."""
    return [
        (
            record.s3.bucket.name,
            record.s3.object.key,
            record.s3.object.eTag or "",
            int(record.s3.object.size or 0),
            record.s3.object.versionId,
        )
        for record in S3Model.model_validate(event).Records
    ]
