from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools.lint import reader
from tools.lint.reader import read, read_file
from tools.lint.scanner import UnreadableError
from tools.lint.syntax import (
    Attr,
    Body,
    Call,
    Comment,
    Conditional,
    Expression,
    For,
    Index,
    Item,
    Literal,
    Name,
    Object,
    Operation,
    Splat,
    Template,
    Tuple,
    text_of,
)


def value(expression: str) -> Expression:
    return read(f"x = {expression}\n").body.attributes[0].value


A = Name(1, "a")
ONE = Literal(1, 1)


@pytest.mark.parametrize(
    ("source", "expression"),
    [
        ("null", Literal(1, None)),
        ("true", Literal(1, value=True)),
        ("12", Literal(1, 12)),
        ("-1.5e3", Literal(1, -1500.0)),
        ('"a"', Literal(1, "a")),
        ('""', Literal(1, "")),
        ('"${a}"', Template(1, [A], heredoc=False)),
        ('"${~ a ~}"', Template(1, [A], heredoc=False)),
        ('"${ # why\n a\n}"', Template(1, [Name(2, "a")], heredoc=False)),
        ("a.b[1].c", Attr(1, Index(1, Attr(1, A, "b"), ONE), "c")),
        ("a.1", Index(1, A, ONE)),
        ("a[*].b", Attr(1, Splat(1, A), "b")),
        ("a.*.b", Attr(1, Splat(1, A), "b")),
        ("(a)", A),
        ("f(a, 1...)", Call(1, "f", [A, ONE])),
        ("provider::aws::f()", Call(1, "provider::aws::f", [])),
        ("-1", Literal(1, -1)),
        ("-12", Literal(1, -12)),
        ("-a", Operation(1, "-", [A])),
        ("a ? 1 : null", Conditional(1, A, ONE, Literal(1, None))),
        ("!a", Operation(1, "!", [A])),
        ("a - 1", Operation(1, "-", [A, ONE])),
        ("[a, 1,]", Tuple(1, [A, ONE])),
        ("{ for = 1 }", Object(1, [Item(Literal(1, "for"), ONE)])),
        ("{ a : 1, (a) = 1 }", Object(1, [Item(Literal(1, "a"), ONE), Item(A, ONE)])),
        ("[for b in a : b if b]", For(1, ["b"], A, None, Name(1, "b"), Name(1, "b"))),
        ("{ for b, c in a : b => 1... }", For(1, ["b", "c"], A, Name(1, "b"), ONE, None)),
    ],
)
def test_an_expression_is_read_as_what_it_is(source: str, expression: Expression) -> None:
    assert value(source) == expression


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r'"a\"b"', 'a"b'),
        (r'"\\n\t"', "\\n\t"),
        (r'"\u00e9\U0001F600"', "é😀"),
        ('"$${a} %%{ if } $ % {"', "${a} %{ if } $ % {"),
        ('"# no // comment /* at all */"', "# no // comment /* at all */"),
        ('"${"}"}"', "}"),
        ('"${a}}"', "…}"),
        ('<<E\n"a" \\n # b\n  E\n', '"a" \\n # b\n'),
        ("<<-E\nE\n", ""),
        ("<<E\nEnd\n${a}\nE\n", "End\n…\n"),
        ('<<E\n"\\${"\\""}${a}\nE\n', '"\\"…\n'),
    ],
)
def test_a_string_is_unquoted(source: str, text: str) -> None:
    assert text_of(value(source)) == text


@pytest.mark.parametrize(
    "source",
    ["(a\n  && b)", "(a # why\n  && b)", "(a\n\n  # why\n  && b)", "(\n/* why\n*/ a && b\n)"],
)
def test_comments_and_line_ends_may_stand_wherever_terraform_takes_them(source: str) -> None:
    operation = value(source)
    assert isinstance(operation, Operation)
    assert operation.operator == "&&"


def test_every_part_knows_its_line() -> None:
    body = read(
        'resource "a" "b" {\n'  # 1
        "  # a comment\n\n\n"  # 2 to 4
        "  c = <<E\n"  # 5
        "one ${d}\n"  # 6
        "two ${\n"  # 7
        "  e}\n"  # 8
        "E\n"  # 9
        "  f = [\n"  # 10
        "    # a comment\n"  # 11
        "    g\n"  # 12
        "  ]\n"  # 13
        "  h {}\n"  # 14
        "}\n"
    ).body
    (block,) = body.blocks
    heredoc, items = (attribute.value for attribute in block.body.attributes)
    assert isinstance(heredoc, Template)
    assert isinstance(items, Tuple)
    names = [*(part for part in heredoc.parts if isinstance(part, Name)), *items.items]
    assert [heredoc.line, *(name.line for name in names)] == [5, 6, 8, 12]
    assert [a.line for a in block.body.attributes] == [5, 10]
    assert [b.line for b in block.body.blocks] == [14]


def test_an_attribute_that_is_given_twice_is_there_twice() -> None:
    assert [a.line for a in read("a = 1\na = 2\n").body.attributes] == [1, 2]


def test_labels_lose_their_quotes() -> None:
    (block,) = read('resource "a" b {}\n').body.blocks
    assert block.labels == ["a", "b"]


def test_a_comment_knows_whether_it_stands_alone() -> None:
    source = read('a = 1 # one\n  // two\nb = "# none" /* nor this */\n')
    assert source.comments == [Comment(1, "one", alone=False), Comment(2, "two", alone=True)]


def test_a_file_with_windows_line_ends_reads_like_any_other() -> None:
    unix = 'a = 1 # one\nb = <<E\ntext\nE\nc {\n  d = "e"\n}\n'
    windows = read(unix.replace("\n", "\r\n"))
    assert [a.line for a in windows.body.attributes] == [1, 2]
    assert windows.comments == read(unix).comments


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("a = 1\nb = = 2\n", 2, "Terraform expects no '=' here"),
        ("a = 1\n# c\n\nb = @\n", 4, "Terraform expects no '@' here"),
        ("a = 1\nb {\n", 2, "the file ends inside a block"),
        ("a =\nb = 1\n", 1, "Terraform expects no end of the line here"),
        ('a = 1\nb = "c\n', 2, "a quoted string does not end on its line"),
        ('a = "b\nc"\n', 1, "a quoted string does not end on its line"),
        ("a = <<E\nb\n", 1, "the heredoc E has no end"),
        ("a = <<E\nb\n${ c = }\nE\n", 3, "Terraform expects no '=' here"),
        (f"a = {'[' * 400}{']' * 400}\n", 1, "expressions are nested too deep to be read"),
    ],
)
def test_what_is_no_terraform_is_refused_with_its_line(source: str, line: int, reason: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read(source)
    assert (refused.value.line, refused.value.reason) == (line, reason)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "main.tf"
    file.write_text("a = 1\n")
    return file


@pytest.fixture
def cache(file: Path) -> Path:
    """A cache that holds what the file says."""
    cache = file.parent / "cache"
    read_file(file, cache)
    return cache


def test_the_same_content_is_parsed_once(
    file: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse_again(_text: str) -> None:
        pytest.fail("the file was parsed again")

    monkeypatch.setattr(reader, "read", parse_again)
    assert read_file(file, cache).body.get("a") == ONE


def test_a_changed_file_is_parsed_again(file: Path, cache: Path) -> None:
    file.write_text("a = 2\n")
    assert read_file(file, cache).body.get("a") == Literal(1, 2)


def test_a_broken_entry_of_the_cache_is_replaced(file: Path, cache: Path) -> None:
    (entry,) = cache.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(whole[:-1])
    assert read_file(file, cache).body.get("a") == ONE
    assert entry.read_bytes() == whole


def test_without_a_place_for_the_cache_files_are_still_read(file: Path) -> None:
    assert read_file(file, Path(os.devnull)).body.get("a") == ONE


def test_what_cannot_be_read_is_not_cached(file: Path, cache: Path) -> None:
    file.write_text("a = = 1\n")
    for _ in range(2):
        with pytest.raises(UnreadableError):
            read_file(file, cache)


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(file: Path, cache: Path) -> None:
    file.write_bytes(b'a = 1\nb = "\xff"\n')
    with pytest.raises(UnreadableError, match="line 2: the file is not UTF-8"):
        read_file(file, cache)


def test_an_empty_file_is_read_as_nothing() -> None:
    assert read("").body == Body([], [])
