"""Dies in the middle of a batch: after so many calls to AWS of one kind, in the first invocations.

The process ends at once, as when Lambda takes its environment away; nothing is answered.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

app: Any = import_module("app")  # the function's own
settings = json.loads(Path(__file__).with_name("fault.json").read_text())
_call = BaseClient._make_api_call  # type: ignore[attr-defined]  # not in the stubs
_calls = 0


def _killing(client: Any, operation: str, parameters: Any) -> Any:  # noqa: ANN401  boto3's own
    global _calls  # noqa: PLW0603  how many calls this invocation has made
    answer = _call(client, operation, parameters)
    _calls += operation == settings["operation"]
    if _calls == settings["after_calls"] and _may_kill():
        os._exit(137)
    return answer


def _may_kill() -> bool:
    """Take one of the deaths that are left."""
    for death in range(settings["deaths"]):
        try:
            os.close(os.open(Path(settings["folder"]) / f"death-{death}", os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            continue
        return True
    return False


BaseClient._make_api_call = _killing  # type: ignore[attr-defined]


def handler(event: Any, context: Any) -> Any:  # noqa: ANN401  Lambda's own
    """Do the work as far as it comes."""
    global _calls  # noqa: PLW0603
    _calls = 0
    return app.handler(event, context)
