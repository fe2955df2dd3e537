"""No file of the repository holds a secret: a token, a private key, a password in an address.

The patterns are those of detect-secrets, whose own scanner goes line by line through every plugin
and takes a hundred times as long. Its guesses by entropy and by names of variables are left out:
what they find here are hashes and test data.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector

from tests.lint.test_repository import files
from tools import paths

# Addresses are no secrets, and a list of them is part of what is tested.
LEFT_OUT = {"Public IP (ipv4)"}
# AWS's own examples.
EXAMPLES = re.compile(r"\w*EXAMPLE\w*")
# An account and a name of 35 characters look like a token of Telegram.
IN_ARN = re.compile(r"\barn:aws[\w-]*:[\w-]*:[\w-]*:\d*$")


@cache
def patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    """Return the patterns by what they find."""
    plugins: dict[str, Any] = get_mapping_from_secret_type_to_class()
    return {
        kind: tuple(plugin().denylist)
        for kind, plugin in plugins.items()
        if issubclass(plugin, RegexBasedDetector) and kind not in LEFT_OUT
    }


def secrets_in(text: str) -> list[tuple[int, str]]:
    """Return line and kind of each secret in a text."""
    return [
        (text.count("\n", 0, match.start()) + 1, kind)
        for kind, denied in patterns().items()
        for pattern in denied
        for match in pattern.finditer(text)
        if not EXAMPLES.search(match.group())
        and not IN_ARN.search(text[max(0, match.start() - 80) : match.start()])
    ]


def test_no_file_holds_a_secret() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        where = path.relative_to(paths.ROOT)
        found += [f"{where}:{line} {kind}" for line, kind in secrets_in(text)]
    assert found == []


@pytest.mark.parametrize(
    ("kind", "secret"),
    [
        ("AWS Access Key", "AKIA" + "Q3EGR7XPLN5T2MVC"),
        ("GitHub Token", "ghp_" + "a1B2" * 9),
        ("Private Key", "-----BEGIN RSA PRIVATE" + " KEY-----"),
        ("Slack Token", "xoxb-" + "123456789012-abcdefghijkl"),
        ("Basic Auth Credentials", "https://user:" + "pa55word@example.com/"),
        ("JSON Web Token", "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxIn0." + "c2lnbmF0dXJl"),
    ],
)
def test_a_secret_is_seen_with_its_line(kind: str, secret: str) -> None:
    assert (2, kind) in secrets_in(f"one line\nvalue = {secret}\n")


def test_an_example_of_the_documentation_of_aws_is_none() -> None:
    assert secrets_in("AKIAIOSFODNN7EXAMPLE") == []


def test_a_name_in_an_arn_is_none_whatever_its_length() -> None:
    name = "orders-staging-orders-to-fulfil-dlq"
    assert secrets_in(f"arn:aws:sqs:eu-west-1:123456789012:{name}") == []
    assert secrets_in(f"token: 123456789:{name}") == [(1, "Telegram Bot Token")]
