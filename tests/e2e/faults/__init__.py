"""Faults in deployed functions: a function's own zip with a handler in front of its own.

The zip that the environment deployed is deployed again with one more module, whose handler runs
first. The alias ``live`` points to it for a while, so every trigger meets it; then it points back.
"""

from __future__ import annotations

import io
import json
import zipfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tools.paths import DIST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.order_service.service import Service

FOLDER = Path(__file__).parent
HANDLER = "fault.handler"


@contextmanager
def faulty(service: Service, function: str, fault: str, **settings: object) -> Iterator[None]:
    """Let `function` run with a fault for a while; the parameters are those of `published`."""
    with published(service, function, fault, **settings) as version:
        service.server.client("lambda").update_alias(
            FunctionName=service.outputs["functions"][function],
            Name="live",
            FunctionVersion=version,
        )
        yield


@contextmanager
def published(service: Service, function: str, fault: str, **settings: object) -> Iterator[str]:
    """Publish a version of `function` with a fault for a while; yield its number.

    Whatever the alias ``live`` is by then, afterwards it is as it was.

    Parameters
    ----------
    service
        The applied service.
    function
        Which of its functions, by the name of its package.
    fault
        Name of a module in this folder; its ``handler`` gets the event and may call ``app``'s.
    settings
        What it reads from ``fault.json``.
    """
    client = service.server.client("lambda")
    name = service.outputs["functions"][function]
    before = client.get_alias(FunctionName=name, Name="live")
    kept = client.get_function_configuration(FunctionName=name)["Handler"]
    whole = (DIST / f"{function}.zip").read_bytes()
    client.update_function_code(FunctionName=name, ZipFile=_with_fault(whole, fault, settings))
    client.update_function_configuration(FunctionName=name, Handler=HANDLER)
    version = client.publish_version(FunctionName=name)["Version"]
    try:
        yield version
    finally:
        client.update_alias(
            FunctionName=name,
            Name="live",
            Description=before["Description"],
            FunctionVersion=before["FunctionVersion"],
            RoutingConfig={"AdditionalVersionWeights": {}},
        )
        client.update_function_code(FunctionName=name, ZipFile=whole)
        client.update_function_configuration(FunctionName=name, Handler=kept)
        client.delete_function(FunctionName=name, Qualifier=version)


def _with_fault(whole: bytes, fault: str, settings: dict[str, object]) -> bytes:
    packed = io.BytesIO(whole)
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("fault.py", (FOLDER / f"{fault}.py").read_bytes())
        archive.writestr("fault.json", json.dumps(settings))
    return packed.getvalue()
