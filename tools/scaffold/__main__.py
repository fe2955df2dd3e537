"""``python -m tools.scaffold``: what make new-function, new-env, call and image run."""

from __future__ import annotations

import argparse
import sys

from tools.local_aws.server import LocalAwsError
from tools.paths import ROOT
from tools.scaffold import calls, images
from tools.scaffold.changes import Changes, ScaffoldError
from tools.scaffold.environments import new_env
from tools.scaffold.functions import new_function, next_commands

# Of a command that has its reason beside it.
LONGEST = 60


def main() -> int:
    """Run one command.

    Returns
    -------
    int
        0; 1 when a call failed in the function; 2 when what was asked for cannot be.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.scaffold")
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("new-function")
    one.add_argument("name")
    one.add_argument("trigger")
    one = commands.add_parser("new-env")
    one.add_argument("name")
    one.add_argument("source")
    one = commands.add_parser("call")
    one.add_argument("name")
    one.add_argument("env")
    one = commands.add_parser("image")
    one.add_argument("name")
    given = parser.parse_args()
    try:
        return _run(given)
    except (LocalAwsError, ScaffoldError) as error:
        print(f"{given.command}: {error}", file=sys.stderr)
        return 2


def _run(given: argparse.Namespace) -> int:
    name = given.name
    if given.command == "new-function":
        changes = new_function(ROOT, name, given.trigger)
        _write(changes, f"new-function: {name}, {given.trigger}")
        _next(next_commands(name, given.trigger))
    elif given.command == "new-env":
        changes = new_env(ROOT, name, given.source)
        _write(changes, f"new-env: {name}, with the values of {given.source}")
        _next({
            "make lint plan-tests": "check it",
            f"make up && make apply ENV={name} AWS=local": "try it on the local AWS",
            f"make plan ENV={name}": f"once envs/{name}/backend.hcl names a bucket of yours",
        })  # fmt: skip
    elif given.command == "call":
        return 0 if calls.call(ROOT, name, given.env) else 1
    else:
        tag = images.build(ROOT, name)
        print(f"image: {tag}. Push it to a private ECR repository of the function's region")
    return 0


def _write(changes: Changes, title: str) -> None:
    new = set(changes.new)
    changes.write()
    print(title)
    for path in sorted(changes.texts, key=lambda path: (path not in new, path)):
        print(f"  {'new' if path in new else 'changed':8} {path}")


def _next(commands: dict[str, str]) -> None:
    print("Next")
    width = max((len(command) for command in commands if len(command) <= LONGEST), default=0)
    for command, why in commands.items():
        if len(command) <= LONGEST:
            print(f"  {command:{width}}  {why}")
        else:
            # Its reason stands above it, so that the others stay on the screen.
            print(f"  {why}:\n  {command}")


if __name__ == "__main__":
    sys.exit(main())
