"""dist/<name>.cdx.json: the bill of materials of a zip."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.unit.packager.conftest import ASCII
from tools.packager import sbom, wheels

if TYPE_CHECKING:
    from tests.unit.packager.conftest import PackageIndex, Project


@pytest.fixture
def project_with_two(project: Project, index: PackageIndex) -> Project:
    """Return a project with a dependency that has one of its own."""
    index.add("small", "2.0", {"small.py": "A = 1\n"}, fields=("License-Expression: MIT",))
    index.add(
        "tiny-thing", "1.0", {"tiny/__init__.py": "", "tiny/data.txt": "x"}, requires=("small>=1",),
        fields=("Classifier: License :: OSI Approved :: Apache Software License",),
    )  # fmt: skip
    project.function(requirements="tiny-thing\n")
    return project


def bill_of(project: Project, name: str = "orders") -> dict[str, Any]:
    bill: dict[str, Any] = json.loads((project.root / f"dist/{name}.cdx.json").read_bytes())
    return bill


def components(bill: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in bill["components"]}


def test_a_bill_is_valid_by_the_schema_of_cyclonedx_1_6(project_with_two: Project) -> None:
    project_with_two.built()
    text = (project_with_two.root / "dist/orders.cdx.json").read_text()
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None


def test_the_validator_sees_what_is_wrong(project_with_two: Project) -> None:
    project_with_two.built()
    bill = bill_of(project_with_two)
    bill["components"][0]["hashes"] = [{"alg": "SHA-256", "content": "no digest"}]
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is not None


def test_a_bill_names_the_zip_by_its_hash(project_with_two: Project) -> None:
    project_with_two.built()
    subject = bill_of(project_with_two)["metadata"]["component"]
    digest = hashlib.sha256(project_with_two.zip()).hexdigest()
    assert subject["name"] == "orders"
    assert subject["hashes"] == [{"alg": "SHA-256", "content": digest}]


def test_each_dependency_is_a_component_with_purl_and_licence(project_with_two: Project) -> None:
    project_with_two.built()
    found = components(bill_of(project_with_two))
    assert {name: (one["purl"], one["licenses"]) for name, one in found.items()} == {
        "small": ("pkg:pypi/small@2.0", [{"expression": "MIT"}]),
        "tiny-thing": ("pkg:pypi/tiny-thing@1.0", [{"license": {"id": "Apache-2.0"}}]),
    }


def test_each_file_of_a_dependency_has_the_hash_that_it_has_in_the_zip(
    project_with_two: Project,
) -> None:
    project_with_two.built()
    with zipfile.ZipFile(io.BytesIO(project_with_two.zip())) as archive:
        inside = {
            name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()
        }
    files = {
        file["name"]: file["hashes"][0]["content"]
        for one in bill_of(project_with_two)["components"]
        for file in one["components"]
    }
    assert files.keys() == {"small.py", "tiny/__init__.py", "tiny/data.txt"}
    assert {name: inside[name] for name in files} == files


def test_the_hashes_of_the_lock_are_there(project_with_two: Project) -> None:
    project_with_two.built()
    lock = (project_with_two.root / "functions/orders/requirements.lock").read_text()
    found = components(bill_of(project_with_two))["small"]["properties"]
    assert found
    assert all(one["name"] == sbom.LOCKED and f"sha256:{one['value']}" in lock for one in found)


def test_who_needs_whom_is_there(project_with_two: Project) -> None:
    project_with_two.built()
    edges = {one["ref"]: one["dependsOn"] for one in bill_of(project_with_two)["dependencies"]}
    assert edges == {
        "function:orders": ["pkg:pypi/tiny-thing@1.0"],
        "pkg:pypi/tiny-thing@1.0": ["pkg:pypi/small@2.0"],
        "pkg:pypi/small@2.0": [],
    }


def test_a_function_without_dependencies_has_a_bill_without_components(project: Project) -> None:
    project.function()
    project.built()
    assert bill_of(project)["components"] == []


def test_the_bytes_of_a_bill_are_the_same_in_a_build_from_nothing(
    project_with_two: Project,
) -> None:
    project_with_two.built()
    path = project_with_two.root / "dist/orders.cdx.json"
    before = path.read_bytes()
    project_with_two.built("--cache=elsewhere", "--dist=dist2")
    assert (project_with_two.root / "dist2/orders.cdx.json").read_bytes() == before
    assert str(project_with_two.root).encode() not in before


def test_the_builders_locale_does_not_change_a_bill(project: Project, index: PackageIndex) -> None:
    index.add("small", "1.0", {"small.py": ""}, fields=("License: für alle",))
    project.function(requirements="small\n")
    project.built(settings=ASCII)
    licences = components(bill_of(project))["small"]["licenses"]
    assert licences == [{"license": {"name": "für alle"}}]


def test_a_bill_that_was_lost_or_changed_comes_back(project_with_two: Project) -> None:
    project_with_two.built()
    path = project_with_two.root / "dist/orders.cdx.json"
    before = path.read_bytes()
    for spoil in (path.unlink, lambda: path.write_text("{}")):
        spoil()
        assert "1 unchanged" in project_with_two.built().out
        assert path.read_bytes() == before


def test_a_bill_goes_back_with_its_zip(project: Project) -> None:
    project.function()
    project.built()
    before = (project.root / "dist/orders.cdx.json").read_bytes()
    project.function(source="def handler(event, context):\n    return 'other'\n")
    project.built()
    project.function()
    assert "1 cached" in project.built().out
    assert (project.root / "dist/orders.cdx.json").read_bytes() == before


def test_a_function_that_is_gone_loses_its_bill(project: Project) -> None:
    project.function("a")
    gone = project.function("b")
    project.built()
    (gone / "app.py").unlink()
    gone.rmdir()
    project.built()
    assert [path.name for path in project.root.glob("dist/*.cdx.json")] == ["a.cdx.json"]


def test_two_functions_of_the_same_bytes_have_a_bill_each(project: Project) -> None:
    project.function("a")
    project.function("b")
    project.built()
    (project.root / "dist/a.cdx.json").unlink()
    project.built()
    assert [bill_of(project, name)["metadata"]["component"]["name"] for name in "ab"] == ["a", "b"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        (
            {"License-Expression": ["MIT AND BSD-3-Clause"]},
            [{"expression": "MIT AND BSD-3-Clause"}],
        ),
        ({"Classifier": ["License :: OSI Approved :: MIT License"]}, [{"license": {"id": "MIT"}}]),
        ({"License": ["BSD"]}, [{"license": {"name": "BSD"}}]),
        (
            {"License": ["UNKNOWN"], "Classifier": ["License :: OSI Approved :: BSD License"]},
            [{"license": {"name": "BSD License"}}],
        ),
        ({"License": ["x" * 81]}, []),
        ({}, []),
    ],
)
def test_a_licence_is_read_from_the_metadata(
    fields: dict[str, list[str]], said: list[dict[str, Any]]
) -> None:
    assert wheels.licences(fields) == said
