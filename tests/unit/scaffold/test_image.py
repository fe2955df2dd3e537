"""make image: a function's zip as an image, built where docker is and nowhere else."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from pathlib import Path

import pytest

from tests.copies import run
from tests.laid_out_image import contents, instructions, lay_out, stages
from tools.paths import ROOT
from tools.scaffold import images
from tools.scaffold.changes import ScaffoldError

HASH = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8"


def test_both_stages_begin_with_the_base_image_of_the_runtime_that_zips_are_built_for() -> None:
    variables = (ROOT / "modules" / "function" / "variables.tf").read_text()
    runtime = re.search(r'runtime\s*= optional\(string, "python([\d.]+)"\)', variables)
    assert runtime
    bases = [rest for word, rest in instructions() if word == "FROM"]
    wanted = f"public.ecr.aws/lambda/python:{runtime[1]}"
    assert bases == [f"--platform=$BUILDPLATFORM {wanted} AS code", wanted]


def test_the_image_has_the_zips_content_and_nothing_else() -> None:
    copied = [rest for word, rest in instructions() if word in {"ADD", "COPY"}]
    assert copied == ["${FUNCTION}.zip /function.zip", "--from=code /code ${LAMBDA_TASK_ROOT}"]
    ran = [rest for word, rest in instructions() if word == "RUN"]
    assert ran == ['["/bin/sh", "-c", "python3 -m zipfile -e /function.zip /code"]']


def test_the_task_root_has_the_files_of_the_zip_byte_for_byte(tmp_path: Path) -> None:
    context = tmp_path / "dist"
    context.mkdir()
    files = {"app.py": b"def handler(event, context): ...\n", "lib/a b.bin": bytes(range(256))}
    with zipfile.ZipFile(context / "orders_report.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    (context / "another.zip").write_bytes(b"another function's")
    folder = tmp_path / "python3-image"
    root, command = lay_out(context, "orders_report", folder, Path(sys.executable))
    assert contents(root) == files
    assert command == ["app.handler"]


def test_the_handler_is_that_of_the_zip() -> None:
    variables = (ROOT / "modules" / "function" / "variables.tf").read_text()
    handler = re.search(r'handler\s*= optional\(string, "([\w.]+)"\)', variables)
    assert handler
    assert [json.loads(rest) for word, rest in stages()[-1] if word == "CMD"] == [[handler[1]]]


def test_the_image_keeps_the_entry_point_and_the_user_of_the_base() -> None:
    assert {word for word, _ in stages()[-1]} == {"FROM", "COPY", "CMD"}


def test_no_secret_and_no_setting_is_in_the_image() -> None:
    assert not [rest for word, rest in instructions() if word in {"ENV", "LABEL"}]
    assert [rest for word, rest in instructions() if word == "ARG"] == ["FUNCTION"]


@pytest.mark.parametrize(
    ("architecture", "platform"), [("arm64", "linux/arm64"), ("x86_64", "linux/amd64")]
)
def test_docker_sees_the_zips_alone_and_builds_for_their_architecture(
    architecture: str, platform: str
) -> None:
    command = images.command("orders-report:5e88", "orders_report", architecture)
    assert command[command.index("--platform") + 1] == platform
    assert command[-1] == "dist"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "functions" / "orders_report").mkdir(parents=True)
    (tmp_path / "functions" / "orders_report" / "app.py").touch()
    (tmp_path / "dist").mkdir()
    line = {"architecture": "arm64", "sha256": HASH}
    manifest = {"functions": {"orders_report": line}}
    (tmp_path / "dist" / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "bin").mkdir()
    return tmp_path


def docker(tree: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a docker on PATH that does as the script says, and nothing else."""
    path = tree / "bin" / "docker"
    path.write_text(f"#!{sys.executable}\nimport pathlib, sys\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(path.parent))


def test_the_tag_is_the_hash_of_the_zip(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = tree / "asked"
    docker(tree, monkeypatch, f"open({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + chr(10))")
    assert images.build(tree, "orders_report") == f"orders-report:{HASH[:12]}"
    asked = log.read_text().splitlines()
    assert [line.split()[0] for line in asked] == ["version", "build"]
    assert asked[1].endswith(f"--tag orders-report:{HASH[:12]} --file functions/Dockerfile dist")


def test_without_docker_it_says_what_to_do(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tree / "bin"))
    with pytest.raises(ScaffoldError, match=r"there is no docker on PATH.*: install it, or build"):
        images.build(tree, "orders_report")


def test_a_docker_that_does_not_answer_is_told_with_what_it_says(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docker(tree, monkeypatch, "sys.exit('Cannot connect to the Docker daemon.')")
    with pytest.raises(ScaffoldError, match=r"docker does not answer: Cannot connect .* Start it"):
        images.build(tree, "orders_report")


def test_a_build_that_fails_is_told(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    docker(tree, monkeypatch, "sys.exit(3 if sys.argv[1] == 'build' else 0)")
    with pytest.raises(ScaffoldError, match="docker build ended with 3"):
        images.build(tree, "orders_report")


def test_an_unknown_function_is_told_with_those_that_there_are(tree: Path) -> None:
    with pytest.raises(ScaffoldError, match="FUNCTION is 'stok': give one of orders_report"):
        images.build(tree, "stok")


def test_the_command_ends_with_2_where_there_is_no_docker(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tools.scaffold", "image", "orders_report")
    done = run(ROOT, *command, PATH=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("image: there is no docker on PATH")
