"""What ``terraform show -json`` says of a plan, joined: values, and what the code refers to.

A value that is known is read as it is. One that is not (an id that AWS will give) is followed
through the configuration: variables, outputs and locals, to the resources that it comes from.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tools.lint.references import block_references, dotted, is_call, references
from tools.lint.syntax import (
    Attr,
    Index,
    Literal,
    Object,
    Splat,
    Template,
    attributes,
    path_of,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tools.lint.syntax import Block, Expression
    from tools.lint.tree import File, Folder

Json: TypeAlias = dict[str, Any]
Modules: TypeAlias = tuple[str, ...]

# A known name or ARN ends with one of these and the name; "" is the name alone.
_NAMED = {
    "aws_cloudwatch_event_bus": ("name", r":event-bus/{}"),
    "aws_cloudwatch_event_rule": ("name", r":rule/(?:[^/]+/)?{}"),
    "aws_cloudwatch_log_group": ("name", r":log-group:{}(?::\*)?"),
    "aws_cognito_user_pool": ("id", r":userpool/{}"),
    "aws_dynamodb_table": ("name", r":table/{}(?:/stream/.*)?"),
    "aws_iam_policy": ("name", r":policy/(?:.*/)?{}"),
    "aws_iam_role": ("name", r":role/(?:.*/)?{}"),
    "aws_kinesis_stream": ("name", r":stream/{}"),
    "aws_lambda_function": ("function_name", r":function:{}(?::[^/]*)?(?:/invocations)?"),
    "aws_s3_bucket": ("bucket", r":s3:::{}(?:/.*)?"),
    "aws_sfn_state_machine": ("name", r":stateMachine:{}"),
    "aws_sns_topic": ("name", r":sns:[^:]*:[^:]*:{}"),
    "aws_sqs_queue": ("name", r":sqs:[^:]*:[^:]*:{}|/{}"),
}
_FUNCTION_ARN = re.compile(r":function:(?P<name>[\w-]+)(?::(?P<qualifier>[\w$-]+))?")
_WRITTEN_KEY = re.compile(r'\["([^"]*)"\]|\[(\d+)\]')
_FUNCTION_NAME = re.compile(r"(?P<name>[\w-]+)(?::(?P<qualifier>[\w$-]+))?")


class UnreadablePlanError(Exception):
    """The file is no plan as ``terraform show -json`` writes it."""


@dataclass(frozen=True, eq=False)
class Resource:
    """One instance of a resource.

    Attributes
    ----------
    address, type, name, index
        As Terraform writes them.
    modules
        Names of the modules that it stands in, without their keys.
    keys
        The keys of these modules; None for one without count or for_each.
    values
        What is known of it.
    written
        The expressions of its configuration.
    """

    address: str
    type: str
    name: str
    index: str | int | None
    modules: Modules
    values: Json
    written: Json
    repeated: Json = field(default_factory=dict)
    keys: tuple[str | None, ...] = ()

    def get(self, *path: str | int) -> Any:  # noqa: ANN401 (a plan holds whatever the provider has)
        """Return what is known at a path of keys and positions; None where nothing is."""
        return _at(self.values, path)

    def text(self, *path: str | int) -> str:
        """Return a known text; empty where there is none."""
        value = self.get(*path)
        return value if isinstance(value, str) else ""

    def parts(self, *path: str | int) -> list[Json]:
        """Return the blocks of a name."""
        value = self.get(*path)
        return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []

    def says(self, *path: str | int) -> bool:
        """Whether a value is there or will be: known, or written in the code."""
        if _is_known(self.values, path):
            return self.get(*path) not in (None, "", [], {}, 0)
        return bool(_at(self.written, path))


class Reference(NamedTuple):
    """Where a value comes from: an attribute of the instances of a resource.

    Attributes
    ----------
    modules, kind, attribute
        The resource, such as ``aws_sqs_queue.in``, and what of it.
    keys
        The keys that are written on the way there, such as ``module.queue["a"]``.
    """

    modules: Modules
    kind: str
    attribute: str
    keys: frozenset[str] = frozenset()


class Open(NamedTuple):
    """What a rule could not decide, since a value is known only after apply."""

    rule: str
    address: str
    argument: str


class Function(NamedTuple):
    """What a trigger calls: a function by name (its address, if it has none yet) and qualifier."""

    name: str
    qualifier: str | None
    resource: Resource | None


class Place(NamedTuple):
    """A place in the source."""

    file: File
    line: int


def _at(value: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401
    for step in path:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def _is_known(values: Json, path: tuple[str | int, ...]) -> bool:
    """Whether a value is in the plan: what is not is known after apply, or was left out."""
    inside = _at(values, path[:-1]) if path[:-1] else values
    return isinstance(inside, dict) and path[-1] in inside


class Plan:
    """A plan, with the source that it was made of.

    Parameters
    ----------
    content
        What ``terraform show -json`` printed.
    root
        The folder that was planned.

    Attributes
    ----------
    folders
        The folders that were read, by path; locals and lines are taken from them.
    asking
        The id of the rule that runs.
    open
        What rules could not decide.
    """

    def __init__(self, content: Json, root: Path) -> None:
        if "planned_values" not in content or "configuration" not in content:
            reason = "it is no plan: write it with terraform show -json FILE"
            raise UnreadablePlanError(reason)
        self._content = content
        self.root = root.resolve()
        self.folders: dict[Path, Folder] = {}
        self.asking = ""
        self.open: set[Open] = set()
        self._calls: dict[Modules, Json] = {}
        self._configured: dict[tuple[Modules, str], Json] = {}
        self._paths: dict[Modules, Path] = {(): self.root}
        self._modules: dict[Modules, Json] = {}
        self._named: dict[str, list[Resource]] = {}
        self._read_configuration(content["configuration"].get("root_module", {}), ())

    def _read_configuration(self, module: Json, modules: Modules) -> None:
        self._modules[modules] = module
        for resource in module.get("resources", []):
            data = "data." if resource["mode"] == "data" else ""
            self._configured[modules, f"{data}{resource['type']}.{resource['name']}"] = resource
        for name, call in module.get("module_calls", {}).items():
            inner = (*modules, name)
            self._calls[inner] = call
            source = call.get("source", "")
            if source.startswith(".") and modules in self._paths:
                self._paths[inner] = (self._paths[modules] / source).resolve()
            self._read_configuration(call.get("module", {}), inner)

    @property
    def paths(self) -> list[Path]:
        """The folders of the root and of the modules that stand beside it."""
        return sorted(set(self._paths.values()))

    @cached_property
    def variables(self) -> Json:
        """The values of the root's variables."""
        given = self._content.get("variables", {})
        return {name: found.get("value") for name, found in given.items()}

    @cached_property
    def resources(self) -> list[Resource]:
        """All managed resources that there will be."""
        root = self._content["planned_values"].get("root_module", {})
        return list(self._instances(root, (), ()))

    def _instances(
        self, module: Json, modules: Modules, keys: tuple[str | None, ...]
    ) -> Iterator[Resource]:
        for found in module.get("resources", []):
            if found["mode"] == "managed":
                kind = f"{found['type']}.{found['name']}"
                configured = self._configured.get((modules, kind), {})
                yield Resource(
                    found["address"],
                    found["type"],
                    found["name"],
                    found.get("index"),
                    modules,
                    found.get("values", {}),
                    configured.get("expressions", {}),
                    configured.get("for_each_expression", {}),
                    keys,
                )
        for child in module.get("child_modules", []):
            name, bracket, key = _last_step(child["address"]).partition("[")
            own = key.removesuffix("]").strip('"') if bracket else None
            yield from self._instances(child, (*modules, name), (*keys, own))

    def of(self, *types: str) -> list[Resource]:
        """Return the resources of these types."""
        return [one for one in self.resources if one.type in types]

    @cached_property
    def _by_kind(self) -> dict[tuple[Modules, str], list[Resource]]:
        found: dict[tuple[Modules, str], list[Resource]] = {}
        for one in self.resources:
            found.setdefault((one.modules, f"{one.type}.{one.name}"), []).append(one)
        return found

    # --- where values come from ---------------------------------------------------------------

    def origins(self, resource: Resource, *path: str | int) -> set[Reference]:
        """Return what the expression at a path of a resource refers to, however indirectly."""
        written = _at(resource.written, path)
        if written is None:
            return set()
        found = _with_attributes(_written_references(written), self._source(resource, path))
        return self._follow_all(found, resource.modules, set(), resource)

    def _source(self, resource: Resource, path: tuple[str | int, ...]) -> Expression | None:
        """Return the source at a path; None in a dynamic block, which has no place of its own."""
        block = self._block(resource)
        body = block[1].body if block and block[1].type == "resource" else None
        steps = list(path)
        while body and len(steps) > 2 and isinstance(steps[1], int):
            blocks = list(body.blocks_of(str(steps[0])))
            body = blocks[steps[1]].body if steps[1] < len(blocks) else None
            steps = steps[2:]
        return body.get(str(steps[0])) if body and steps else None

    def _value(self, modules: Modules, kind: str, label: str, name: str) -> Expression | None:
        """Return the source of an argument of a module call or an output."""
        folder = self._folder(modules)
        for _, block in folder.blocks(kind) if folder else ():
            if block.labels == [label]:
                return block.body.get(name)
        return None

    def _follow_all(
        self,
        found: list[str],
        modules: Modules,
        seen: set[tuple[Modules, str]],
        resource: Resource | None = None,
    ) -> set[Reference]:
        origins: set[Reference] = set()
        for one in _longest(found):
            if (modules, one) not in seen:
                seen.add((modules, one))
                written = frozenset(a or b for a, b in _WRITTEN_KEY.findall(one))
                origins |= {
                    origin._replace(keys=origin.keys | written)
                    for origin in self._follow(one, modules, seen, resource)
                }
        return origins

    def _follow(  # noqa: PLR0911 (a way for each kind of reference)
        self,
        reference: str,
        modules: Modules,
        seen: set[tuple[Modules, str]],
        resource: Resource | None,
    ) -> set[Reference]:
        head, *rest = re.sub(r"\[[^\]]*\]", "", reference).split(".")
        if head == "var" and rest:
            call = self._calls.get(modules, {})
            given = _with_attributes(
                _written_references(call.get("expressions", {}).get(rest[0], {})),
                self._value(modules[:-1], "module", modules[-1], rest[0]) if modules else None,
            )
            longer = [".".join([one, *rest[1:]]) for one in _longest(given)]
            return self._follow_all(longer, modules[:-1], seen)
        if head == "module" and rest:
            inner = (*modules, rest[0])
            outputs = self._modules.get(inner, {}).get("outputs", {})
            wanted = [rest[1]] if len(rest) > 1 and rest[1] in outputs else []
            found = [
                reference
                for name in wanted
                for reference in _with_attributes(
                    _written_references(outputs[name].get("expression", {})),
                    self._value(inner, "output", name, "value"),
                )
            ]
            return self._follow_all(found, inner, seen)
        if head == "local" and rest:
            return self._follow_all(self._local(modules, rest[0]), modules, seen)
        if head == "each":
            repeated = resource.repeated if resource else {}
            return self._follow_all(_written_references(repeated), modules, seen)
        if head == "data" and len(rest) > 1:
            kind = f"data.{rest[0]}.{rest[1]}"
            configured = self._configured.get((modules, kind), {}).get("expressions", {})
            own = Reference(modules, kind, rest[2] if len(rest) > 2 else "")
            return {own} | self._follow_all(_written_references(configured), modules, seen)
        if (modules, f"{head}.{rest[0] if rest else ''}") in self._configured:
            return {Reference(modules, f"{head}.{rest[0]}", rest[1] if len(rest) > 1 else "")}
        return set()

    def _local(self, modules: Modules, name: str) -> list[str]:
        folder = self._folder(modules)
        if folder is None:
            return []
        return [
            reference
            for _, attribute in folder.local_values()
            if attribute.name == name
            for reference in _with_attributes(
                [".".join(one.path) for one in references(attribute.value)], attribute.value
            )
        ]

    def named(self, resource: Resource, *path: str | int) -> list[Resource]:
        """Return the resources whose name, ARN or id the value at a path is."""
        value = resource.get(*path)
        if isinstance(value, str) and value:
            if value not in self._named:
                self._named[value] = [one for one in self.resources if is_named(one, value)]
            return self._named[value]
        found: list[Resource] = []
        for origin in self.origins(resource, *path):
            found += [one for one in self._instances_of(origin, resource, path) if one not in found]
        return found

    def sole(self, resource: Resource, *path: str | int, kind: str = "") -> list[Resource]:
        """Return the resource that the value at a path is; none, and it is noted, if unsure.

        Of a kind that is none of what it may be, there is surely none.
        """
        found = self.named(resource, *path)
        if kind and found and not any(one.type == kind for one in found):
            return []
        if resource.get(*path) in (None, "") and resource.says(*path) and len(found) != 1:
            self.note(resource, *path)
            return []
        return [one for one in found if kind in ("", one.type)]

    def called(self, resource: Resource, *path: str | int) -> list[Function]:
        """Return the function that the value at a path calls; none, and it is noted, if unsure."""
        found = self.functions(resource, *path)
        if resource.get(*path) in (None, "") and resource.says(*path) and len(found) != 1:
            self.note(resource, *path)
            return []
        return found

    def known(self, resource: Resource, *path: str | int) -> str:
        """Return a known text; empty, and it is noted, where there will be one."""
        text = resource.text(*path)
        if not text and not _is_known(resource.values, path) and resource.says(*path):
            self.note(resource, *path)
        return text

    def item(self, resource: Resource, name: str, key: str) -> str | None:
        """Return what is written for a key of an object in an argument, if that is a number."""
        written = self.expression(resource, name)
        for node in walk(written) if written is not None else ():
            for item in node.items if isinstance(node, Object) else ():
                if isinstance(item.key, Literal) and item.key.value == key:
                    number = item.value.value if isinstance(item.value, Literal) else None
                    return str(number) if str(number).isdigit() else None
        return None

    def behind(self, resource: Resource) -> list[Resource]:
        """Return what anything in the source of a resource refers to, dynamic blocks too.

        A plan leaves out what those refer to.
        """
        block = self._block(resource)
        if block is None or block[1].type != "resource":
            return []
        used = [".".join(one.path) for one in block_references(block[1])]
        found: list[Resource] = []
        for origin in self._follow_all(used, resource.modules, set(), resource):
            found += self._instances_of(origin, resource, ())
        return found

    def note(self, resource: Resource, *path: str | int) -> None:
        """Note that the rule that runs cannot judge a resource for want of a value."""
        argument = ".".join(str(step) for step in path if isinstance(step, str))
        self.open.add(Open(self.asking, resource.address, argument))

    def _instances_of(
        self, origin: Reference, resource: Resource, path: tuple[str | int, ...]
    ) -> list[Resource]:
        """Return the instances that a reference of a resource can mean.

        Those in the same instance of a module, with the key that is written, or with its own key.
        By another one (``each.value.queue``) it can be any.
        """
        found = self._by_kind.get((origin.modules, origin.kind), [])
        common = 0
        while resource.modules[common : common + 1] == origin.modules[common : common + 1] != ():
            common += 1
        found = [one for one in found if one.keys[:common] == resource.keys[:common]] or found
        own = {one.address: {str(one.index), *one.keys[common:]} for one in found}
        if origin.keys:
            found = [one for one in found if origin.keys & own[one.address]] or found
        if len(found) > 1 and not self._is_loose(origin, resource, path):
            for key in (resource.index, *reversed(resource.keys)):
                same = [one for one in found if key is not None and str(key) in own[one.address]]
                if same:
                    return same
        return found

    def _is_loose(self, origin: Reference, resource: Resource, path: tuple[str | int, ...]) -> bool:
        """Whether the key of a reference is computed: of what each.value holds."""
        written = _written_references(_at(resource.written, path))
        if "each.key" in written or not any(one.startswith("each.value.") for one in written):
            return False
        repeated = self._follow_all(_written_references(resource.repeated), resource.modules, set())
        return not any(one[:2] == origin[:2] for one in repeated)

    # --- functions ----------------------------------------------------------------------------

    @cached_property
    def _functions(self) -> dict[str, Resource]:
        return {one.text("function_name"): one for one in self.of("aws_lambda_function")}

    def function_named(self, text: str) -> Function | None:
        """Return the function that a name, an ARN or an invocation address calls."""
        match = _FUNCTION_ARN.search(text) or _FUNCTION_NAME.fullmatch(text)
        if not match:
            return None
        return Function(match["name"], match["qualifier"], self._functions.get(match["name"]))

    def functions(self, resource: Resource, *path: str | int) -> list[Function]:
        """Return the functions that the value at a path calls; none where that is not known."""
        value = resource.get(*path)
        if isinstance(value, str) and value:
            found = self.function_named(value)
            return [found] if found else []
        calls: list[Function] = []
        for origin in self.origins(resource, *path):
            for one in self._instances_of(origin, resource, path):
                if one.type == "aws_lambda_function":
                    qualifier = "version" if origin.attribute.startswith("qualified") else None
                    calls.append(Function(_name(one), qualifier, one))
                elif one.type == "aws_lambda_alias":
                    calls += [
                        called._replace(qualifier=one.text("name") or "alias")
                        for called in self.functions(one, "function_name")
                    ]
        return list(dict.fromkeys(calls))

    def qualified(self, resource: Resource, *path: str | int) -> list[Function]:
        """Return the functions at a path, with the qualifier that the resource gives beside."""
        beside = resource.text("qualifier") or ("version" if resource.says("qualifier") else None)
        found = self.functions(resource, *path)
        return [one._replace(qualifier=beside or one.qualifier) for one in found]

    # --- places -------------------------------------------------------------------------------

    def folder(self, resource: Resource) -> Path:
        """Return the folder that a resource is written in; of a module elsewhere, its caller's."""
        return self._paths[self._known_modules(resource)]

    def _known_modules(self, resource: Resource) -> Modules:
        """Return the modules that a resource stands in, up to the first that is elsewhere."""
        modules = resource.modules
        while modules not in self._paths:
            modules = modules[:-1]
        return modules

    def _folder(self, modules: Modules) -> Folder | None:
        """Return the folder of modules, if it was read."""
        return self.folders.get(self._paths[modules]) if modules in self._paths else None

    def place(self, resource: Resource) -> Place | None:
        """Return where a resource is written, if its folder was read."""
        found = self._block(resource)
        return Place(found[0], found[1].line) if found else None

    def expression(self, resource: Resource, name: str) -> Expression | None:
        """Return the source of an argument, if its folder was read."""
        found = self._block(resource)
        return found[1].body.get(name) if found and found[1].type == "resource" else None

    def pieces(self, resource: Resource, name: str) -> list[str | None]:
        """Return the parts of a string as it is written, None for those that are not known."""
        written = self.expression(resource, name)
        parts = written.parts if isinstance(written, Template) else [written]
        return [self._text(resource, part) for part in parts if part is not None]

    def _text(self, resource: Resource, part: Expression) -> str | None:
        """Return what a part of a string surely is."""
        if isinstance(part, Literal):
            return str(part.value)
        path = dotted(part)
        if path == ("each", "key") and isinstance(resource.index, str):
            return resource.index
        if path == ("each", "value") and is_call(self.expression(resource, "for_each"), "toset"):
            return str(resource.index)
        if path[:1] == ("var",) and len(path) == 2 and not resource.modules:
            value = self.variables.get(path[1])
            return value if isinstance(value, str) else None
        if len(path) == 3:
            found = self._by_kind.get((resource.modules, ".".join(path[:2])), [])
            same = [one for one in found if one.keys == resource.keys]
            return (same[0].text(path[2]) or None) if len(same) == 1 else None
        return None

    def strings(self, resource: Resource, name: str) -> set[str]:
        """Return the strings that an argument is made of, with NUL for what is interpolated.

        Through locals, variables of modules, and the data source of policies.
        """
        found: set[str] = set()
        self._collect(self.expression(resource, name), resource.modules, found, set())
        return found

    def _collect(
        self,
        node: Expression | None,
        modules: Modules,
        found: set[str],
        seen: set[tuple[Modules, tuple[str, ...]]],
    ) -> None:
        for one in walk(node) if node is not None else ():
            if isinstance(one, Template):
                parts = (p.value if isinstance(p, Literal) else "\0" for p in one.parts)
                found.add("".join(map(str, parts)))
            elif isinstance(one, Literal) and isinstance(one.value, str):
                found.add(one.value)
        for used in references(node) if node is not None else ():
            if (modules, used.path) not in seen:
                seen.add((modules, used.path))
                for further, place in self._behind(used.path, modules):
                    self._collect(further, place, found, seen)

    def _behind(
        self, path: tuple[str, ...], modules: Modules
    ) -> Iterator[tuple[Expression | None, Modules]]:
        folder = self._folder(modules)
        if folder is None or len(path) < 2:
            return
        if path[0] == "var" and modules:
            yield self._value(modules[:-1], "module", modules[-1], path[1]), modules[:-1]
        elif path[0] == "local":
            for _, attribute in folder.local_values():
                if attribute.name == path[1]:
                    yield attribute.value, modules
        elif path[:2] == ("data", "aws_iam_policy_document") and len(path) > 2:
            for _, block in folder.blocks("data"):
                if block.labels == list(path[1:3]):
                    yield from ((one.value, modules) for one in attributes(block.body))

    def _block(self, resource: Resource) -> tuple[File, Block] | None:
        modules = self._known_modules(resource)
        folder = self._folder(modules)
        if folder is None:
            return None
        outside = resource.modules[len(modules) :]
        for file, block in folder.blocks("module" if outside else "resource"):
            wanted = [outside[0]] if outside else [resource.type, resource.name]
            if block.labels == wanted:
                return file, block
        return None


def is_named(resource: Resource, text: str) -> bool:
    """Whether a text is the name or the ARN of a resource."""
    if resource.type == "aws_lambda_alias":
        return False
    key, pattern = _NAMED.get(resource.type, ("", ""))
    name = resource.text(key) if key else ""
    if not name:
        return False
    if text == name or text == resource.text("arn") or text == resource.text("id"):
        return True
    return bool(_pattern(pattern, name).search(text))


@cache
def _pattern(pattern: str, name: str) -> re.Pattern[str]:
    return re.compile(f"(?:{pattern.replace('{}', re.escape(name))})$")


def read_plan(path: Path, root: Path) -> Plan:
    """Read a plan from a file.

    Raises
    ------
    UnreadablePlanError
        When it is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadablePlanError(f"it cannot be read: {error.strerror}") from error
    except ValueError as error:
        reason = "it is no JSON: write it with terraform show -json FILE"
        raise UnreadablePlanError(reason) from error
    if not isinstance(content, dict):
        raise UnreadablePlanError("it is no plan: write it with terraform show -json FILE")
    return Plan(content, root)


def _name(function: Resource) -> str:
    return function.text("function_name") or function.address


def _last_step(address: str) -> str:
    """Return ``b["x.y"]`` of ``module.a.module.b["x.y"]``."""
    steps = re.findall(r'module\.((?:[\w-]+)(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?)', address)
    return str(steps[-1])


def _longest(found: list[str]) -> list[str]:
    return [one for one in found if not any(o.startswith((f"{one}.", f"{one}[")) for o in found)]


def _with_attributes(found: list[str], source: Expression | None) -> list[str]:
    """Give references by a key what a plan leaves out: ``module.a.arn`` of ``module.a[k].arn``."""
    after: dict[str, set[str]] = {}
    for node in walk(source) if source is not None else ():
        if isinstance(node, Attr) and isinstance(node.of, Index | Splat):
            after.setdefault(".".join(path_of(node.of)), set()).add(node.name)
    longer = [f"{one}.{name}" for one in found for name in sorted(after.get(one, ()))]
    return [*found, *longer]


def _written_references(written: Any) -> list[str]:  # noqa: ANN401
    if isinstance(written, dict):
        own = written.get("references")
        if isinstance(own, list):
            return [str(one) for one in own]
        return [one for value in written.values() for one in _written_references(value)]
    if isinstance(written, list):
        return [one for value in written for one in _written_references(value)]
    return []
