"""Each error names the function, the file and line, the value and the mend."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.packager.conftest import ASCII, HANDLER, without_interpreter
from tools.packager import build, cli, limits, sources, worker
from tools.packager.cache import Index
from tools.packager.errors import SourceError

if TYPE_CHECKING:
    from tests.unit.packager.conftest import PackageIndex, Project


def error_of(project: Project, *options: str, settings: dict[str, str] | None = None) -> str:
    """Run the packager, which is to fail for a fault in the source; return what it says."""
    done = project.package(*options, settings=settings)
    assert done.code == 1, done.err
    return " ".join(line for line in done.err.splitlines() if line.startswith("error: "))


def test_a_missing_app(project: Project) -> None:
    project.write("functions/orders/other.py")
    assert error_of(project) == (
        "error: orders: functions/orders/app.py:1: there is no app.py. "
        "Write it, with a function handler(event, context)"
    )


def test_a_missing_handler(project: Project) -> None:
    project.function(source="def main(event, context): ...\n")
    assert "functions/orders/app.py:1: there is no function handler. Define" in error_of(project)


def test_a_handler_that_is_a_coroutine_function(project: Project) -> None:
    project.function(source="async def handler(event, context): ...\n")
    assert "handler is a coroutine function" in error_of(project)


COROUTINE = "import asyncio\nasync def handler(event, context): ...\n"


@pytest.mark.parametrize(
    "source",
    [
        f"{COROUTINE}run = handler\ndef handler(e, c): return asyncio.run(run(e, c))\n",
        COROUTINE.replace("async def", "plain = lambda f: lambda e, c: asyncio.run(f(e, c))\n"
                                       "@plain\nasync def"),
    ],
)  # fmt: skip
def test_a_coroutine_function_that_is_made_a_plain_one_is_a_handler(
    project: Project, source: str
) -> None:
    project.function(source=source)
    project.built()


def test_a_decorator_that_leaves_a_coroutine_function_one_makes_no_handler(
    project: Project,
) -> None:
    project.function(source=COROUTINE.replace("async def", "same = lambda f: f\n@same\nasync def"))
    assert "handler is nothing that Lambda can call" in error_of(project)


def test_a_handler_that_cannot_be_called(project: Project) -> None:
    project.function(source="handler = 1\n")
    assert "handler is nothing that Lambda can call" in error_of(project)


def test_a_syntax_error(project: Project) -> None:
    project.function(source=f"{HANDLER}x = = 1\n")
    assert "functions/orders/app.py:3: syntax error, invalid syntax: x = = 1" in error_of(project)


def test_a_syntax_error_in_a_module_that_nothing_imports(project: Project) -> None:
    project.function()
    project.write("functions/orders/rules.py", "\n\nreturn 1\n")
    assert "functions/orders/rules.py:3: syntax error" in error_of(project)


def test_a_syntax_error_in_a_shared_module(project: Project) -> None:
    project.function(source=f"import order\n{HANDLER}")
    project.write("shared/order.py", "class :\n")
    assert "orders: shared/order.py:1: syntax error" in error_of(project)


def test_every_syntax_error_is_named(project: Project) -> None:
    project.function()
    project.write("functions/orders/one.py", "x = = 1\n")
    project.write("functions/orders/two.py", "x = = 1\n")
    assert error_of(project).count("syntax error") == 2


def test_syntax_newer_than_the_tools_own_python_is_none(project: Project) -> None:
    project.function(source="type Name = str\ndef handler[T](event: T, context: T) -> T: ...\n")
    project.built()


def test_syntax_newer_than_the_target_is_an_error(project: Project) -> None:
    source = f"try: pass\nexcept ValueError, OSError: pass\n{HANDLER}"
    project.function(source=source)
    assert "functions/orders/app.py:2: syntax error" in error_of(project)


def test_a_syntax_error_without_an_interpreter_of_the_target(project: Project) -> None:
    project.function(source="x = = 1\n")
    project.interpreter = None
    assert "functions/orders/app.py:1: syntax error" in error_of(
        project, settings=without_interpreter(project)
    )


def test_a_handler_that_does_not_import(project: Project) -> None:
    project.function(source=f"import rules\n{HANDLER}")
    project.write("functions/orders/rules.py", "def load():\n    return {}['x']\nRULES = load()\n")
    assert (
        "orders: functions/orders/rules.py:2: the handler does not import, KeyError: 'x'. "
    ) in error_of(project)


def test_a_module_that_is_not_there(project: Project) -> None:
    project.function(source=f"\nimport requests\n{HANDLER}")
    message = error_of(project)
    assert "functions/orders/app.py:2: the handler does not import, ModuleNotFoundError" in message
    assert "add it to functions/orders/requirements.txt" in message


def test_a_module_that_is_only_for_type_checkers(project: Project) -> None:
    project.function(source=f"from types_boto3_sqs import SQSClient\n{HANDLER}")
    assert "No module named 'types_boto3_sqs'" in error_of(project)


def test_a_data_file_that_is_not_there_is_named_as_in_the_checkout(project: Project) -> None:
    source = (
        f"from pathlib import Path\nX = (Path(__file__).parent / 'x.json').read_text()\n{HANDLER}"
    )
    project.function(source=source)
    assert "No such file or directory: 'functions/orders/x.json'" in error_of(project)


def test_a_handler_that_ends_python(project: Project) -> None:
    project.function(source=f"import os\nos._exit(3)\n{HANDLER}")
    assert "Python ends with status 3 during the import" in error_of(project)


def test_a_handler_that_does_not_come_to_an_end(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.function(source=f"import time\ntime.sleep(60)\n{HANDLER}")
    monkeypatch.setattr(worker, "IMPORT_SECONDS", 1)
    monkeypatch.chdir(project.root)
    assert cli.main([f"--interpreter={project.interpreter}"]) == 1
    said = capsys.readouterr().err
    assert "functions/orders/app.py:1: the import takes more than 1 s. Move what" in said


def test_compiling_that_does_not_come_to_an_end_is_no_fault_of_the_source(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.function()
    monkeypatch.chdir(project.root)
    options = [f"--interpreter={project.interpreter}"]
    assert cli.main(options) == 0
    # An edit inside of a function: compiled, and not imported again.
    project.function(source=HANDLER.replace("ok", "new"))
    monkeypatch.setattr(worker, "IMPORT_SECONDS", 0)
    assert cli.main(options) == 2
    assert "compiles for more than 0 s. Run make package again" in capsys.readouterr().err


def test_a_handler_that_exits(project: Project) -> None:
    project.function(source=f"import sys\nsys.exit('no')\n{HANDLER}")
    assert "app.py:2: the handler does not import, SystemExit: no" in error_of(project)


@pytest.mark.parametrize(
    "line",
    [
        "assert int(os.environ['LIMIT'])",
        "assert os.environ.get('MODE', 'plain') == 'plain'",
        "assert os.getenv('UNSET') is None",
        "assert os.environ.pop('UNSET', None) is None",
        "assert int(os.environ.pop('LIMIT'))",
        "del os.environ['LIMIT']",
        "os.environ['MINE'] = 'x'\ndel os.environ['MINE']\nassert 'MINE' not in os.environ",
        "if not os.getenv('TABLE'): raise RuntimeError('TABLE')",
        "if 'TABLE' not in os.environ: raise RuntimeError('TABLE')",
        "assert os.environ['AWS_LAMBDA_FUNCTION_NAME'] == 'orders'",
    ],
)
def test_variables_that_only_lambda_sets_are_no_error(project: Project, line: str) -> None:
    project.function(source=f"import os\n{line}\n{HANDLER}")
    project.built()


@pytest.mark.parametrize(
    "lines",
    [
        "import boto3\ntable = boto3.resource('dynamodb').Table('t')",
        "from botocore.config import Config\nc = Config(retries={'mode': 'standard'})",
        "from botocore.exceptions import ClientError\nclass Mine(ClientError): ...",
        "import boto3\nc = boto3.client('s3')\nERRORS = (c.exceptions.NoSuchKey, OSError)",
        "import boto3\nwith boto3.resource('dynamodb').Table('t').batch_writer() as w: pass",
        "from boto3.dynamodb.conditions import Key\nK = Key('pk').eq('x')",
        "from boto3.dynamodb.conditions import Attr\nA = Attr('a').eq(1) & ~Attr('b').exists() | 1",
        "import boto3\nNAME = 'reports-' + boto3.session.Session().region_name",
        "import boto3\nfrom botocore.config import Config\ndef f(c: Config | None = None): ...",
        "import datetime as d\nfrom dateutil import tz\nX = d.date(1, 1, 1) - tz.X() < tz.X()",
    ],
)
def test_what_a_module_does_with_boto3_at_import_is_no_error(project: Project, lines: str) -> None:
    project.function(source=f"{lines}\n{HANDLER}")
    project.built()


def test_what_a_handler_prints_at_import_is_no_error(project: Project) -> None:
    project.function(source=f"print('hello')\n{HANDLER}")
    project.built()


@pytest.mark.parametrize("name", ["tools", "json", "probe", "imports"])
def test_a_module_may_have_the_name_of_one_of_the_packagers_own(
    project: Project, name: str
) -> None:
    project.function(source=f"import {name}\nassert {name}.MINE\n{HANDLER}")
    project.write(f"functions/orders/{name}.py", "MINE = True\n")
    done = project.package()
    assert (done.code, done.err) == (0, "")


def test_an_unknown_requirement(project: Project) -> None:
    project.function(requirements="# what we need\nno-such-thing>=1\n")
    assert (
        "orders: functions/orders/requirements.txt:2: unknown requirement 'no-such-thing'"
    ) in error_of(project)


def test_a_version_that_there_is_not(project: Project, index: PackageIndex) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""})
    project.function(requirements="tiny>=9\n")
    assert "requirements.txt:1: no such version: 'tiny>=9'" in error_of(project)


def test_a_version_that_there_is_not_where_the_locale_is_ascii(
    project: Project, index: PackageIndex
) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""})
    project.function(requirements="# für\ntiny>=9\n")
    assert "requirements.txt:2: no such version: 'tiny>=9'" in error_of(project, settings=ASCII)


def test_requirements_that_are_not_utf_8(project: Project) -> None:
    folder = project.function()
    (folder / "requirements.txt").write_bytes(b"# f\xfcr\ntiny\n")
    message = error_of(project)
    assert "requirements.txt:1: uv cannot resolve it" in message
    assert "did not contain valid UTF-8" in message


def test_a_line_that_is_no_requirement(project: Project, index: PackageIndex) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""})
    project.function(requirements="tiny\ntiny =! 3\n")
    assert "requirements.txt:2: not a requirement: tiny =! 3" in error_of(project)


def test_an_option_among_the_requirements(project: Project) -> None:
    project.function(requirements="--no-binary :all:\n")
    assert "requirements.txt:1: '--no-binary :all:'" in error_of(project)


@pytest.mark.parametrize("tag", ["cp313-cp313-manylinux_2_28_x86_64", "cp313-cp313-win_amd64"])
def test_no_wheel_for_the_target(project: Project, index: PackageIndex, tag: str) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""}, tag=tag)
    project.function(requirements="tiny\n")
    assert ("requirements.txt:1: no wheel of 'tiny==1.0' for aarch64-manylinux_2_34") in error_of(
        project
    )


def test_no_wheel_of_what_a_requirement_requires(project: Project, index: PackageIndex) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""}, tag="cp313-cp313-win_amd64")
    index.add("big", "1.0", {"big.py": ""}, requires=("tiny",))
    project.function(requirements="big\n")
    assert "functions/orders/requirements.lock:5: no wheel of 'tiny==1.0'" in error_of(project)


def test_a_wheel_for_a_newer_glibc_than_lambdas(project: Project, index: PackageIndex) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""}, tag="cp313-cp313-manylinux_2_35_aarch64")
    project.function(requirements="tiny\n")
    assert "no wheel of 'tiny==1.0'" in error_of(project)


def test_a_file_that_is_not_the_one_that_was_locked(project: Project, index: PackageIndex) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""})
    folder = project.function(requirements="tiny\n")
    project.built()
    lock = folder / "requirements.lock"
    digest = lock.read_text().rpartition("sha256:")[2].strip()
    lock.write_text(lock.read_text().replace(digest, "0" * 64))
    message = error_of(project)
    assert "requirements.txt:1: the file of 'tiny==1.0' is not the one that was locked" in message


@pytest.mark.parametrize(
    "file", ["tiny/__init__.py", "tiny.py", "tiny.cpython-313-aarch64-linux-gnu.so"]
)
def test_a_module_with_the_name_of_a_dependencys(
    project: Project, index: PackageIndex, file: str
) -> None:
    index.add("tiny", "1.0", {file: ""})
    project.function(requirements="tiny\n")
    project.write("functions/orders/tiny.py")
    assert "functions/orders/tiny.py: 'tiny' is also the name of a dependency" in error_of(project)


def test_a_symbolic_link_that_leaves_the_folder(project: Project) -> None:
    folder = project.function()
    (folder / "order.py").symlink_to("../../shared/order.py")
    assert (
        "functions/orders/order.py: symbolic link that leaves the folder, to ../../shared/order.py"
    ) in error_of(project)


def test_a_symbolic_link_to_nothing(project: Project) -> None:
    folder = project.function()
    (folder / "order.py").symlink_to("nothing.py")
    assert "functions/orders/order.py: symbolic link to nothing" in error_of(project)


def test_a_symbolic_link_to_a_folder_around_itself(project: Project) -> None:
    folder = project.function()
    (folder / "again").symlink_to(".")
    assert "functions/orders/again: symbolic link to a folder around itself" in error_of(project)


def test_a_function_that_is_a_symbolic_link(project: Project) -> None:
    project.function("billing")
    (project.root / "functions/orders").symlink_to("billing")
    assert "functions/orders: the function is a symbolic link" in error_of(project)


@pytest.mark.parametrize("name", ["or ders", "a.b", "x" * 65])
def test_a_name_that_lambda_does_not_take(project: Project, name: str) -> None:
    project.function(name)
    assert f"functions/{name}: {name!r} is no name for a function" in error_of(project)


def test_a_function_that_is_too_large_unzipped(project: Project) -> None:
    project.function()
    with (project.root / "functions/orders/model.bin").open("wb") as file:
        file.truncate(limits.UNZIPPED_BYTES)
    message = error_of(project)
    assert "unzipped it has 262.14 MB; Lambda takes 262,144,000 bytes" in message
    assert "most: model.bin 262.14 MB" in message


def test_a_zip_that_is_too_large(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.function()
    monkeypatch.setattr(limits, "ZIP_BYTES", 100)
    monkeypatch.chdir(project.root)
    assert cli.main([f"--interpreter={project.interpreter}"]) == 1
    assert "Lambda takes 100 bytes. Leave out or split" in capsys.readouterr().err


def test_a_name_that_is_not_utf_8(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not all file systems take one: it is there for the packager alone."""
    folder, scandir = project.function(), os.scandir
    odd = SimpleNamespace(name=os.fsdecode(b"\xfcber.json"))

    def there(path: str) -> list[Any]:
        return [*scandir(path), odd] if Path(path) == folder else list(scandir(path))

    monkeypatch.setattr(os, "scandir", there)
    with pytest.raises(SourceError) as told:
        sources.walk(folder, Index(project.root / "index.json"))
    (fault,) = told.value.faults
    assert fault.where == f"{folder}/{odd.name}"
    assert fault.what == "its name is not UTF-8, as names in a zip are"


def test_a_fault_of_the_packager_itself_is_no_success(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    project.function("billing")
    project.function("orders")

    def broken(_members: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(build, "zip_bytes", broken)
    monkeypatch.chdir(project.root)
    assert cli.main([f"--interpreter={project.interpreter}"]) == 2
    said = capsys.readouterr().err
    for name in ("billing", "orders"):
        assert f"error: {name}: a fault of the packager itself" in said
    assert "ZeroDivisionError" in said


def test_a_stale_lock_is_an_error_where_locks_are_not_made(
    project: Project, index: PackageIndex
) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""})
    project.function(requirements="tiny\n")
    project.built()
    project.function(requirements="tiny>=1\n")
    assert (
        "functions/orders/requirements.lock:1: requirements.lock is stale (requirements.txt "
        "changed). Run make package and commit the lock"
    ) in error_of(project, "--locked")


def test_a_lock_for_another_python_is_told_as_that(project: Project, index: PackageIndex) -> None:
    index.add("tiny", "1.0", {"tiny.py": ""})
    project.function(requirements="tiny\n")
    project.built()
    project.interpreter = None
    message = error_of(project, "--locked", "--runtime=3.12")
    assert "requirements.lock is not made for Python 3.12. Run make package" in message


def test_a_missing_lock_is_an_error_where_locks_are_not_made(project: Project) -> None:
    project.function(requirements="tiny\n")
    assert "requirements.lock is missing. Run make package" in error_of(project, "--locked")


def test_an_unknown_function_is_an_argument_at_fault(project: Project) -> None:
    project.function()
    done = project.package("nothing")
    assert (done.code, done.err) == (
        2, "error: no function 'nothing' in functions. There are: orders\n",
    )  # fmt: skip


def test_an_interpreter_of_another_version_is_an_argument_at_fault(project: Project) -> None:
    project.function()
    done = project.package("--interpreter=/bin/sh")
    assert done.code == 2
    assert "--interpreter /bin/sh is not a Python 3.13 that runs" in done.err


def test_a_uv_that_does_not_run_is_an_argument_at_fault(project: Project) -> None:
    project.function(requirements="tiny\n")
    done = project.package("--uv=/nowhere/uv")
    assert (done.code, "Give uv by --uv" in done.err) == (2, True)


def test_an_index_that_does_not_answer_is_no_fault_of_the_source(project: Project) -> None:
    project.function(requirements="tiny\n")
    done = project.package(
        settings={"UV_DEFAULT_INDEX": "http://127.0.0.1:9", "UV_HTTP_RETRIES": "0"}
    )
    assert done.code == 2
    assert "functions/orders/requirements.txt: the package index does not answer" in done.err
