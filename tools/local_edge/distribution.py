"""A distribution as the local AWS keeps it: origins, behaviors, policies, functions.

What this runtime does not do is refused when the distribution is read, with the name of the
setting: a distribution that is served is served as CloudFront would.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tools.local_edge.policies import CachePolicy, OriginRequestPolicy, ResponseHeadersPolicy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tools.local_edge.associations import Associations

ORIGIN_REQUEST_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


class Unserved(Exception):
    """A distribution that is not served: what of it, and the mend."""


@dataclass(frozen=True)
class Association:
    """A Lambda@Edge function at an event."""

    function_arn: str
    include_body: bool


@dataclass(frozen=True)
class AccessControl:
    """An origin access control.

    Attributes
    ----------
    kind
        ``s3`` or ``lambda``.
    behavior
        ``always``, ``no-override`` or ``never``.
    """

    kind: str
    behavior: str


@dataclass(frozen=True)
class Origin:
    """Where a behavior's requests go.

    Attributes
    ----------
    event
        The origin as events show it, under ``custom`` or ``s3``.
    """

    domain: str
    event: dict[str, Any]
    access_control: AccessControl | None


@dataclass(frozen=True)
class Behavior:
    """What happens to the requests whose path matches.

    Attributes
    ----------
    pattern
        Path pattern; None for the default behavior.
    """

    pattern: str | None
    origin: Origin
    protocol_policy: str
    methods: frozenset[str]
    cached_methods: frozenset[str]
    functions: Mapping[str, Association]
    cache_policy: CachePolicy
    origin_request_policy: OriginRequestPolicy | None
    response_headers_policy: ResponseHeadersPolicy | None

    def takes(self, path: str) -> bool:
        """Tell whether the path pattern matches: case counts, ``*`` and ``?`` match a slash too."""
        return self.pattern is None or bool(_pattern(self.pattern).fullmatch(path))


@dataclass(frozen=True)
class ErrorResponse:
    """What an error of an origin becomes, and for how long it is kept (seconds)."""

    minimum_ttl: float = 10.0
    page: str | None = None
    status: int | None = None


@dataclass(frozen=True)
class Distribution:
    """A distribution; `behaviors` in their order, the default one last."""

    id: str
    arn: str
    domain: str
    aliases: frozenset[str]
    etag: str
    root_object: str
    behaviors: tuple[Behavior, ...]
    errors: Mapping[int, ErrorResponse] = field(default_factory=dict)

    def behavior(self, path: str) -> Behavior:
        """Return the first behavior whose pattern matches."""
        return next(behavior for behavior in self.behaviors if behavior.takes(path))

    def error(self, status: int) -> ErrorResponse:
        """Return what becomes of an origin's error."""
        return self.errors.get(status, ErrorResponse())


@lru_cache(maxsize=1024)
def _pattern(text: str) -> re.Pattern[str]:
    """Return a path pattern as an expression; its slash at the beginning may be left out."""
    text = text if text.startswith("/") else f"/{text}"
    parts = {"*": ".*", "?": "."}
    return re.compile("".join(parts.get(char, re.escape(char)) for char in text), re.DOTALL)


class Reader:
    """Reads distributions with what they refer to.

    Parameters
    ----------
    cloudfront
        A boto3 client.
    associations
        Looks at the functions.
    """

    def __init__(self, cloudfront: Any, associations: Associations) -> None:  # noqa: ANN401  boto3's
        self._cloudfront = cloudfront
        self._associations = associations

    def etag(self, distribution_id: str) -> str:
        """Return the version of a distribution's configuration."""
        answer = self._cloudfront.get_distribution_config(Id=distribution_id)
        return str(answer["ETag"])

    def read(self, summary: Mapping[str, Any]) -> Distribution:
        """
        Return the distribution that ListDistributions names.

        Raises
        ------
        Unserved
            It has a setting that this runtime does not do, or CloudFront would not take.
        """
        answer = self._cloudfront.get_distribution_config(Id=summary["Id"])
        config = answer["DistributionConfig"]
        refuse_unserved(config)
        controls = {
            item["OriginAccessControlId"]
            for item in _items(config["Origins"])
            if item.get("OriginAccessControlId")
        }
        access = {name: self._access_control(name) for name in sorted(controls)}
        origins = {
            item["Id"]: read_origin(item, access.get(item.get("OriginAccessControlId", "")))
            for item in _items(config["Origins"])
        }
        behaviors = [
            self._behavior(item, origins)
            for item in [*_items(config.get("CacheBehaviors")), config["DefaultCacheBehavior"]]
        ]
        return Distribution(
            id=summary["Id"],
            arn=summary["ARN"],
            domain=summary["DomainName"],
            aliases=frozenset(_items(config.get("Aliases"))),
            etag=answer["ETag"],
            root_object=config.get("DefaultRootObject", ""),
            behaviors=tuple(behaviors),
            errors=read_errors(_items(config.get("CustomErrorResponses"))),
        )

    def _access_control(self, name: str) -> AccessControl:
        answer = self._cloudfront.get_origin_access_control(Id=name)
        config = answer["OriginAccessControl"]["OriginAccessControlConfig"]
        kind = config["OriginAccessControlOriginType"]
        if kind not in {"s3", "lambda"}:
            raise Unserved(f"origin access control {name} is for {kind}, not s3 or lambda")
        return AccessControl(kind, config["SigningBehavior"])

    def _behavior(self, config: Mapping[str, Any], origins: Mapping[str, Origin]) -> Behavior:
        named = config.get("PathPattern", "default")
        if not config.get("CachePolicyId"):
            raise Unserved(f"behavior {named} has no cache policy: ForwardedValues are not served")
        if _items(config.get("FunctionAssociations")):
            raise Unserved(f"behavior {named} has a CloudFront function: only Lambda@Edge is run")
        if config["TargetOriginId"] not in origins:
            raise Unserved(f"behavior {named} targets {config['TargetOriginId']}, which is no "
                           "origin: origin groups are not served")  # fmt: skip
        methods = config.get("AllowedMethods", {"Items": ["GET", "HEAD"]})
        cloudfront = self._cloudfront
        cache = cloudfront.get_cache_policy(Id=config["CachePolicyId"])["CachePolicy"]
        forwarded = headers = None
        if name := config.get("OriginRequestPolicyId"):
            answer = cloudfront.get_origin_request_policy(Id=name)["OriginRequestPolicy"]
            forwarded = OriginRequestPolicy.read(answer["OriginRequestPolicyConfig"])
        if name := config.get("ResponseHeadersPolicyId"):
            answer = cloudfront.get_response_headers_policy(Id=name)["ResponseHeadersPolicy"]
            headers = ResponseHeadersPolicy.read(answer["ResponseHeadersPolicyConfig"])
        return Behavior(
            pattern=config.get("PathPattern"),
            origin=origins[config["TargetOriginId"]],
            protocol_policy=config["ViewerProtocolPolicy"],
            methods=frozenset(_items(methods)),
            cached_methods=frozenset(
                _items(methods.get("CachedMethods", {"Items": ["GET", "HEAD"]}))
            ),
            functions=self._functions(named, _items(config.get("LambdaFunctionAssociations"))),
            cache_policy=CachePolicy.read(cache["CachePolicyConfig"]),
            origin_request_policy=forwarded,
            response_headers_policy=headers,
        )

    def _functions(self, named: str, associations: list[Any]) -> dict[str, Association]:
        """Return the functions of a behavior by event."""
        functions = {}
        for item in associations:
            arn, event = item["LambdaFunctionARN"], item["EventType"]
            includes = bool(item.get("IncludeBody"))
            for reason in self._associations.refusals(arn, event, include_body=includes):
                raise Unserved(f"behavior {named} at {event}, {arn}: {reason}")
            functions[event] = Association(arn, includes)
        return functions


def refuse_unserved(config: Mapping[str, Any]) -> None:
    """Refuse a distribution that is off, or guarded by what is not here."""
    if not config["Enabled"]:
        raise Unserved("it is disabled")
    for behavior in [*_items(config.get("CacheBehaviors")), config["DefaultCacheBehavior"]]:
        for name in ("TrustedKeyGroups", "TrustedSigners"):
            if behavior.get(name, {}).get("Enabled"):
                raise Unserved(f"{name} are not checked here: nobody would be kept out")
        if behavior.get("FieldLevelEncryptionId"):
            raise Unserved("FieldLevelEncryptionId: fields are not encrypted here")
    if config.get("WebACLId"):
        raise Unserved("WebACLId: there is no WAF here, nobody would be kept out")


def read_origin(config: Mapping[str, Any], control: AccessControl | None) -> Origin:
    """Return an origin, with the form it has in events."""
    custom_headers: dict[str, Any] = {}
    for item in _items(config.get("CustomHeaders")):
        name = item["HeaderName"]
        custom_headers.setdefault(name.lower(), []).append(
            {"key": name, "value": item["HeaderValue"]}
        )
    event: dict[str, Any] = {
        "customHeaders": custom_headers,
        "domainName": config["DomainName"],
        "path": config.get("OriginPath", ""),
    }
    if "CustomOriginConfig" not in config:
        event |= {"authMethod": "none", "region": _s3_region(config["DomainName"])}
        return Origin(config["DomainName"], {"s3": event}, control)
    custom = config["CustomOriginConfig"]
    policy = custom["OriginProtocolPolicy"]
    event |= {
        "keepaliveTimeout": custom.get("OriginKeepaliveTimeout", 5),
        "port": custom["HTTPPort"] if policy == "http-only" else custom["HTTPSPort"],
        "protocol": "http" if policy == "http-only" else "https",
        "readTimeout": custom.get("OriginReadTimeout", 30),
        "sslProtocols": _items(custom.get("OriginSslProtocols")) or ["TLSv1.2"],
    }
    return Origin(config["DomainName"], {"custom": event}, control)


def read_errors(responses: list[Any]) -> dict[int, ErrorResponse]:
    """Return the custom error responses by the origin's status."""
    return {
        item["ErrorCode"]: ErrorResponse(
            float(item.get("ErrorCachingMinTTL", 10)),
            item.get("ResponsePagePath") or None,
            int(item["ResponseCode"]) if item.get("ResponseCode") else None,
        )
        for item in responses
    }


def _items(block: Mapping[str, Any] | None) -> list[Any]:
    return list((block or {}).get("Items") or [])


def _s3_region(domain: str) -> str:
    """Return the region in ``<bucket>.s3.<region>.amazonaws.com``, us-east-1 without one."""
    match domain.split("."):
        case [_, "s3", region, "amazonaws", "com"]:
            return region
        case _:
            return "us-east-1"
