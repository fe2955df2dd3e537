"""What goes into a zip, and what stays out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.packager.conftest import HANDLER

if TYPE_CHECKING:
    from tests.unit.packager.conftest import PackageIndex, Project

LEFT_OUT = [
    "README.md", "readme", "README.de.rst", "conftest.py", "py.typed", "app.pyi", ".env",
    ".hidden/data.json", "requirements-dev.txt", "__pycache__/app.cpython-313.pyc",
    "tests/test_app.py", "test_app.py", "rules_test.py", "app.py~", "stale.pyc",
]  # fmt: skip


def test_own_modules_and_data_go_in(project: Project) -> None:
    project.function()
    project.write("functions/orders/rules/tax.py", "RATE = 1\n")
    project.write("functions/orders/schema.json", "{}")
    project.built()
    assert project.files() == ["app.py", "rules/tax.py", "schema.json"]


@pytest.mark.parametrize("name", LEFT_OUT)
def test_what_lambda_never_reads_stays_out(project: Project, name: str) -> None:
    project.function()
    project.write(f"functions/orders/{name}", "x = 1\n")
    project.built()
    assert project.files() == ["app.py"]


def test_names_that_only_resemble_excluded_ones_go_in(project: Project) -> None:
    project.function()
    names = ["contest.py", "latest.py", "readme_parser.py", "requirements_of_law.py"]
    names.append("test_data.json")
    for name in names:
        project.write(f"functions/orders/{name}", "")
    project.built()
    assert project.files() == ["app.py", *names]


def test_a_shared_module_goes_in_only_when_imported(project: Project) -> None:
    project.function("orders", f"import order\n{HANDLER}")
    project.function("billing")
    project.write("shared/order.py")
    project.write("shared/other.py")
    project.built()
    assert (project.files("orders"), project.files("billing")) == (
        ["app.py", "order.py"],
        ["app.py"],
    )


def test_shared_modules_are_followed_through_each_other(project: Project) -> None:
    project.function(source=f"from money import cents\n{HANDLER}")
    project.write("shared/money.py", "import rounding\ncents = 1\n")
    project.write("shared/rounding.py")
    project.built()
    assert project.files() == ["app.py", "money.py", "rounding.py"]


def test_an_import_inside_a_function_counts(project: Project) -> None:
    project.function(source="def handler(event, context):\n    import order\n")
    project.write("shared/order.py")
    project.built()
    assert "order.py" in project.files()


@pytest.mark.parametrize("test", ["TYPE_CHECKING", "typing.TYPE_CHECKING"])
def test_an_import_for_type_checkers_does_not_count(project: Project, test: str) -> None:
    source = f"import typing\nfrom typing import TYPE_CHECKING\nif {test}:\n    import order\n"
    project.function(source=source + HANDLER)
    project.write("shared/order.py")
    project.built()
    assert project.files() == ["app.py"]


def test_of_a_shared_package_go_in_the_imported_modules_and_its_data(project: Project) -> None:
    project.function(source=f"from events import sqs\n{HANDLER}")
    project.write("shared/events/__init__.py")
    project.write("shared/events/sqs.py", "from . import base\nfrom .parts.one import X\n")
    project.write("shared/events/base.py")
    project.write("shared/events/parts/one.py", "X = 1\n")
    project.write("shared/events/sns.py")
    project.write("shared/events/schema.json", "{}")
    project.built()
    assert project.files() == [
        "app.py", "events/__init__.py", "events/base.py", "events/parts/one.py",
        "events/schema.json", "events/sqs.py",
    ]  # fmt: skip


def test_a_module_of_the_function_wins_over_a_shared_one(project: Project) -> None:
    project.function(source=f"import order\nassert order.OWN\n{HANDLER}")
    project.write("functions/orders/order.py", "OWN = True\n")
    project.write("shared/order.py", "OWN = False\n")
    project.built()
    assert (project.unpacked() / "order.py").read_text() == "OWN = True\n"


def test_a_module_of_the_function_wins_over_a_shared_package(project: Project) -> None:
    project.function(source=f"import order\nassert order.OWN\n{HANDLER}")
    project.write("functions/orders/order.py", "OWN = True\n")
    project.write("shared/order/__init__.py", "OWN = False\n")
    project.built()
    assert project.files() == ["app.py", "order.py"]


def test_a_symbolic_link_inside_the_folder_is_followed(project: Project) -> None:
    folder = project.function(source=f"import alias\n{HANDLER}")
    project.write("functions/orders/real.py", "X = 1\n")
    (folder / "alias.py").symlink_to("real.py")
    project.built()
    assert project.files() == ["alias.py", "app.py", "real.py"]


def test_what_python_does_not_read_of_a_dependency_stays_out(
    project: Project, index: PackageIndex
) -> None:
    files = {
        "tiny/__init__.py": "", "tiny/core.py": "", "tiny/core.pyi": "", "tiny/py.typed": "",
        "tiny/tests/__init__.py": "", "tiny/data.json": "{}", "tiny.pth": "",
        "tiny-1.0.data/scripts/tiny": "#!python\n",
    }  # fmt: skip
    index.add("tiny", "1.0", files)
    project.function(requirements="tiny\n")
    project.built()
    assert project.files() == ["app.py", "tiny/__init__.py", "tiny/core.py", "tiny/data.json"]


def test_tests_that_a_dependency_imports_stay_in(project: Project, index: PackageIndex) -> None:
    files = {
        "tiny/__init__.py": "from tiny.inner.tests import helper\n",
        "tiny/inner/__init__.py": "",
        "tiny/inner/tests/__init__.py": "",
        "tiny/inner/tests/helper.py": "",
        "tiny/tests/test_it.py": "",
    }
    index.add("tiny", "1.0", files)
    project.function(source=f"import tiny\n{HANDLER}", requirements="tiny\n")
    project.built()
    assert [name for name in project.files() if "tests" in name] == [
        "tiny/inner/tests/__init__.py",
        "tiny/inner/tests/helper.py",
    ]


def test_metadata_stays_in_where_a_module_reads_it(project: Project, index: PackageIndex) -> None:
    index.add("tiny", "1.0", {"tiny.py": "from importlib.metadata import version\n"
                                         "VERSION = version('tiny')\n"})  # fmt: skip
    project.function(source=f"import tiny\n{HANDLER}", requirements="tiny\n")
    project.built()
    assert [name for name in project.files() if "dist-info" in name] == [
        "tiny-1.0.dist-info/METADATA"
    ]


def test_metadata_is_there_for_the_function_that_reads_it(
    project: Project, index: PackageIndex
) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""})
    reads = "from importlib import metadata\nassert metadata.version('tiny') == '1.0'\n"
    project.function("reads", f"{reads}{HANDLER}", "tiny\n")
    project.function("plain", requirements="tiny\n")
    project.built()
    assert "tiny-1.0.dist-info/METADATA" in project.files("reads")
    assert project.files("plain") == ["app.py", "tiny.py"]


def test_boto3_is_not_shipped_unless_it_is_required(project: Project, index: PackageIndex) -> None:
    index.add("boto3", "1.0", {"boto3/__init__.py": "REAL = True\n"})
    project.function("plain", f"import boto3\nboto3.client('s3')\n{HANDLER}")
    project.function(
        "pinned", f"import boto3\nassert boto3.REAL is True\n{HANDLER}", "boto3==1.0\n"
    )
    project.built()
    assert (project.files("plain"), project.files("pinned")) == (
        ["app.py"],
        ["app.py", "boto3/__init__.py"],
    )


def test_a_function_that_is_gone_loses_its_zip_and_its_line(project: Project) -> None:
    project.function("orders")
    gone = project.function("billing")
    project.built()
    (gone / "app.py").unlink()
    project.built()
    assert list(project.manifest()) == ["orders"]
    assert not (project.root / "dist" / "billing.zip").exists()


def test_a_zip_that_the_packager_did_not_make_stays(project: Project) -> None:
    project.function()
    foreign = project.write("dist/other.zip", "not ours")
    project.built()
    assert foreign.exists()
