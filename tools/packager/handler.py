"""Import the handler in the target's interpreter: does it work, and which modules does it take.

An edit inside of functions that did not run during the last import cannot change what an import
does. Then the import is not repeated, and only what changed is compiled (``import_fingerprint``).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.packager import dependencies, imports, lock, sources
from tools.packager.archive import SMALLEST, Member, compress
from tools.packager.cache import replace
from tools.packager.closure import closure
from tools.packager.errors import Fault, SourceError
from tools.packager.limits import RUNTIME_PROVIDED
from tools.packager.worker import lambda_environment, work

if TYPE_CHECKING:
    from tools.packager.dependencies import Ready
    from tools.packager.interpreter import Target
    from tools.packager.plan import Plan, Planner
    from tools.packager.sources import SourceFile


class Importer:
    """Compiles one function and imports its handler.

    Parameters
    ----------
    ready
        Its dependencies, None without any.
    """

    def __init__(self, planner: Planner, target: Target, plan: Plan, ready: Ready | None) -> None:
        self.planner = planner
        self.settings = planner.settings
        self.target = target
        self.plan = plan
        self.ready = ready
        self.cache = self.settings.cache.resolve()
        self.modules = {n: f for n, f in plan.files.items() if n.endswith(".py")}

    def bytecode(self) -> tuple[dict[str, Member], dict[str, Any] | None]:
        """
        Return the bytecode that ships, and what to remember of the import.

        Raises
        ------
        SourceError
            A source is no Python of the target's version, or the handler does not import.
        """
        before = self.remembered()
        compiled: dict[str, bytes]
        if before:
            compiled = self._compiled(self._missing())
            seen = before
        elif self.ready and self.ready.site is None:
            compiled = self._compiled(self._missing())
            return self._members(compiled, self._read_imports(), self._read_dependencies()), None
        else:
            seen, compiled = self._import()
        members = self._members(compiled, seen["imported"], seen["dependencies"])
        return members, seen

    # The function's own bytecode.

    def _stored(self, file: SourceFile) -> Path:
        """Return where the bytecode of `file` is kept: it depends on its content and its name."""
        key = hashlib.sha256(f"{file.name}\0{file.digest}".encode()).hexdigest()
        return self.cache / "own" / self._maker / f"{key}.pyc"

    @property
    def _maker(self) -> str:
        return f"{self.target.compiler.replace(' ', '-')}-{self.planner.tool[:16]}"

    def _missing(self) -> dict[str, str]:
        """Return the sources of the function that have no bytecode yet: name to path."""
        return {
            name: os.path.abspath(file.path)  # noqa: PTH100
            for name, file in self.modules.items()
            if not self._stored(file).is_file()
        }

    def _compiled(self, missing: dict[str, str]) -> dict[str, bytes]:
        """Compile the sources `missing`."""
        if not missing:
            return {}
        return self._keep(work(self.target, self.cache, compile_files=missing).data["compiled"])

    def _keep(self, compiled: dict[str, Any]) -> dict[str, bytes]:
        """Keep what was compiled; refuse sources that could not be."""
        wrong = {name: done for name, done in compiled.items() if "error" in done}
        if wrong:
            mend = f"Write it in Python {self.settings.runtime}"
            raise SourceError(
                *(
                    Fault(
                        f"{self.modules[name].label}:{done['line']}",
                        f"syntax error, {done['error']}",
                        mend,
                    )
                    for name, done in sorted(wrong.items())
                )
            )
        for name, done in compiled.items():
            # Another process read the file, after its digest was taken.
            sources.content(self.modules[name])
            replace(self._stored(self.modules[name]), done["bytecode"])
        return {name: done["bytecode"] for name, done in compiled.items()}

    def _members(
        self, compiled: dict[str, bytes], imported: list[str], from_dependencies: list[str]
    ) -> dict[str, Member]:
        """Return the bytecode of the imported modules as members of the zip."""
        members = self._bare(imported) if self.settings.edge_folder(self.plan.name) else {}
        for name in imported:
            if f"{name}c" in members:
                continue
            data = compiled.get(name) or self._stored(self.modules[name]).read_bytes()
            member = dependencies.cached(name, self.target.cache_tag)
            members[member] = compress(member, data)
        if self.ready and from_dependencies:
            members.update(
                dependencies.bytecode_members(
                    self.ready.installed, self._store(), from_dependencies, self.target.cache_tag
                )
            )
        return members

    def _bare(self, imported: list[str]) -> dict[str, Member]:
        """Return bytecode that stands in place of its sources."""
        paths = {name: os.path.abspath(self.modules[name].path) for name in imported}  # noqa: PTH100
        done = work(self.target, self.cache, compile_files=paths, bare=True).data["compiled"]
        return {
            f"{name}c": compress(f"{name}c", done[name]["bytecode"], SMALLEST) for name in paths
        }

    def _store(self) -> Path:
        """Return the folder with the bytecode of the dependencies."""
        home = self.ready.installed.folder if self.ready else self.cache / "deps" / "none"
        return home.resolve() / f"bytecode-{self._maker}"

    # The import.

    def _surroundings(self) -> str:
        """Return a digest of all but the sources that an import depends on."""
        data = [(f.name, f.digest) for f in self.plan.files.values() if f.name not in self.modules]
        facts = [
            self.planner.tool, self.settings.runtime, self.target.compiler, self.target.native,
            self.planner.dependencies_key(self.plan), sorted(self.modules), data,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    def remembered(self) -> dict[str, Any] | None:
        """Return what the last import saw, if importing again would see the same."""
        builds = self.planner.index.builds(self.plan.name)
        known: dict[str, Any] | None = builds[0]["import"] if builds else None
        if not known or known["surroundings"] != self._surroundings():
            return None
        states = {}
        for name, file in self.modules.items():
            state = known["modules"][name]
            if state["digest"] != file.digest:
                if name in known["imported"] and not self._same_import(file, state):
                    return None
                state = {**state, "digest": file.digest}
            states[name] = state
        return {**known, "modules": states}

    def _same_import(self, file: SourceFile, state: dict[str, Any]) -> bool:
        """Tell whether importing `file` still does what it did."""
        fingerprint = self._fingerprint(file, numbers=frozenset(state["ran"]))
        return fingerprint is not None and fingerprint[0] == state["fingerprint"]

    def _fingerprint(
        self,
        file: SourceFile,
        *,
        numbers: frozenset[int] = frozenset(),
        lines: frozenset[int] = frozenset(),
    ) -> tuple[str, list[int]] | None:
        """Return the fingerprint of `file`, None where this Python cannot read it.

        The functions that ran are known by their `numbers` or by their first `lines`.
        """
        source = sources.content(file)
        try:
            return imports.import_fingerprint(
                source,
                self.planner.minor,
                lambda number, line: number in numbers or line in lines,
            )
        except SyntaxError:
            return None

    def _import(self) -> tuple[dict[str, Any], dict[str, bytes]]:
        """Import the handler; return what was seen and what was compiled for it."""
        temporary = self.cache / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=temporary, prefix=f"{self.plan.name}-") as stage:
            self._fill(Path(stage))
            missing = self._missing()
            answer = self._ask(stage, missing, generous=False)
            if answer.get("missed"):
                # It may have refused to start because a variable is not set.
                second = self._ask(stage, {}, generous=True)
                answer = answer if "error" in second else second
            compiled = {name: self._stored(self.modules[name]).read_bytes() for name in missing}
            if "error" in answer:
                raise SourceError(self._import_fault(answer, stage))
        if answer["handler"] != "yes":
            what = "handler is nothing that Lambda can call"
            mend = "Define a plain function handler(event, context)"
            raise SourceError(Fault(f"{self.plan.folder}/app.py:1", what, mend))
        modules = {}
        for name, file in self.modules.items():
            lines = frozenset(answer["ran"].get(name, []))
            fingerprint, ran = self._fingerprint(file, lines=lines) or ("", [])
            modules[name] = {"digest": file.digest, "fingerprint": fingerprint, "ran": ran}
        seen = {
            "surroundings": self._surroundings(),
            "modules": modules,
            "imported": sorted(answer["imported"]),
            "dependencies": sorted(answer["dependencies"]),
        }
        return seen, compiled

    def _fill(self, stage: Path) -> None:
        """Put the function into the folder `stage` as Lambda unpacks it."""
        for file in self.plan.files.values():
            place = stage / file.name
            place.parent.mkdir(parents=True, exist_ok=True)
            # No link: what a handler writes at import is not to go into the checkout.
            shutil.copyfile(file.path, place)

    def _ask(self, stage: str, missing: dict[str, str], *, generous: bool) -> dict[str, Any]:
        """Let the target's interpreter compile what is `missing` and import the handler."""
        site = ships = self.cache / "none"
        differs: list[str] = []
        if self.ready and self.ready.site:
            site, ships = self.ready.site.resolve(), self.ready.installed.site.resolve()
            differs = dependencies.differing(self.ready.installed, self.ready.site)
        probe = {
            "stage": stage,
            "site": str(site),
            "ships": str(ships),
            "store": str(self._store()),
            "own": {n: str(self._stored(f)) for n, f in self.modules.items() if n not in missing},
            "differs": differs,
            "stubs": list(RUNTIME_PROVIDED),
            "generous": generous,
            "environment": lambda_environment(self.plan.name, self.settings.runtime, stage),
        }
        answer = work(self.target, self.cache, compile_files=missing, probe=probe)
        if answer.died:
            mend = "Move what cannot end well at import into the handler"
            raise SourceError(Fault(f"{self.plan.folder}/app.py:1", answer.died, mend))
        self._keep(answer.data["compiled"])
        return answer.data["probe"]  # type: ignore[no-any-return]  # as target.probe.run gives it

    def _import_fault(self, answer: dict[str, Any], stage: str) -> Fault:
        """Return why the handler does not import, at the line of the function that is to blame."""
        where = f"{self.plan.folder}/app.py:1"
        for path, line in answer["frames"]:
            file = self.modules.get(path.removeprefix(f"{stage}/"))
            if file:
                where = f"{file.label}:{line}"
        text = answer["error"].replace(f"{stage}/", f"{self.plan.folder}/")
        missing = answer["missing"]
        if missing:
            mend = (
                f"If {missing.partition('.')[0]} is a dependency, add it to "
                f"{self.plan.folder}/{lock.REQUIREMENTS}; if it lies in shared/, import it "
                f"by a plain import statement"
            )
        else:
            mend = (
                "A handler must import without AWS: mend the line, or move into the handler what "
                "needs more than placeholders of its variables"
            )
        return Fault(where, f"the handler does not import, {text}", mend)

    # Without an import: what can be read.

    def _read_imports(self) -> list[str]:
        """Return the function's modules that app.py imports, as far as that can be read."""
        reached = closure(
            ["app.py"],
            self.modules,
            lambda name: self.planner.facts(self.modules[name])["imports"],
        )
        return sorted(reached)

    def _read_dependencies(self) -> list[str]:
        """Return the dependencies' modules that those import, compiled into the store."""
        if self.ready is None:
            return []
        installed = self.ready.installed
        files = {*self.modules, *(n for n in installed.files if n.endswith(".py"))}

        def imports_of(name: str) -> list[str]:
            if name in self.modules:
                return self.planner.facts(self.modules[name])["imports"]
            try:
                source = (installed.site / name).read_bytes()
                return imports.facts(imports.parse(source, self.planner.minor))["imports"]
            except SyntaxError:
                return []

        reached = closure(["app.py"], files, imports_of) - set(self.modules)
        store = self._store()
        wanted = {
            name: str(installed.site.resolve() / name)
            for name in sorted(reached)
            if not (store / f"{name}c").is_file()
        }
        done = work(self.target, self.cache, compile_files=wanted).data["compiled"]
        for name, result in done.items():
            if "bytecode" in result:
                replace(store / f"{name}c", result["bytecode"])
        return sorted(name for name in reached if (store / f"{name}c").is_file())
