"""Work that is given to the target's interpreter: compiling, reading, and importing a handler."""

from __future__ import annotations

import marshal
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tools.packager.errors import ToolError

if TYPE_CHECKING:
    from tools.packager.interpreter import Target

ROOT = Path(__file__).resolve().parents[2]
START = (
    "import sys; sys.path.insert(0, sys.argv.pop()); "
    "from tools.packager.target import compiler; sys.path.pop(0); compiler.main()"
)
# Lambda itself gives an import 10 s; a busy build machine may be slower than Lambda.
IMPORT_SECONDS = 30
WIRE_FORMAT = 2


class Answer(NamedTuple):
    """What the interpreter said: `data` as of ``target.compiler.main``, or why there is none."""

    data: dict[str, Any]
    died: str


def work(  # noqa: PLR0913  a job has these parts
    interpreter: Target,
    cache: Path,
    *,
    compile_files: dict[str, str] | None = None,
    facts: dict[str, str] | None = None,
    probe: dict[str, Any] | None = None,
    bare: bool = False,
) -> Answer:
    """
    Let `interpreter` do a job of ``target.compiler``, isolated from the builder's settings.

    Raises
    ------
    ToolError
        It cannot even compile. (That it ends while it imports a handler is the answer.)
    """
    job = {"compile": compile_files or {}, "facts": facts or {}, "probe": probe, "bare": bare}
    # What the dynamic loader of some interpreters needs; everything else Lambda would not have.
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    process = subprocess.Popen(
        [interpreter.path, "-I", "-S", "-W", "ignore", "-X", "utf8",
         "-X", f"pycache_prefix={cache / 'pycache'}", "-c", START, str(ROOT)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=probe["stage"] if probe else cache,
        env={name: os.environ[name] for name in kept if name in os.environ},
    )  # fmt: skip
    with process:
        try:
            out, err = process.communicate(marshal.dumps(job, WIRE_FORMAT), IMPORT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            if probe is None:
                raise ToolError(
                    f"{interpreter.path} compiles for more than {IMPORT_SECONDS} s. Run make "
                    "package again on a machine that is less busy"
                ) from None
            return Answer({}, f"the import takes more than {IMPORT_SECONDS} s")
        except BaseException:
            process.kill()
            raise
    if process.returncode or not out:
        if probe is None:
            raise ToolError(
                f"{interpreter.path} ends with status {process.returncode} when it is to compile: "
                f"{err.decode(errors='replace').strip()}. Name another one by --interpreter"
            )
        last = err.decode(errors="replace").strip().splitlines()[-1:]
        said = f" ({last[0]})" if last else ""
        return Answer({}, f"Python ends with status {process.returncode} during the import{said}")
    return Answer(marshal.loads(out), "")  # noqa: S302  our own interpreter's answer


def lambda_environment(name: str, runtime: str, stage: str) -> dict[str, str]:
    """Return the variables that Lambda sets before it imports a handler.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return {
        "AWS_ACCESS_KEY_ID": "placeholder",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EXECUTION_ENV": f"AWS_Lambda_python{runtime}",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_FUNCTION_NAME": name,
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{name}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "2025/01/01/[$LATEST]placeholder",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001",
        "AWS_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "placeholder",
        "AWS_SESSION_TOKEN": "placeholder",
        "HOME": "/tmp",  # noqa: S108  the only folder that a function may write to
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "LAMBDA_TASK_ROOT": stage,
        "LANG": "en_US.UTF-8",
        "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
        "TZ": ":UTC",
        "_HANDLER": "app.handler",
    }
