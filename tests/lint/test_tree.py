from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.lint.tree import Folder, Unchecked, load

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, source: str = "locals {}\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    return path


def only_folder(top: Path) -> Folder:
    ((folder,), unchecked) = load(top)
    assert not unchecked
    return folder


@pytest.mark.parametrize(
    ("folder", "is_module"),
    [
        ("modules/queue", True),
        ("modules/queue/parts/dlq", True),
        ("envs/dev", False),
        ("modules/queue/examples/simple", False),
        ("envs/modules/queue", True),
        ("somewhere/else", False),
    ],
)
def test_the_nearest_telling_parent_says_what_a_folder_is(
    tmp_path: Path, folder: str, is_module: bool
) -> None:
    write(tmp_path / folder / "main.tf")
    assert only_folder(tmp_path).is_module is is_module


def test_what_begins_with_a_dot_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / ".terraform" / "modules" / "queue" / "main.tf", "locals {\n")
    write(tmp_path / "main.tf")
    assert only_folder(tmp_path).path == tmp_path


def test_a_folder_has_its_code_and_its_values_by_name(tmp_path: Path) -> None:
    for name in ("b.tf", "a.tf", "dev.tfvars", "README.md"):
        write(tmp_path / name, "a = 1\n")
    folder = only_folder(tmp_path)
    assert [file.path.name for file in folder.files] == ["a.tf", "b.tf"]
    assert [file.path.name for file in folder.values] == ["dev.tfvars"]


def test_a_folder_of_which_a_file_is_broken_is_not_checked(tmp_path: Path) -> None:
    write(tmp_path / "good" / "main.tf")
    write(tmp_path / "bad" / "main.tf")
    broken = write(tmp_path / "bad" / "broken.tf", "locals {}\nlocals {\n")
    folders, unchecked = load(tmp_path)
    assert [folder.path.name for folder in folders] == ["good"]
    assert unchecked == [Unchecked(broken, 2, "the file ends inside a block")]


def test_terraform_as_json_is_not_checked(tmp_path: Path) -> None:
    json = write(tmp_path / "main.tf.json", "{}")
    assert load(tmp_path) == (
        [],
        [Unchecked(json, 1, "Terraform as JSON is not read: write it as HCL")],
    )


def test_a_block_with_the_wrong_number_of_labels_is_not_checked(tmp_path: Path) -> None:
    path = write(tmp_path / "main.tf", 'locals {}\n\nresource "a_b" {}\n')
    reason = "resource has 1 labels, and Terraform takes 2"
    assert load(tmp_path) == ([], [Unchecked(path, 3, reason)])


def test_a_folder_without_terraform_is_not_checked(tmp_path: Path) -> None:
    write(tmp_path / "dev.tfvars", "a = 1\n")
    reason = "it holds no *.tf file: name a folder that does"
    assert load(tmp_path) == ([], [Unchecked(tmp_path, 1, reason)])


def test_a_folder_that_is_not_there_is_not_checked(tmp_path: Path) -> None:
    folders, (unchecked,) = load(tmp_path / "modules")
    assert not folders
    assert unchecked.reason == "there is no such folder: name one that holds *.tf files"
