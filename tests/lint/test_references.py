from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.lint.reader import read
from tools.lint.references import body_references

if TYPE_CHECKING:
    from collections.abc import Sequence


def found(source: str) -> set[str]:
    return {".".join(r.path) for r in body_references(read(source).body) if len(r.path) > 1}


@pytest.mark.parametrize(
    ("expression", "paths"),
    [
        ("var.a", {"var.a"}),
        ("var.a.b[0].c", {"var.a.b"}),
        ("var.a[var.b][local.c].d", {"var.a", "var.b", "local.c"}),
        ("var.a[*].b", {"var.a"}),
        ("f(var.a).b[var.c]", {"var.a", "var.c"}),
        ("{ a = 1 }[var.b]", {"var.b"}),
        ("{ var = 1, (var.a) = var.b }", {"var.a", "var.b"}),
        ('"${var.a} $${var.b}"', {"var.a"}),
        ('"${"${var.a}"}"', {"var.a"}),
        ("[for v in var.a : v.b if v.c]", {"var.a"}),
        ("[for var in var.a : var.b]", {"var.a"}),
        ("{ for k, v in var.a : k => v if var.b }", {"var.a", "var.b"}),
        ("[for a in [for var in [1] : var.x] : var.b]", {"var.b"}),
        ('"%{for var in var.a}${var.x}%{endfor}${var.b}"', {"var.a", "var.b"}),
        ('"%{if var.a}${var.b}%{else}${var.c}%{endif}"', {"var.a", "var.b", "var.c"}),
        ("<<E\n%{ for m in var.a ~}\n${m.x}${var.b}\n%{ endfor ~}\nE\n", {"var.a", "var.b"}),
        ("templatefile(local.a, { b = module.c.d })", {"local.a", "module.c.d"}),
    ],
)
def test_an_expression_refers_to_what_it_does_not_bind(expression: str, paths: set[str]) -> None:
    assert found(f"x = {expression}\n") == paths


@pytest.mark.parametrize(
    ("block", "paths"),
    [
        (
            'dynamic "a" {\nfor_each = a.b\ncontent {\nx = [a.value.y, var.c]\n}\n}',
            {"a.b", "var.c"},
        ),
        (
            'dynamic "a" {\nfor_each = []\niterator = b\ncontent {\nx = [a.x, b.value.x]\n}\n}',
            {"a.x"},
        ),
        ('dynamic "a" {\nfor_each = []\nlabels = [a.key.x]\ncontent {}\n}', set()),
        ("lifecycle {\nignore_changes = [a.b]\nreplace_triggered_by = [c.d]\n}", {"c.d"}),
        ('variable "a" {\ntype = object({ b = any })\ndefault = null\n}', set()),
        ("moved {\nfrom = a.b\nto = a.c\n}", set()),
    ],
)
def test_a_block_refers_to_what_it_does_not_bind(block: str, paths: set[str]) -> None:
    assert found(block + "\n") == paths


class Made(NamedTuple):
    """An expression that was made, with what it refers to while ``hidden`` names are bound."""

    source: str
    paths: frozenset[str]


NAMES = st.sampled_from(["a", "b_c", "d-e"])
ROOTS = st.sampled_from(["var", "local", "module"])
PLAIN = st.sampled_from(
    ['"var.a"', "null", "-1", "true", '"$${var.a}"', '"{"', '"\\"#"', "[]", "{}"]
)


def joined(template: str, parts: Sequence[Made]) -> Made:
    paths = frozenset[str]().union(*(part.paths for part in parts))
    return Made(template.format(*(part.source for part in parts)), paths)


def compound(part: st.SearchStrategy[Made]) -> st.SearchStrategy[Made]:
    shapes = [
        "({0} ? {1} : {2})",
        "[{0}, {1}, # var.z\n {2}]",
        "{{ a = {0}, (f({1})) = {2} }}",
        "f({0},\n  {1}, {2}...)",
        "({0} == {1}\n  # local.z\n  || !({2}))",
        "f({0})[{1}].c[*].d[{2}]",
        '"x${{{0}}}y ${{~ {1} ~}}%{{ if {2} }}z%{{ endif }}"',
    ]
    shaped = st.tuples(st.sampled_from(shapes), st.tuples(part, part, part))
    plain = shaped.map(lambda drawn: joined(*drawn))
    return plain | st.tuples(ROOTS, part, part).map(lambda drawn: looped(*drawn))


def looped(bound: str, collection: Made, inside: Made) -> Made:
    seen = {path for path in inside.paths if not path.startswith(f"{bound}.")}
    source = f"[for i, {bound} in {collection.source} : {inside.source} if {bound}.z]"
    return Made(source, collection.paths | seen)


REFERENCES = st.tuples(ROOTS, NAMES).map(lambda p: Made(f"{p[0]}.{p[1]}", frozenset({".".join(p)})))
EXPRESSIONS = st.recursive(
    REFERENCES | PLAIN.map(lambda text: Made(text, frozenset())), compound, max_leaves=12
)


@given(EXPRESSIONS)
@settings(deadline=None)
def test_every_reference_is_found_however_deep_it_stands(made: Made) -> None:
    assert found(f"x = {made.source}\n") == made.paths


@given(EXPRESSIONS)
@settings(deadline=None, max_examples=30)
def test_a_heredoc_refers_to_what_it_interpolates(made: Made) -> None:
    assert found(f'x = <<-E\n  "${{{made.source}}}" \\ # ${{var.z}}\n  E\n') == made.paths | {
        "var.z"
    }
