"""A new function of the order service: handler, test, event, wiring."""

from __future__ import annotations

import json
import keyword
import re
from pathlib import Path

from tools.scaffold import inventories
from tools.scaffold.changes import Changes, ScaffoldError
from tools.scaffold.entries import NoPlaceError, TakenError, add_row, add_to_list, add_to_map
from tools.scaffold.triggers import TRIGGERS

TEMPLATES = Path(__file__).parent / "templates"
SERVICE = "modules/order_service"
LONGEST = 24
"""Characters of a name: with the prefix's 32 before and a suffix after it, AWS takes 64."""

COLD_STARTS = "tests/unit/functions/cold_starts.json"
"""What each function imports when it starts, where that is listed."""

_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_MODULE = re.compile(r'^module "(\w+)"', re.MULTILINE)


def new_function(root: Path, name: str, trigger: str) -> Changes:
    """Return what makes a function of the order service, and wires it to what starts it.

    Parameters
    ----------
    root
        The checkout.
    name
        Of the function, in snake_case.
    trigger
        One of `TRIGGERS`.

    Raises
    ------
    ScaffoldError
        A name or a trigger that cannot be; or the service's files are not as they were.
    """
    check_name(name)
    if trigger not in TRIGGERS:
        raise ScaffoldError(
            f"TRIGGER is {trigger!r}: give one of\n"
            + "\n".join(f"  {known:13}  {each.what}" for known, each in TRIGGERS.items())
        )
    _check_free(root, name, trigger)
    changes = Changes(root)
    _add_files(changes, name, trigger)
    try:
        _enlist(changes, name, trigger)
    except TakenError as error:
        raise ScaffoldError(
            f"NAME is {name!r}, and {SERVICE} has {error} already: take another name"
        ) from error
    except NoPlaceError as error:
        raise ScaffoldError(
            f"{SERVICE} has no longer {error}: put it back, or add the function by hand as "
            "CONTRIBUTING.md says"
        ) from error
    for path in inventories.of_order_service(root):
        changes.change(path, inventories.with_more(changes.read(path), TRIGGERS[trigger].counts))
    return changes


def next_commands(name: str, trigger: str) -> dict[str, str]:
    """Return the three commands that come after, and what each does."""
    if trigger == "upload":
        bucket = f"orders-local-{name.replace('_', '-')}-123456789012"
        # The event of the test names a bucket that is not there, and not everybody has the AWS CLI.
        put = f'upload_file("README.md", "{bucket}", "incoming/README.md")'
        python = f".venv/bin/python -c 'import boto3; boto3.client(\"s3\").{put}'"
        send = f'eval "$(make -s env)" && {python}'
        how = f"drop a file (make logs ENV=local FUNCTION={name} tells what became of it)"
    else:
        send = f"make call NAME={name}"
        how = f"send it tests/unit/functions/{name}/event.json"
    return {
        "make lint unit": "check it",
        "make up && make apply ENV=local": "deploy it to the local AWS",
        send: how,
    }


def check_name(name: str) -> None:
    """Raise ScaffoldError unless `name` can be that of a function."""
    if not name:
        raise ScaffoldError("NAME is empty: give the function's name, as NAME=order_totals")
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        mend = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
        mend = mend.strip("_")
        example = mend if _NAME.fullmatch(mend) and not keyword.iskeyword(mend) else "order_totals"
        raise ScaffoldError(
            f"NAME is {name!r}: use lower-case letters and digits in words joined by underscores, "
            f"a letter first, and no word of Python's own, as NAME={example}"
        )
    if len(name) > LONGEST:
        raise ScaffoldError(
            f"NAME is {name!r} of {len(name)} characters: AWS's names are made of it, use at most "
            f"{LONGEST}"
        )


def _check_free(root: Path, name: str, trigger: str) -> None:
    for path in (f"functions/{name}", f"{SERVICE}/{name}.tf", f"tests/unit/functions/{name}"):
        if (root / path).exists():
            raise ScaffoldError(f"NAME is {name!r}, and {path} is there already: take another name")
    if name == "edge_signer":
        raise ScaffoldError(f"NAME is {name!r}, whose zip is the edge signer's: take another name")
    taken = {
        module: path
        for path in sorted((root / SERVICE).glob("*.tf"))
        for module in _MODULE.findall(path.read_text())
    }
    for module in [name, *(f"{name}_{part}" for part in TRIGGERS[trigger].parts)]:
        if module in taken:
            raise ScaffoldError(
                f'NAME is {name!r}, and {SERVICE}/{taken[module].name} has a module "{module}": '
                "take another name"
            )


def _add_files(changes: Changes, name: str, trigger: str) -> None:
    handler = TEMPLATES / TRIGGERS[trigger].handler
    files = {
        f"functions/{name}/app.py": handler / "app.py",
        f"tests/unit/functions/{name}/event.json": handler / "event.json",
        f"tests/unit/functions/{name}/test_{name}.py": handler / "test_new_function.py",
        f"{SERVICE}/{name}.tf": TEMPLATES / "wiring" / f"{trigger}.tf",
    }
    definition = TEMPLATES / "wiring" / f"{trigger}.asl.json"
    if definition.is_file():
        files[f"{SERVICE}/{name}.asl.json"] = definition
    for path, template in files.items():
        changes.add(path, _named(template.read_text(), name))
    wanted = "msgspec\n"
    changes.add(f"functions/{name}/requirements.txt", wanted)
    # Who wants the same has it locked; without one, make package locks it.
    for other in sorted(changes.root.glob("functions/*/requirements.lock")):
        if other.with_suffix(".txt").read_text() == wanted:
            changes.add(f"functions/{name}/requirements.lock", other.read_text())
            break


def _named(template: str, name: str) -> str:
    return template.replace("new_function", name).replace("new-function", name.replace("_", "-"))


def _enlist(changes: Changes, name: str, trigger: str) -> None:
    """Name the function where the service names all of them."""
    what = TRIGGERS[trigger]
    main, parts, outputs, readme = (
        f"{SERVICE}/{file}" for file in ("main.tf", "parts.tf", "outputs.tf", "README.md")
    )
    changes.change(main, add_to_list(changes.read(main), "packages", name))
    text = add_to_map(changes.read(parts), "functions = {", name, f"module.{name}")
    for part in [name, *(f"{name}_{each}" for each in what.parts)]:
        text = add_to_map(text, "parts = merge({", part, f"module.{part}")
    changes.change(parts, text)
    if what.door:
        url = f"{{ url = module.{name}_{what.door}.url }}"
        apis = _one_line_after(changes.read(outputs), 'output "apis" {', name, url)
        changes.change(outputs, apis)
    if (changes.root / COLD_STARTS).is_file():
        listed = json.loads(changes.read(COLD_STARTS))
        listed[name] = json.loads((TEMPLATES / "cold_starts.json").read_text())[what.handler]
        changes.change(COLD_STARTS, json.dumps(dict(sorted(listed.items())), indent=2) + "\n")
    row = f"| [`{name}.tf`]({name}.tf) | `{name}`, started by {what.what} |"
    changes.change(readme, add_row(changes.read(readme), "| [`", row))


def _one_line_after(text: str, opening: str, key: str, value: str) -> str:
    """Add an entry to the map that is the value of the output that `opening` begins."""
    before, found, after = text.partition(opening)
    block, end, rest = after.partition("\n}\n")
    if not found or not end:
        raise NoPlaceError(f"the line {opening}")
    return f"{before}{found}{add_to_map(block, 'value = {', key, value).rstrip()}{end}{rest}"
