"""CloudFront: a response headers policy tells only of the parts that it has.

MiniStack also tells of custom and removed headers where there are none, and each plan would take
them away again.
"""

from __future__ import annotations

import functools
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from xml.etree.ElementTree import Element

    Builder = Callable[[Element, dict[str, Any]], None]


def repair() -> None:
    """Put everything in; MiniStack must not serve yet."""
    cloudfront: Any = import_module("ministack.services.cloudfront")
    repaired = leave_out_empty_parts(cloudfront._build_rhp_config_xml)
    cloudfront._build_rhp_config_xml = repaired
    # It is in a table as well, by which the policy's own configuration is read.
    cloudfront._RHP_SPEC["build_config"] = repaired


def leave_out_empty_parts(build: Builder) -> Builder:
    """Wrap MiniStack's writer of a policy's configuration."""

    @functools.wraps(build)
    def run(parent: Element, config: dict[str, Any]) -> None:
        build(parent, config)
        for part in list(parent):
            if part.findtext("Quantity") == "0":
                parent.remove(part)

    return run
