"""Counts for CloudWatch, written as lines of the log: no call, no permission, no client.

CloudWatch makes metrics of them by itself (embedded metric format):
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

Each is of one function, so that environments of one account are told apart. A function whose log
begins at WARN or above loses them: a line without a level counts as INFO.
"""

from __future__ import annotations

import os
import sys
from time import time_ns

import msgspec

NAMESPACE = "OrderService"
_function = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
_encode = msgspec.json.Encoder().encode


def count(**counts: int) -> None:
    """Add to metrics, in one line.

    Parameters
    ----------
    counts
        Names of metrics, as ``OrdersPlaced``, and how many to add; at most a hundred.
    """
    line = {
        "_aws": {
            "Timestamp": time_ns() // 1_000_000,
            "CloudWatchMetrics": [
                {
                    "Namespace": NAMESPACE,
                    "Dimensions": [["FunctionName"]],
                    "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
                }
            ],
        },
        "FunctionName": _function,
        **counts,
    }
    sys.stdout.write(_encode(line).decode() + "\n")
    sys.stdout.flush()
