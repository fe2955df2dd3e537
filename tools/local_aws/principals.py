"""IAM users on the local AWS that may do just what grants say: the callers of demo and tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.credentials import Credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.local_aws.server import Server


@dataclass(frozen=True)
class Principal:
    """An IAM user and its access key."""

    name: str
    credentials: Credentials


def user(server: Server, name: str, grants: Mapping[str, Any]) -> Principal:
    """Make the IAM user `name` anew with just `grants`.

    Parameters
    ----------
    server
        The local AWS.
    name
        Name of the user; one that exists is replaced.
    grants
        Values as the modules' ``grants`` outputs have them, by name; empty for a user that may do
        nothing.
    """
    iam = server.client("iam")
    remove(server, name)
    iam.create_user(UserName=name)
    if grants:
        iam.put_user_policy(UserName=name, PolicyName="granted", PolicyDocument=policy(grants))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Principal(name, Credentials(key["AccessKeyId"], key["SecretAccessKey"]))


def remove(server: Server, name: str) -> None:
    """Remove the IAM user `name` with its keys and policies, if there is one."""
    iam = server.client("iam")
    if name not in names(server):
        return
    keys = iam.list_access_keys(UserName=name)["AccessKeyMetadata"]
    for key in keys:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    for policy_name in iam.list_user_policies(UserName=name)["PolicyNames"]:
        iam.delete_user_policy(UserName=name, PolicyName=policy_name)
    iam.delete_user(UserName=name)


def names(server: Server) -> set[str]:
    """Return the names of all IAM users."""
    pages = server.client("iam").get_paginator("list_users").paginate()
    return {user["UserName"] for page in pages for user in page["Users"]}


def policy(grants: Mapping[str, Any]) -> str:
    """Return the policy document of `grants`, as the function module makes it."""
    statements = []
    for grant in grants.values():
        for part in [grant, *grant.get("also", [])]:
            statement = {
                "Effect": "Allow",
                "Action": part["actions"],
                "Resource": part["resources"],
            }
            if part.get("conditions"):
                statement["Condition"] = part["conditions"]
            statements.append(statement)
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
