"""Events of alarms, as CloudWatch sends them: the local AWS sends none."""

from __future__ import annotations

import json
from typing import Any

from tools.local_aws.server import ACCOUNT_ID, REGION
from tools.paths import ROOT

EVENT = ROOT / "tests" / "unit" / "events" / "cloudwatch_alarm.json"


def canary_alarm(function: str, failing: str) -> dict[str, Any]:
    """Return the event of a function's canary alarm: its version `failing` has errors.

    Parameters
    ----------
    function
        Full name of the function.
    failing
        Number of the new version.
    """
    event: dict[str, Any] = json.loads(EVENT.read_text())
    event["resources"] = [f"arn:aws:cloudwatch:{REGION}:{ACCOUNT_ID}:alarm:{function}-canary"]
    event["detail"]["alarmName"] = f"{function}-canary"
    [metric] = event["detail"]["configuration"]["metrics"]
    metric["metricStat"]["metric"]["dimensions"] = {
        "ExecutedVersion": failing,
        "FunctionName": function,
        "Resource": f"{function}:live",
    }
    return event
