"""promote and rollback move the alias, say so, and say what keeps Terraform from moving it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.operations.conftest import deployed
from tools.operations import rollout
from tools.operations.aws import OperationError

if TYPE_CHECKING:
    from tests.unit.operations.conftest import Lambda

NAME = "orders-dev-stock"


def state(functions: Lambda) -> tuple[str, dict[str, float]]:
    return functions.version, functions.shares


class TestPromote:
    def test_gives_the_new_version_all_requests(self, functions: Lambda) -> None:
        functions.shares = {"8": 0.9}
        rollout.promote(functions, NAME)
        assert state(functions) == ("10", {})

    def test_knows_the_new_version_by_its_number(self, functions: Lambda) -> None:
        functions.version, functions.shares = "8", {"10": 0.1}
        rollout.promote(functions, NAME)
        assert state(functions) == ("10", {})

    def test_without_a_canary_is_refused_with_how_to_begin_one(self, functions: Lambda) -> None:
        with pytest.raises(
            OperationError, match=r'no canary to promote: version 10 .*"10", weight'
        ):
            rollout.promote(functions, NAME)


class TestRollback:
    def test_of_a_canary_gives_the_old_version_all_requests(self, functions: Lambda) -> None:
        functions.shares = {"7": 0.9}
        rollout.rollback(functions, NAME)
        assert state(functions) == ("7", {})

    def test_goes_to_the_newest_version_before(self, functions: Lambda) -> None:
        rollout.rollback(functions, NAME)
        assert state(functions) == ("8", {})

    def test_goes_to_the_version_that_is_named(self, functions: Lambda) -> None:
        rollout.rollback(functions, NAME, "7")
        assert state(functions) == ("7", {})

    def test_leaves_its_trace_on_the_alias(self, functions: Lambda) -> None:
        rollout.rollback(functions, NAME)
        assert functions.description == "Rolled back from 10 to 8 by hand"

    def test_to_an_unknown_version_is_refused_with_those_that_there_are(
        self, functions: Lambda
    ) -> None:
        with pytest.raises(OperationError, match="no version '9'; there are 7, 8, 10"):
            rollout.rollback(functions, NAME, "9")

    def test_without_a_version_before_is_refused(self, functions: Lambda) -> None:
        functions.version = "7"
        with pytest.raises(OperationError, match="no version before 7; there are 7, 8, 10"):
            rollout.rollback(functions, NAME)

    def test_to_the_version_that_serves_is_refused(self, functions: Lambda) -> None:
        with pytest.raises(OperationError, match="has version 10 with all requests already"):
            rollout.rollback(functions, NAME, "10")

    def test_undoes_nothing_that_happened_meanwhile(
        self, functions: Lambda, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        functions.moved_meanwhile = True
        assert run(functions, monkeypatch, "rollback", "dev", "stock") == 2
        assert "PreconditionFailed" in capsys.readouterr().err
        assert functions.version == "10"


def run(functions: Lambda, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["rollout", *arguments])
    monkeypatch.setattr(rollout, "deployment", lambda _: deployed(functions))
    return rollout.main()


class TestTheCommand:
    def test_promote_says_what_served_what_serves_and_what_to_set(
        self, functions: Lambda, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        functions.shares = {"8": 0.9}
        assert run(functions, monkeypatch, "promote", "dev", "stock") == 0
        assert capsys.readouterr().out == (
            "promote: orders-dev-stock on AWS, eu-west-1\n"
            "  served      version 10 (10%) and version 8 (90%)\n"
            "  serves now  version 10\n"
            "  Terraform   take canary out of rollout.stock in envs/dev/terraform.tfvars, else the "
            "next apply gives version 8 its share again\n"
        )

    def test_rollback_says_what_served_what_serves_and_what_to_set(
        self, functions: Lambda, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(functions, monkeypatch, "rollback", "dev", "orders-dev-stock") == 0
        assert capsys.readouterr().out == (
            "rollback: orders-dev-stock on AWS, eu-west-1\n"
            "  served      version 10\n"
            "  serves now  version 8\n"
            '  Terraform   set live_version = "8" of rollout.stock in '
            "envs/dev/terraform.tfvars, else the next apply moves live to version 10 again\n"
        )

    def test_promote_of_what_takes_canaries_back_says_what_to_do_instead(
        self, functions: Lambda, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(functions, monkeypatch, "promote", "dev", "rollback") == 2
        assert capsys.readouterr().err == (
            "promote: orders-dev-rollback has no canary to promote, and takes none: it is what "
            "takes canaries back. A new version of it has all requests at once; make rollback "
            "FUNCTION=rollback brings the former one back\n"
        )

    @pytest.mark.parametrize("function", ["", "stocks"])
    def test_of_an_unknown_function_names_those_that_there_are(
        self, functions: Lambda, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str], function: str,
    ) -> None:  # fmt: skip
        assert run(functions, monkeypatch, "promote", "dev", function) == 2
        there = "there are orders_api, rollback, stock"
        assert f"no function {function!r}; {there}" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["promote", "rollback"])
def test_without_an_environment_names_the_choices(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["rollout", command])
    assert rollout.main() == 2
    assert "name one as ENV=dev" in capsys.readouterr().err
