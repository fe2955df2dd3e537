"""What is built again, what is not, and what a killed build leaves."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.unit.packager.conftest import HANDLER, find_uv
from tools.packager import imports
from tools.packager.cache import Index
from tools.packager.plan import Planner, Settings

if TYPE_CHECKING:
    from tests.unit.packager.conftest import PackageIndex, Project


def outcomes(out: str) -> dict[str, str]:
    """Return what became of each function, from the lines of a run."""
    lines = [line.split() for line in out.splitlines()[:-1]]
    return {line[0]: line[1] for line in lines}


@pytest.fixture
def two(project: Project) -> Project:
    """Return a built project of two functions, of which one imports a shared module."""
    project.function("orders", f"import order\n{HANDLER}")
    project.function("billing")
    project.write("shared/order.py", "X = 1\n")
    project.write("shared/other.py", "X = 1\n")
    project.built()
    return project


def test_a_second_run_builds_nothing(two: Project) -> None:
    assert set(outcomes(two.built().out).values()) == {"unchanged"}


def test_a_touched_file_builds_nothing(two: Project) -> None:
    (two.root / "functions/orders/app.py").touch()
    assert outcomes(two.built().out)["orders"] == "unchanged"


def test_an_edit_builds_its_function_only(two: Project) -> None:
    two.function("billing", HANDLER + "# edited\n")
    assert outcomes(two.built().out) == {"billing": "built", "orders": "unchanged"}


def test_an_edit_of_the_same_length_is_seen(two: Project) -> None:
    two.function("billing", HANDLER.replace("ok", "no"))
    two.built()
    assert b"no" in (two.unpacked("billing") / "app.py").read_bytes()


def test_an_edit_of_a_shared_module_builds_those_that_import_it(two: Project) -> None:
    two.write("shared/order.py", "X = 2\n")
    assert outcomes(two.built().out) == {"billing": "unchanged", "orders": "built"}


def test_a_shared_module_that_nobody_imports_builds_nothing(two: Project) -> None:
    two.write("shared/other.py", "X = 2\n")
    assert set(outcomes(two.built().out).values()) == {"unchanged"}


def test_a_lost_zip_comes_from_the_cache(two: Project) -> None:
    before = two.zip()
    (two.root / "dist/orders.zip").unlink()
    assert outcomes(two.built().out)["orders"] == "cached"
    assert two.zip() == before


def test_a_zip_that_somebody_changed_is_put_right(two: Project) -> None:
    before = two.zip()
    two.write("dist/orders.zip", "rubbish")
    two.built()
    assert two.zip() == before


def test_going_back_to_an_earlier_source_builds_nothing(two: Project) -> None:
    two.function("billing", HANDLER + "# edited\n")
    two.built()
    two.function("billing", HANDLER)
    assert outcomes(two.built().out)["billing"] == "cached"


def test_a_broken_index_is_an_empty_one(two: Project) -> None:
    before = two.zip()
    two.write(".cache/packager/index.json", "{")
    two.built()
    assert two.zip() == before


@pytest.mark.parametrize("change", [{"tool": "a later one"}, {"minor": 14}])
def test_another_packager_or_runtime_reads_sources_again(
    two: Project, monkeypatch: pytest.MonkeyPatch, change: dict[str, object]
) -> None:
    monkeypatch.chdir(two.root)
    index = Index(two.root / "index.json")
    settings = Settings(Path("functions"), [], Path("shared"), Path("dist"), Path("cache"),
                        "arm64", "3.13", locked=False)  # fmt: skip
    with monkeypatch.context() as blind:
        blind.setattr(imports, "facts", lambda _tree: {"imports": [], "handler": "yes"})
        assert "order.py" not in Planner(settings, index, None).plan("orders").files
    later = Planner(settings, index, None)
    for name, value in change.items():
        setattr(later, name, value)
    assert "order.py" in later.plan("orders").files


def test_another_architecture_is_another_build(two: Project) -> None:
    two.built("--arch", "x86_64")
    assert two.manifest()["orders"]["architecture"] == "x86_64"


def test_naming_a_function_builds_it_alone(two: Project) -> None:
    two.function("billing", HANDLER + "# edited\n")
    assert outcomes(two.built("orders").out) == {"orders": "unchanged"}


def test_naming_a_function_keeps_the_lines_of_the_others(two: Project) -> None:
    two.built("orders")
    assert set(two.manifest()) == {"orders", "billing"}


def test_an_import_time_edit_imports_the_handler_again(two: Project) -> None:
    two.function("billing", f"raise OSError\n{HANDLER}")
    assert two.package().code == 1


def test_an_edit_of_a_function_that_the_import_runs_imports_the_handler_again(
    project: Project,
) -> None:
    project.function(source=f"def setting():\n    return 1\nX = setting()\n{HANDLER}")
    project.built()
    project.function(source=f"def setting():\n    raise OSError\nX = setting()\n{HANDLER}")
    assert project.package().code == 1


def test_equal_functions_of_two_modules_are_told_apart(project: Project) -> None:
    setting, use = "def setting():\n    return 1\n", "X = setting()\n"
    project.function(source=f"import first\n{HANDLER}")
    project.write("functions/orders/first.py", f"{setting}import second\n{use}")
    project.write("functions/orders/second.py", f"{setting}{use}")
    project.built()
    broken = setting.replace("return 1", "raise OSError")
    project.write("functions/orders/first.py", f"{broken}import second\n{use}")
    assert project.package().code == 1


def test_an_edit_of_data_imports_the_handler_again(project: Project) -> None:
    project.function(source=f"import json\nX = json.load(open('s.json'))['x']\n{HANDLER}")
    project.write("functions/orders/s.json", '{"x": 1}')
    project.built()
    project.write("functions/orders/s.json", '{"y": 1}')
    assert project.package().code == 1


def test_an_edit_inside_a_function_ships_its_new_bytecode(project: Project) -> None:
    project.function()
    project.built()
    project.function(source=HANDLER.replace("ok", "new answer"))
    project.built()
    pyc = project.unpacked() / "__pycache__/app.cpython-313.pyc"
    assert b"new answer" in pyc.read_bytes()


def test_a_syntax_error_inside_a_function_is_found_after_a_good_build(project: Project) -> None:
    project.function()
    project.built()
    project.function(source="def handler(event, context):\n    return return\n")
    assert "app.py:2" in project.package().err


def test_a_failed_build_leaves_the_last_good_zip_and_its_line(two: Project) -> None:
    before, line = two.zip(), two.manifest()["orders"]
    two.function("orders", "def handler(:\n")
    two.package()
    assert (two.zip(), two.manifest()["orders"]) == (before, line)


def test_a_failed_function_does_not_stop_the_others(two: Project) -> None:
    two.function("orders", "def handler(:\n")
    two.function("billing", HANDLER + "# edited\n")
    assert outcomes(two.package().out) == {"billing": "built", "orders": "failed"}


@pytest.fixture
def interrupted(two: Project) -> tuple[Project, bytes]:
    """Return a project whose build was killed while it imported a handler, and its zip before."""
    before = two.zip()
    two.function("orders", f"import time\ntime.sleep(5)\n{HANDLER}")
    process = subprocess.Popen(
        two.command(), cwd=two.root, env=two.environment({}), stdout=subprocess.DEVNULL
    )
    staged = two.root / ".cache/packager/tmp"
    deadline = time.monotonic() + 60
    while not list(staged.glob("orders-*")) and time.monotonic() < deadline:
        assert process.poll() is None, "it ended before it imported the handler"
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    return two, before


def test_a_killed_build_leaves_the_last_good_zip(interrupted: tuple[Project, bytes]) -> None:
    project, before = interrupted
    assert project.zip() == before


def test_a_killed_build_leaves_the_last_good_manifest(interrupted: tuple[Project, bytes]) -> None:
    project, before = interrupted
    assert project.manifest()["orders"]["zip_bytes"] == len(before)


def test_a_build_after_a_killed_one_sweeps_and_succeeds(
    interrupted: tuple[Project, bytes],
) -> None:
    project, _ = interrupted
    project.write("dist/.orders.zip.1.half", "half")
    project.function("orders")
    project.built()
    leftovers = [*(project.root / "dist").glob(".*"), *project.root.glob(".cache/packager/tmp/*")]
    assert leftovers == []


def test_a_source_that_its_import_changes_is_told_and_not_packaged(project: Project) -> None:
    app = project.root / "functions/orders/app.py"
    project.function(source=f"open({str(app)!r}, 'w').write('ANSWER = 2')\n{HANDLER}")
    done = project.package()
    said = "functions/orders/app.py: it was changed while it was packaged. Run make package again"
    assert (done.code, said in done.err) == (1, True)
    assert not (project.root / "dist/orders.zip").exists()


def test_what_an_import_writes_beside_it_is_not_in_the_checkout_nor_the_zip(
    project: Project,
) -> None:
    project.function(source=f"open('state.json', 'w').write('of the import')\n{HANDLER}")
    state = project.write("functions/orders/state.json", "of the author")
    project.built()
    assert state.read_text() == "of the author"
    assert (project.unpacked() / "state.json").read_text() == "of the author"


@pytest.fixture
def tiny(project: Project, index: PackageIndex) -> Project:
    """Return a project of a dependency that is locked and not installed."""
    for version in ("1.0", "2.0"):
        index.add("tiny", version, {"tiny.py": f"VERSION = {version!r}\n"})
    project.function(source=f"import tiny\nANSWER = 'first'\n{HANDLER}", requirements="tiny==1.0\n")
    project.built()
    shutil.rmtree(project.root / ".cache")
    return project


def packaged_while(project: Project, change: str) -> str:
    """Package while `change` is made, as dependencies are installed; return what is complained."""
    uv = project.write("uv", f'#!/bin/sh\n{change}\nexec {find_uv()} "$@"\n')
    uv.chmod(0o755)
    return project.package(f"--uv={uv}").err


def test_a_source_that_changes_while_it_is_packaged_spoils_no_later_zip(tiny: Project) -> None:
    app = tiny.root / "functions/orders/app.py"
    before = app.read_bytes()
    assert "app.py: it was changed" in packaged_while(tiny, f"sed -i s/first/second/ {app}")
    app.write_bytes(before)
    tiny.built()
    folder = tiny.unpacked()
    assert (folder / "app.py").read_bytes() == before
    assert b"first" in (folder / "__pycache__/app.cpython-313.pyc").read_bytes()


def test_a_lock_that_changes_while_it_is_packaged_spoils_no_later_zip(tiny: Project) -> None:
    lock = tiny.root / "functions/orders/requirements.lock"
    before = lock.read_bytes()
    tiny.function(requirements="tiny==2.0\n")
    tiny.built()
    other = lock.rename(tiny.root / "other.lock")
    shutil.rmtree(tiny.root / ".cache")
    tiny.function(source=f"import tiny\n{HANDLER}", requirements="tiny==1.0\n")
    lock.write_bytes(before)
    assert "requirements.lock: it was changed" in packaged_while(tiny, f"cp {other} {lock}")
    lock.write_bytes(before)
    tiny.built()
    assert "1.0" in (tiny.unpacked() / "tiny.py").read_text()


def test_dependencies_are_not_installed_again_for_an_edit(
    project: Project, index: PackageIndex
) -> None:
    index.add("tiny", "1.0", {"tiny.py": "X = 1\n"})
    project.function(source=f"import tiny\n{HANDLER}", requirements="tiny\n")
    project.built()
    installed = _installed(project)
    project.function(source=f"import tiny\n{HANDLER}# edited\n", requirements="tiny\n")
    project.built()
    assert _installed(project) == installed


def test_dependencies_that_no_build_uses_leave_the_cache(
    project: Project, index: PackageIndex
) -> None:
    for version in ("1.0", "2.0", "3.0", "4.0", "5.0", "6.0"):
        index.add("tiny", version, {"tiny.py": "X = 1\n"})
        project.function(requirements=f"tiny=={version}\n")
        project.built()
    assert len(_installed(project)) == 4


def _installed(project: Project) -> list[tuple[Path, int]]:
    folders = project.root.glob(".cache/packager/deps/*/site")
    return [(path, path.stat().st_ctime_ns) for path in folders]
