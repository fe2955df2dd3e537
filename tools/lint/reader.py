"""From Terraform source to data, by python-hcl2, with a cache by content.

python-hcl2's own dicts keep the quotes, drop an attribute that is given twice, and know no
lines; its parse tree knows all of it, so that is what is read here.
"""

from __future__ import annotations

import bisect
import hashlib
import importlib.metadata
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from tools import paths
from tools.lint import scanner, syntax
from tools.lint.scanner import Scanner, UnreadableError
from tools.lint.syntax import (
    Attr,
    Attribute,
    Block,
    Body,
    Call,
    Conditional,
    EndLoop,
    Expression,
    For,
    Index,
    Item,
    Literal,
    Loop,
    Name,
    Object,
    Operation,
    Source,
    Splat,
    Template,
    Tuple,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from lark import Token, Tree

CACHE = paths.CACHE / "lint"

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))|(\$\$|%%)(?=\{)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t"}
_CONSTANTS = {"true": True, "false": False, "null": None}


def read(text: str) -> Source:
    """Parse Terraform source.

    Raises
    ------
    UnreadableError
        When it is no Terraform, with the line.
    """
    try:
        scanned = Scanner(text)
        return Source(_parse(scanned.cleaned, _Lines(text)), scanned.comments)
    except RecursionError as error:
        raise UnreadableError(1, "expressions are nested too deep to be read") from error


def read_file(path: Path, cache: Path = CACHE) -> Source:
    """Parse a file, or take from the cache what the same content gave before.

    An entry that is broken, or was written by another version of the reader, is a miss;
    a cache that cannot be written is none.

    Raises
    ------
    UnreadableError
        When the file is no UTF-8 or no Terraform.
    """
    content = path.read_bytes()
    entry = cache / hashlib.sha256(_version() + content).hexdigest()
    try:
        return msgspec.msgpack.decode(entry.read_bytes(), type=Source)
    except (OSError, msgspec.DecodeError):
        pass
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableError(line, "the file is not UTF-8") from error
    source = read(text)
    _store(entry, msgspec.msgpack.encode(source))
    return source


def _store(entry: Path, content: bytes) -> None:
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=entry.parent, delete=False) as file:
            file.write(content)
        # In one step, so that a run beside this one never reads half an entry.
        os.replace(file.name, entry)  # noqa: PTH105 (one step on every platform)
    except OSError:
        return


def _version() -> bytes:
    """Return what an entry of the cache depends on, besides the content of its file."""
    if not _VERSION:
        own = (scanner.__file__, syntax.__file__, __file__)
        digest = hashlib.sha256(importlib.metadata.version("python-hcl2").encode())
        for file in own:
            digest.update(Path(file).read_bytes())
        _VERSION.append(digest.digest())
    return _VERSION[0]


_VERSION: list[bytes] = []


class _Lines:
    """Turns the place of a character into its line."""

    def __init__(self, text: str, first: int = 1) -> None:
        self._starts = [m.end() for m in re.finditer("\n", text)]
        self._first = first

    def at(self, position: int) -> int:
        return self._first + bisect.bisect_right(self._starts, position)

    @property
    def last(self) -> int:
        return self._first + max(len(self._starts) - 1, 0)


def _parse(text: str, lines: _Lines) -> Body:
    # python-hcl2 takes a third of a second to load: only where something is new.
    import hcl2  # noqa: PLC0415
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken  # noqa: PLC0415

    try:
        tree: Tree[Token] = hcl2.parses_to_tree(text)
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise UnreadableError(lines.last, "the file ends inside a block") from error
        raise _unexpected(text, error.token.start_pos or 0, lines) from error
    except UnexpectedCharacters as error:
        # lark sets the position, and types it None.
        raise _unexpected(text, cast("int", error.pos_in_stream), lines) from error
    return _Builder(lines).body(tree.children[0])


def _unexpected(text: str, position: int, lines: _Lines) -> UnreadableError:
    match = re.compile(r"[ \t\r]*([\w-]+|.|\n)").match(text, position)
    word = match[1] if match else "\n"
    shown = "end of the line" if word == "\n" else repr(word)
    return UnreadableError(lines.at(position), f"Terraform expects no {shown} here")


def _unquote(text: str) -> str:
    """Undo the escapes of a quoted string: the one place that does."""

    def plain(match: re.Match[str]) -> str:
        short, long, other, dollar = match.groups()
        if dollar:
            return str(dollar[0])
        if other:
            return _ESCAPED.get(other, other)
        return chr(int(short or long, 16))

    return _ESCAPE.sub(plain, text).translate(scanner.RESTORED)


class _Builder:
    """Turns python-hcl2's parse tree into ours."""

    def __init__(self, lines: _Lines) -> None:
        self._lines = lines
        self._build: dict[str, Callable[[Tree[Token], int], Expression]] = {
            "conditional": self._conditional,
            "binary_op": self._binary,
            "unary_op": self._unary,
            "expr_term": self._term,
            "float_lit": lambda tree, line: Literal(line, float(str(tree.children[0]))),
            "int_lit": lambda tree, line: Literal(line, int(str(tree.children[0]))),
            "literal_value": lambda tree, line: Literal(line, _CONSTANTS[str(tree.children[0])]),
            "identifier": lambda tree, line: Name(line, str(tree.children[0])),
            "keyword": lambda tree, line: Name(line, str(tree.children[0])),
            "string": self._string,
            "template_string": lambda tree, line: Literal(line, str(tree.children[0])[2:-2]),
            "heredoc_template": self._heredoc,
            "heredoc_template_trim": self._heredoc,
            "tuple": lambda tree, line: Tuple(line, self._all(tree)),
            "object": self._object,
            "function_call": self._call,
            "index_expr_term": self._access,
            "get_attr_expr_term": self._access,
            "attr_splat_expr_term": self._splat,
            "full_splat_expr_term": self._splat,
            "for_tuple_expr": self._for,
            "for_object_expr": self._for,
        }

    def body(self, tree: Tree[Token] | Token) -> Body:
        attributes: list[Attribute] = []
        blocks: list[Block] = []
        for part in _trees(tree):
            if part.data == "attribute":
                name, value = _trees(part)
                attributes.append(
                    Attribute(self._line(part), _word(name), self.expression(value)),
                )
            elif part.data == "block":
                kind, *labels, body = _trees(part)
                blocks.append(
                    Block(
                        self._line(part), _word(kind), [_word(x) for x in labels], self.body(body)
                    ),
                )
        return Body(attributes, blocks)

    def expression(self, tree: Tree[Token]) -> Expression:
        return self._build[tree.data](tree, self._line(tree))

    def _line(self, tree: Tree[Token]) -> int:
        return self._lines.at(tree.meta.start_pos)

    def _all(self, tree: Tree[Token]) -> list[Expression]:
        return [self.expression(part) for part in _trees(tree)]

    def _conditional(self, tree: Tree[Token], line: int) -> Expression:
        condition, yes, no = self._all(tree)
        return Conditional(line, condition, yes, no)

    def _binary(self, tree: Tree[Token], line: int) -> Expression:
        left, term = _trees(tree)
        operator, right = _trees(term)
        operands = [self.expression(left), self.expression(right)]
        return Operation(line, str(operator.children[0]).strip(), operands)

    def _unary(self, tree: Tree[Token], line: int) -> Expression:
        (operand,) = self._all(tree)
        # The grammar takes -12 for a number, and -1 for an operation.
        match operand:
            case Literal(value=int() | float() as number) if not isinstance(number, bool):
                return Literal(line, -number)
        return Operation(line, str(tree.children[0]), [operand])

    def _term(self, tree: Tree[Token], _line: int) -> Expression:
        (inner,) = _trees(tree)
        return self.expression(inner)

    def _string(self, tree: Tree[Token], line: int) -> Expression:
        parts = self._parts(tree)
        texts = [p.value for p in parts if isinstance(p, Literal) and isinstance(p.value, str)]
        if len(texts) == len(parts):
            return Literal(line, "".join(texts))
        return Template(line, parts, heredoc=False)

    def _parts(self, tree: Tree[Token]) -> list[Expression]:
        parts: list[Expression] = []
        for part in _trees(tree):
            inner = part.children[0]
            line = self._line(part)
            if isinstance(inner, str):
                parts.append(Literal(line, _unquote(str(inner))))
            elif inner.data == "template_for_start":
                *names, collection = _trees(inner)
                words = [_word(name) for name in names]
                parts.append(Loop(line, words, self.expression(collection)))
            elif inner.data == "template_endfor":
                parts.append(EndLoop(line))
            else:  # an interpolation or an if, else and endif being nothing to read
                parts.extend(self._all(inner))
        return parts

    def _heredoc(self, tree: Tree[Token], line: int) -> Expression:
        _first, *rest = str(tree.children[0]).splitlines(keepends=True)
        text = "".join(rest[:-1])
        if "${" not in text and "%{" not in text:
            return Template(line, [Literal(line + 1, text)] if text else [], heredoc=True)
        # The same grammar reads it, once it looks like a quoted string.
        quoted = 'x = "{}"'
        lines = _Lines(quoted.format(text), line + 1)
        body = _parse(quoted.format(Scanner(text, heredoc=True).cleaned), lines)
        value = body.attributes[0].value
        parts: list[Expression] = value.parts if isinstance(value, Template) else [value]
        return Template(line, parts, heredoc=True)

    def _object(self, tree: Tree[Token], line: int) -> Expression:
        items: list[Item] = []
        for element in _trees(tree):
            key_tree, value = _trees(element)
            key_word = _bare_word(key_tree)
            key: Expression
            if key_word is None:
                (key,) = self._all(key_tree)
            else:
                key = Literal(self._line(key_tree), key_word)
            items.append(Item(key, self.expression(value)))
        return Object(line, items)

    def _call(self, tree: Tree[Token], line: int) -> Expression:
        parts = _trees(tree)
        name = "::".join(_word(part) for part in parts if part.data == "identifier")
        arguments = [self._all(part) for part in parts if part.data == "arguments"]
        return Call(line, name, arguments[0] if arguments else [])

    def _access(self, tree: Tree[Token], line: int) -> Expression:
        of, accessor = _trees(tree)
        return self._step(self.expression(of), accessor, line)

    def _splat(self, tree: Tree[Token], line: int) -> Expression:
        of, splat = _trees(tree)
        node: Expression = Splat(line, self.expression(of))
        for accessor in _trees(splat):
            node = self._step(node, accessor, line)
        return node

    def _step(self, of: Expression, accessor: Tree[Token], line: int) -> Expression:
        if accessor.data == "get_attr":
            return Attr(line, of, _word(_trees(accessor)[0]))
        if accessor.data == "short_index":
            return Index(line, of, Literal(line, int(str(accessor.children[1]))))
        (key,) = self._all(accessor)
        return Index(line, of, key)

    def _for(self, tree: Tree[Token], line: int) -> Expression:
        intro, *rest = _trees(tree)
        *names, collection = _trees(intro)
        condition = rest.pop() if rest[-1].data == "for_cond" else None
        *key, value = rest
        return For(
            line,
            [_word(name) for name in names],
            self.expression(collection),
            self.expression(key[0]) if key else None,
            self.expression(value),
            self._all(condition)[0] if condition else None,
        )


def _trees(tree: Tree[Token] | Token) -> list[Tree[Token]]:
    """Return the children that mean something: no punctuation, no line ends."""
    return [
        child
        for child in getattr(tree, "children", ())
        if not isinstance(child, str) and child.data != "new_line_or_comment"
    ]


def _word(tree: Tree[Token]) -> str:
    """Return the text of an identifier, or of a label with its quotes off."""
    if tree.data == "string":
        return "".join(_unquote(str(part.children[0])) for part in _trees(tree))
    return str(tree.children[0])


def _bare_word(key: Tree[Token]) -> str | None:
    """Return an object's key when it is a word without quotes or parentheses."""
    inner = key.children[0]
    if isinstance(inner, str):
        return None
    if inner.data == "expr_term" and len(inner.children) == 1:
        (inner,) = _trees(inner)
    if inner.data in {"identifier", "keyword", "literal_value"}:
        return str(inner.children[0])
    return None
