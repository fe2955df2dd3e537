"""A flat root of what modules have made: values, references and order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.bench import flat

Json = dict[str, Any]
OPTIONAL, COMPUTED = {"optional": True}, {"computed": True}
SCHEMAS: Json = {
    "provider_schemas": {
        flat.AWS: {
            "resource_schemas": {
                "aws_api": {"block": {"attributes": {"id": COMPUTED, "name": OPTIONAL}}},
                "aws_route": {
                    "block": {
                        "attributes": {
                            "api_id": {"required": True},
                            "target": OPTIONAL,
                            "timeout": OPTIONAL,
                            "note": {**OPTIONAL, **COMPUTED},
                        },
                        "block_types": {
                            "rule": {"block": {"attributes": {"id": OPTIONAL, "text": OPTIONAL}}}
                        },
                    }
                },
            }
        }
    }
}


def resource(address: str, values: Json, *needs: str) -> Json:
    kind = address.split(".")[-2]
    found = {"address": address, "mode": "managed", "type": kind, "values": values}
    return found | {"depends_on": list(needs)}


API = resource("module.a.aws_api.one", {"id": "x1y2z3a4b5", "name": "orders"})
ROUTE = resource(
    "module.a.aws_route.get[0]",
    {
        "api_id": "x1y2z3a4b5",
        "target": "apis/x1y2z3a4b5/${path}",
        "timeout": 0,
        "note": "of AWS",
        "rule": [{"id": "r", "text": "t"}],
    },
    "module.a.aws_api.one",
)
# Terraform's state names what something depends on, and what that depends on.
OTHER = resource(
    "module.a.aws_api.other",
    {"id": "k1l2m3n4o5", "name": "returns"},
    "module.a.aws_api.one",
    "module.a.aws_route.get",
)
STATE: Json = {"values": {"root_module": {"child_modules": [{"resources": [API, ROUTE, OTHER]}]}}}
PLAN: Json = {
    "resource_changes": [
        {
            "address": API["address"],
            "change": {"after": {"name": "orders"}, "after_unknown": {"id": True}},
        },
        {
            "address": OTHER["address"],
            "change": {"after": {"name": "returns"}, "after_unknown": {"id": True}},
        },
        {
            "address": ROUTE["address"],
            "change": {
                "after": {"timeout": None, "rule": [{"id": "r", "text": "t"}]},
                "after_unknown": {"api_id": True, "target": True, "note": True},
            },
        },
    ]
}


@pytest.fixture
def made() -> Json:
    found: Json = flat.root(STATE, SCHEMAS, PLAN)["resource"]
    return found


@pytest.fixture
def route(made: Json) -> Json:
    return dict(made["aws_route"]["a_aws_route_get_0"])


def test_what_depends_on_nothing_has_its_values_alone(made: Json) -> None:
    assert made["aws_api"]["a_aws_api_one"] == {"name": "orders"}


def test_what_aws_chose_is_referred_to(route: Json) -> None:
    assert route["api_id"] == "${aws_api.a_aws_api_one.id}"


def test_it_is_referred_to_inside_of_text_whose_own_templates_stay_text(route: Json) -> None:
    assert route["target"] == "apis/${aws_api.a_aws_api_one.id}/$${path}"


def test_what_nobody_has_set_is_left_out(route: Json) -> None:
    assert "timeout" not in route
    assert "note" not in route


def test_nested_blocks_keep_their_ids(route: Json) -> None:
    assert route["rule"] == [{"id": "r", "text": "t"}]


def test_the_order_is_kept_by_the_last_before(made: Json) -> None:
    assert made["aws_api"]["a_aws_api_other"]["depends_on"] == ["aws_route.a_aws_route_get_0"]


def test_what_is_referred_to_is_not_named_twice(route: Json) -> None:
    assert "depends_on" not in route
