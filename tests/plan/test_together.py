"""Roots that are planned together give the plans that they give alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.plan.inventories import UNKNOWN, summary
from tests.plan.together import plan_together

if TYPE_CHECKING:
    from tests.plan.workspace import Workspace
    from tools.terraform.core import Core

WITH_OUTPUTS = """\
resource "terraform_data" "step" {
  for_each = toset(["a", "b"])
  input    = { name = each.key, secret = sensitive("s") }
}
output "known" {
  value = { list = [1, 2], text = "t", none = null }
}
output "partly" {
  value = { id = terraform_data.step["a"].id, name = "n" }
}
output "later" {
  value = terraform_data.step["b"].id
}
output "secret" {
  value     = "s"
  sensitive = true
}
"""
WITH_A_MODULE = """\
module "orders" {
  source = "../../modules/function"

  name    = "orders"
  package = { zip = "../../dist/orders_api.zip" }
}
output "arn" {
  value = module.orders.arn
}
"""


def test_a_plan_is_the_same_together_and_alone(space: Workspace, core: Core) -> None:
    texts = {"with-outputs": WITH_OUTPUTS, "with-a-module": WITH_A_MODULE}
    together = plan_together(space, core, "both", texts)
    alone = {name: space.plan(core, space.root(name, text)) for name, text in texts.items()}
    assert {name: summary(plan) for name, plan in together.items()} == {
        name: summary(plan) for name, plan in alone.items()
    }
    assert summary(alone["with-outputs"])["outputs"]["later"] == UNKNOWN
