"""The function behind the URL: tells what arrived, or answers as headers of the request say."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from typing import Any


def handler(event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401  Lambda's own
    """Answer with what arrived; x-echo-<field> of the request changes the answer."""
    body = event.get("body") or ""
    data = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    http, headers = event["requestContext"]["http"], event["headers"]
    shown = {
        "method": http["method"],
        "path": event["rawPath"],
        "query": event["rawQueryString"],
        "headers": headers,
        "cookies": event.get("cookies", []),
        "sha256": hashlib.sha256(data).hexdigest(),
        "length": len(data),
        "id": context.aws_request_id,
    }
    answer = {"content-type": "application/json"}
    if "x-echo-cache" in headers:
        answer["cache-control"] = headers["x-echo-cache"]
    status, text = int(headers.get("x-echo-status", "200")), json.dumps(shown)
    if "x-echo-size" in headers:
        text = "x" * int(headers["x-echo-size"])
    if "x-echo-gzip" not in headers:
        return {"statusCode": status, "headers": answer, "body": text}
    packed = gzip.compress(text.encode(), mtime=0)
    return {
        "statusCode": status,
        "headers": answer | {"content-encoding": "gzip"},
        "body": base64.b64encode(packed).decode(),
        "isBase64Encoded": True,
    }
