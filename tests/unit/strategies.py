"""Hypothesis strategies for orders and for what is none."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from order import MAX_CUSTOMER, MAX_LINES, MAX_QUANTITY, MAX_UNIT_PRICE

skus = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
lines = st.fixed_dictionaries(
    {
        "sku": skus,
        "quantity": st.integers(1, MAX_QUANTITY),
        "unit_price": st.integers(0, MAX_UNIT_PRICE),
    }
)
orders = st.fixed_dictionaries(
    {
        "customer": st.text(st.characters(codec="utf-8"), min_size=1, max_size=MAX_CUSTOMER),
        "currency": st.from_regex(r"[A-Z]{3}", fullmatch=True),
        "lines": st.lists(lines, min_size=1, max_size=min(MAX_LINES, 5)),
    }
)
"""Bodies of POST /orders, as values of JSON."""

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20)
)
json_values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=10), inner, max_size=4)
    ),
    max_leaves=12,
)


def like(
    fields: dict[str, st.SearchStrategy[Any]], wrong: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """Return objects of `fields`, of which any may be missing, `wrong`, or joined by others."""
    return st.builds(
        lambda some, others: some | others,
        st.fixed_dictionaries({}, optional={k: v | wrong for k, v in fields.items()}),
        st.dictionaries(st.sampled_from(["", "a/b", "m~n", "Total", "é"]), wrong, max_size=2),
    )


order_like = like(
    {
        "customer": st.just("ada@example.com"),
        "currency": st.just("EUR"),
        "lines": st.lists(
            lines
            | like(
                {
                    "sku": skus,
                    "quantity": st.integers(-1, MAX_QUANTITY + 1),
                    "unit_price": st.integers(-1, MAX_UNIT_PRICE + 1),
                },
                json_values,
            )
            | json_values,
            max_size=4,
        ),
    },
    json_values,
)
"""Objects that resemble an order, most of them wrong somewhere."""
