"""Who may do what with an API, by its ARN: known at apply only, so it is applied to a mock."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.alone import one_at_a_time
from tests.plan.test_validations import ACCOUNT
from tools.terraform import cli_config
from tools.terraform.runner import Terraform

if TYPE_CHECKING:
    from tests.plan.workspace import Workspace
    from tools.terraform.core import Core

API = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5"
FUNCTION = {
    "alias_name": "live",
    "arn": "arn:aws:lambda:eu-west-1:123456789012:function:orders-api",
    "invoke_arn": "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:eu-west-1:123456789012:function:orders-api:live/invocations",
    "name": "orders-api",
    "timeout": 10,
}
ROUTES = {
    "GET /orders/{id}": {"auth": "none", "function": FUNCTION},
    "POST /orders/{id}/cancel": {"auth": "iam", "function": FUNCTION},
    "ANY /files/{path+}": {"auth": "none", "function": FUNCTION},
}
GIVEN: dict[str, dict[str, Any]] = {
    "http_api": {},
    "rest_api": {
        "cors": {"origins": ["https://shop.example.com"]},
        "ip": {"allow": ["203.0.113.0/24"], "deny": ["203.0.113.7/32"]},
    },
}
# What must hold -> an expression within the module, and what it must come to.
FACTS: dict[str, dict[str, tuple[str, object]]] = {
    "http_api": {
        "a function is called by the method and path of each route only": (
            "{ for key, it in aws_lambda_permission.route : key => it.source_arn }",
            {
                "GET /orders/{id}": f"{API}/*/GET/orders/*",
                "POST /orders/{id}/cancel": f"{API}/*/POST/orders/*/cancel",
                "ANY /files/{path+}": f"{API}/*/*/files/*",
            },
        ),
        "only the alias is called": (
            "distinct([for it in aws_lambda_permission.route : it.qualifier])",
            ["live"],
        ),
        "the grant is the routes with auth iam": (
            "output.grants.invoke.resources",
            [f"{API}/$default/POST/orders/*/cancel"],
        ),
    },
    "rest_api": {
        "a function is called by the method and path of each route only": (
            "{ for key, it in aws_lambda_permission.route : key => it.source_arn }",
            {
                "GET /orders/{id}": f"{API}/live/GET/orders/*",
                "POST /orders/{id}/cancel": f"{API}/live/POST/orders/*/cancel",
                "ANY /files/{path+}": f"{API}/live/*/files/*",
            },
        ),
        "only the alias is called": (
            "distinct([for it in aws_lambda_permission.route : it.qualifier])",
            ["live"],
        ),
        "the grant is the routes with auth iam": (
            "output.grants.invoke.resources",
            [f"{API}/live/POST/orders/*/cancel"],
        ),
        "the policy of addresses opens no route with auth iam, and closes every route": (
            'jsondecode(aws_api_gateway_rest_api_policy.addresses["addresses"].policy).Statement',
            [
                {
                    "Sid": "AllowRoutesWithoutIam",
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "execute-api:Invoke",
                    "Resource": [
                        f"{API}/live/*/files/*",
                        f"{API}/live/GET/orders/*",
                        f"{API}/live/OPTIONS/files/*",
                        f"{API}/live/OPTIONS/orders/*",
                        f"{API}/live/OPTIONS/orders/*/cancel",
                    ],
                },
                {
                    "Sid": "DenyAddresses",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "execute-api:Invoke",
                    "Resource": [f"{API}/*"],
                    "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.7/32"]}},
                },
                {
                    "Sid": "DenyOtherAddresses",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "execute-api:Invoke",
                    "Resource": [f"{API}/*"],
                    "Condition": {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}},
                },
            ],
        ),
    },
}


def assertion(fact: str, expression: str, expected: object) -> dict[str, str]:
    # Both sides in Terraform's own JSON, so that types and the order of keys do not matter.
    wanted = json.dumps(json.dumps(expected)).replace("${", "$${")
    return {
        "condition": f"${{jsonencode({expression}) == jsonencode(jsondecode({wanted}))}}",
        "error_message": f"{fact}: ${{jsonencode({expression})}}",
    }


@pytest.mark.parametrize("module", FACTS)
def test_arns_name_no_more_than_is_meant(space: Workspace, core: Core, module: str) -> None:
    tree = space.tree.with_name("arns")
    shutil.rmtree(tree, ignore_errors=True)
    shutil.copytree(space.tree, tree)
    root = tree / "modules" / module
    apis = ("aws_api_gateway_rest_api", "aws_apigatewayv2_api")
    mock = {
        "mock_data": {name: {"defaults": values} for name, values in ACCOUNT.items()},
        "mock_resource": {name: {"defaults": {"execution_arn": API}} for name in apis},
    }
    run = {
        "command": "apply",
        "variables": {"name": "orders", "routes": ROUTES} | GIVEN[module],
        "assert": [assertion(fact, *values) for fact, values in FACTS[module].items()],
    }
    (root / "tests").mkdir(exist_ok=True)
    test = {"mock_provider": {"aws": mock}, "run": {"applied": run}}
    (root / "tests" / "applied.tftest.json").write_text(json.dumps(test))
    data = space.tree.with_name("data") / core.name / "arns" / module
    terraform = Terraform(core, root, data, cli_config.environment())
    with one_at_a_time("init"):
        terraform.run("init", "-no-color", "-backend=false")
    code, output = terraform.attempt("test", "-no-color")
    assert code == 0, output
