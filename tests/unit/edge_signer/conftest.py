"""The credentials that an edge function finds in its environment, and no other AWS."""

from __future__ import annotations

import os

import pytest

from tests.unit.edge_signer.edge import KEYS


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEYS.access_key_id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", KEYS.secret_access_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", str(KEYS.session_token))
    # A replica runs anywhere: this is not the region of the function URL.
    monkeypatch.setenv("AWS_REGION", "ap-southeast-2")
