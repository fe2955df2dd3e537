"""A flat root of what modules have made: every resource with its values, in one file.

Made from ``terraform show -json`` of the applied state and the providers' schemas. A value that is
only known once another resource is there (an id, an ARN of AWS's choice) refers to that resource,
as somebody would write it by hand; what depended on something still does.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Json = dict[str, Any]

AWS = "registry.terraform.io/hashicorp/aws"
_SHORTEST = 8
"""Characters of a value from which it is taken for another's: shorter ones are alike by chance."""


def resources(state: Json) -> Iterator[Json]:
    """Yield every managed resource of a state."""

    def of(module: Json) -> Iterator[Json]:
        for resource in module.get("resources", []):
            if resource["mode"] == "managed":
                yield resource
        for child in module.get("child_modules", []):
            yield from of(child)

    yield from of(state["values"]["root_module"])


def root(state: Json, schemas: Json, plan: Json) -> Json:
    """Return the content of a ``main.tf.json`` that makes the same resources.

    Parameters
    ----------
    state
        ``terraform show -json`` after an apply.
    schemas
        ``terraform providers schema -json``.
    plan
        ``terraform show -json`` of the plan that was applied: what is null there nobody has set.
    """
    changes = {c["address"]: c["change"] for c in plan["resource_changes"]}
    found = list(resources(state))
    kinds = schemas["provider_schemas"][AWS]["resource_schemas"]
    names = {r["address"]: f"{r['type']}.{_name(r['address'])}" for r in found}
    by_base: dict[str, list[str]] = {}
    for address in names:
        by_base.setdefault(_base(address), []).append(address)
    needs = {
        r["address"]: {a for d in r.get("depends_on", []) for a in by_base.get(_base(d), [])}
        for r in found
    }
    known = _computed(found, kinds)
    made: dict[str, Json] = {}
    for resource in found:
        address = resource["address"]
        block = kinds[resource["type"]]["block"]
        # Of those that have one value the first made: a bucket, not its policy.
        mine = {
            value: names[owner] + end
            for value, owners in known.items()
            for owner, end in [min(owners, key=lambda o: len(needs[o[0]]))]
            if owner in needs[address]
        }
        change = changes[address]
        body = _body(
            resource["values"], change["after"], change["after_unknown"], block, _References(mine)
        )
        body.pop("id", None)
        # As by hand: the last before it, and those alone that it does not name anyway.
        last = {a for a in needs[address] if not any(a in needs[b] for b in needs[address])}
        text = json.dumps(body)
        unsaid = sorted(names[a] for a in last if f"${{{names[a]}." not in text)
        if unsaid:
            body["depends_on"] = unsaid
        if ":us-east-1:" in resource["values"].get("arn", ""):
            body["provider"] = "aws.us_east_1"
        made.setdefault(resource["type"], {})[_name(address)] = body
    return {"resource": made}


def _computed(found: list[Json], kinds: Json) -> dict[str, list[tuple[str, str]]]:
    """Return the values that only AWS knows beforehand: value -> addresses and attributes."""
    owners: dict[str, list[tuple[str, str]]] = {}
    for resource in found:
        attributes = kinds[resource["type"]]["block"]["attributes"]
        mine = {
            value: name
            for name, value in sorted(resource["values"].items(), reverse=True)
            if isinstance(value, str)
            and len(value) >= _SHORTEST
            and name in attributes
            and (name == "id" or not _settable(attributes[name]))
        }
        for value, name in mine.items():
            owners.setdefault(value, []).append((resource["address"], f".{name}"))
    return owners


class _References:
    """Replaces values of other resources by references to them."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known = known
        longest = sorted(known, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest))) if longest else None

    def __call__(self, value: Any) -> Any:  # noqa: ANN401  any JSON
        if isinstance(value, list):
            return [self(one) for one in value]
        if isinstance(value, dict):
            return {name: self(one) for name, one in value.items()}
        if not isinstance(value, str):
            return value
        escaped = value.replace("${", "$${").replace("%{", "%%{")
        if self._pattern is None:
            return escaped
        return self._pattern.sub(lambda m: "${" + self._known[m[0]] + "}", escaped)


def _body(values: Json, planned: Json, unknown: Any, block: Json, refer: _References) -> Json:  # noqa: ANN401  a tree of booleans
    unknown = unknown if isinstance(unknown, dict) else {}
    body: Json = {}
    for name, schema in block.get("attributes", {}).items():
        value = values.get(name)
        if not _settable(schema) or value is None or name == "tags_all":
            continue
        referred = refer(value)
        set_later = unknown.get(name) and (not schema.get("computed") or referred != value)
        if planned.get(name) is not None or set_later or schema.get("required"):
            body[name] = referred
    for name, nested in block.get("block_types", {}).items():
        if values.get(name) and planned.get(name) and name != "timeouts":
            blocks, before = _listed(values[name]), _listed(planned[name])
            later = unknown.get(name)
            # A set that has something unknown in it may come in another order.
            same = len(before) == len(blocks) and not (later and len(blocks) > 1)
            body[name] = [
                _body(
                    one,
                    before[n] if same else _not_empty(one),
                    later[n] if same and isinstance(later, list) and n < len(later) else {},
                    nested["block"],
                    refer,
                )
                for n, one in enumerate(blocks)
            ]
    return body


def _not_empty(values: Json) -> Json:
    """Return what somebody may have set, where it is not told: the provider writes "" and 0."""
    return {name: value for name, value in values.items() if value not in ("", 0)}


def _listed(value: Any) -> list[Any]:  # noqa: ANN401  one block or several
    return value if isinstance(value, list) else [value]


def _settable(schema: Json) -> bool:
    return bool(schema.get("required") or schema.get("optional"))


def _base(address: str) -> str:
    """Return an address without the keys of its instances."""
    return re.sub(r"\[[^\]]*\]", "", address)


def _name(address: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "_", address.replace("module.", "")).strip("_")
