"""docs/scale.md and the figures that it is computed from."""

from __future__ import annotations

import datetime

import pytest

from tools import paths
from tools.quotas import Quota, quotas
from tools.scale.load import Figure, figures
from tools.scale.page import PAGE, filled

AWS = (
    "https://docs.aws.amazon.com/",
    "https://docs.amazonaws.cn/",
    "https://github.com/awsdocs/",
    "https://repost.aws/",
    "https://www.repost.aws/",
)


def test_the_tables_of_the_page_are_fresh() -> None:
    written = PAGE.read_text()
    assert written == filled(written), "run make fmt, or python -m tools.scale"


@pytest.mark.parametrize("figure", [f for f in figures().values() if f.file], ids=lambda f: f.id)
def test_a_setting_is_written_where_it_is_said_to_be(figure: Figure) -> None:
    # However terraform fmt has aligned it.
    written = " ".join((paths.ROOT / figure.file).read_text().split())
    assert " ".join(figure.text.split()) in written
    assert f"{figure.value:g}" in figure.text


def test_every_figure_is_used() -> None:
    code = (paths.ROOT / "tools" / "scale" / "bounds.py").read_text()
    code += (paths.ROOT / "tools" / "scale" / "load.py").read_text()
    assert [name for name in figures() if f'of("{name}")' not in code] == []


@pytest.mark.parametrize("quota", quotas().values(), ids=lambda quota: quota.id)
def test_a_quota_says_where_and_when_it_was_read(quota: Quota) -> None:
    assert quota.source.startswith(AWS)
    assert datetime.date.fromisoformat(quota.read).year >= 2026
    assert quota.value > 0


def test_quotas_are_sorted_and_each_is_there_once() -> None:
    ids = [quota.id for quota in quotas().values()]
    assert ids == sorted(ids)
    assert quotas_in_the_file() == len(ids)


def quotas_in_the_file() -> int:
    return (paths.ROOT / "docs" / "data" / "quotas.json").read_text().count('"id":')
