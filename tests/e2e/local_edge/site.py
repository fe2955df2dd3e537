"""A distribution with every kind of behavior, made on a local AWS for the tests of the edge."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.local_aws.server import ACCOUNT_ID, REGION
from tools.paths import DIST

if TYPE_CHECKING:
    from tools.local_aws.server import Server

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER_EXCEPT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
ALL_METHODS = ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"]
EDGE_REGION = "us-east-1"

# Behind the function URL: tells what it got, with the status and headers that the query asks for.
ECHO = """
import base64, hashlib, json
def handler(event, context):
    body = event.get("body") or ""
    data = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    query = event.get("queryStringParameters") or {}
    headers = {"content-type": "application/json"}
    for name in ("cache-control", "etag", "expires", "last-modified"):
        if name in query:
            headers[name] = query[name]
    http = event["requestContext"]["http"]
    if query.get("etag") and event["headers"].get("if-none-match") == query["etag"]:
        return {"statusCode": 304, "headers": headers}
    if "size" in query:
        return {"statusCode": 200, "headers": headers, "body": "x" * int(query["size"])}
    return {
        "statusCode": int(query.get("status", "200")),
        "headers": headers,
        "cookies": ["seen=1; Path=/", "also=2"] if "cookie" in query else [],
        "body": json.dumps({
            "method": http["method"], "path": event["rawPath"], "query": event["rawQueryString"],
            "headers": event["headers"], "sha256": hashlib.sha256(data).hexdigest(),
            "length": len(data), "id": context.aws_request_id,
        }),
    }
"""

# At the edge: does what the request's header x-<event> says, in JSON.
DIRECTOR = """
import base64, json, os, time
def handler(event, context):
    cf = event["Records"][0]["cf"]
    kind = cf["config"]["eventType"]
    asked = cf["request"]["headers"].get("x-" + kind)
    result = cf["response"] if "response" in cf else cf["request"]
    if not asked:
        return result
    order = json.loads(asked[0]["value"])
    if "print" in order:
        print(order["print"])
    if "raise" in order:
        raise ValueError(order["raise"])
    if "sleep" in order:
        time.sleep(order["sleep"])
    if "die" in order:
        os._exit(1)
    if "result" in order:
        return order["result"]
    if "report" in order:
        return {"status": "200", "headers": {}, "body": json.dumps(event)}
    if "shown" in order:
        body = cf["request"]["body"]
        shown = {"bytes": len(base64.b64decode(body["data"])), "truncated": body["inputTruncated"]}
        return {"status": "200", "headers": {}, "body": json.dumps(shown)}
    if "say" in order:
        result["headers"]["x-said-by"] = [{"key": "X-Said-By", "value": json.dumps(cf)[:4000]}]
    if "caller" in order:
        import boto3
        try:
            name = boto3.client("sts", region_name="us-east-1").get_caller_identity()["Arn"]
            boto3.client("s3", region_name="us-east-1").list_buckets()
            name += " may list buckets"
        except Exception as error:
            name += " " + type(error).__name__
        return {"status": "200", "headers": {}, "body": name}
    for name, value in order.get("headers", {}).items():
        result["headers"].pop(name, None)
        if value is not None:
            result["headers"][name] = [{"key": name, "value": value}]
    result.update(order.get("set", {}))
    if "big" in order:
        return {"status": "200", "headers": {}, "body": "x" * order["big"]}
    return result
"""

PAGE = b"<!doctype html><title>site</title>"


@dataclass(frozen=True)
class Site:
    """What was made."""

    id: str
    arn: str
    domain: str
    etag: str
    config: dict[str, Any]
    bucket: str
    function_url: str
    function_arn: str
    director_arn: str


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
    return buffer.getvalue()


def role(server: Server, name: str, statements: list[dict[str, Any]]) -> str:
    iam = server.client("iam")
    trust = {"Service": ["lambda.amazonaws.com", "edgelambda.amazonaws.com"]}
    statement = {"Effect": "Allow", "Principal": trust, "Action": "sts:AssumeRole"}
    made = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    if statements:
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        iam.put_role_policy(RoleName=name, PolicyName="granted", PolicyDocument=policy)
    return str(made["Role"]["Arn"])


def function(
    server: Server, name: str, code: bytes, handler: str, role_arn: str, *, region: str
) -> str:
    """Make a function and return the ARN of its first version."""
    client = server.client("lambda", region)
    client.create_function(
        FunctionName=name, Runtime="python3.13", Role=role_arn, Handler=handler,
        Code={"ZipFile": code}, Timeout=3, MemorySize=128,
    )  # fmt: skip
    return str(client.publish_version(FunctionName=name)["FunctionArn"])


def echo_url(server: Server) -> tuple[str, str]:
    """Make the function behind the URL; return its URL's host and its alias's ARN."""
    client = server.client("lambda")
    code = zipped(echo=ECHO)
    role_arn = role(server, "echo", [])
    function(server, "echo", code, "echo.handler", role_arn, region=REGION)
    alias = client.create_alias(FunctionName="echo", Name="live", FunctionVersion="1")
    made = client.create_function_url_config(
        FunctionName="echo", Qualifier="live", AuthType="AWS_IAM"
    )
    return made["FunctionUrl"].removeprefix("https://").rstrip("/"), alias["AliasArn"]


def permit(server: Server, distribution_arn: str, *actions: str) -> None:
    """Let CloudFront invoke the echo function on behalf of a distribution."""
    client = server.client("lambda")
    for action in actions:
        options: dict[str, Any] = (
            {"FunctionUrlAuthType": "AWS_IAM"} if action == "lambda:InvokeFunctionUrl" else {}
        )
        client.add_permission(
            FunctionName="echo", Qualifier="live", StatementId=action.replace(":", "-"),
            Action=action, Principal="cloudfront.amazonaws.com", SourceArn=distribution_arn,
            **options,
        )  # fmt: skip


def bucket(server: Server) -> str:
    s3 = server.client("s3")
    name = "edge-tests-site"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    put = s3.put_object
    put(Bucket=name, Key="index.html", Body=PAGE, ContentType="text/html")
    put(Bucket=name, Key="style.css", Body=b"a" * 5000, ContentType="text/css",
        CacheControl="public, max-age=60")  # fmt: skip
    put(Bucket=name, Key="brief.txt", Body=b"brief", CacheControl="max-age=1")
    put(Bucket=name, Key="never.txt", Body=b"never", CacheControl="no-store")
    put(Bucket=name, Key="errors/404.html", Body=b"nothing here", ContentType="text/html")
    put(Bucket=name, Key="a b/ä.txt", Body="ä".encode())
    return name


def bucket_policy(server: Server, name: str, distribution_arn: str) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution_arn}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    server.client("s3").put_bucket_policy(Bucket=name, Policy=policy)


def behavior(target: str, **settings: Any) -> dict[str, Any]:  # noqa: ANN401  the API's
    methods = settings.pop("methods", ALL_METHODS)
    functions = settings.pop("functions", {})
    return {
        "TargetOriginId": target,
        "ViewerProtocolPolicy": "redirect-to-https",
        "CachePolicyId": CACHING_DISABLED,
        "AllowedMethods": {
            "Quantity": len(methods), "Items": methods,
            "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]},
        },
        "LambdaFunctionAssociations": {
            "Quantity": len(functions),
            "Items": [
                {"EventType": event, "LambdaFunctionARN": arn,
                 "IncludeBody": event.endswith("-request")}
                for event, arn in functions.items()
            ],
        },
        **settings,
    }  # fmt: skip


def custom_origin(name: str, domain: str, control: str = "", path: str = "") -> dict[str, Any]:
    return {
        "Id": name, "DomainName": domain, "OriginPath": path, "OriginAccessControlId": control,
        "CustomHeaders": {"Quantity": 1, "Items": [
            {"HeaderName": "X-From", "HeaderValue": "the-edge"}]},
        "CustomOriginConfig": {
            "HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only",
            "OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5,
            "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
        },
    }  # fmt: skip


def access_control(server: Server, name: str, kind: str) -> str:
    made = server.client("cloudfront").create_origin_access_control(
        OriginAccessControlConfig={
            "Name": name, "OriginAccessControlOriginType": kind, "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
    )  # fmt: skip
    return str(made["OriginAccessControl"]["Id"])


def cache_policy(server: Server) -> str:
    made = server.client("cloudfront").create_cache_policy(
        CachePolicyConfig={
            "Name": "keyed", "MinTTL": 0, "DefaultTTL": 60, "MaxTTL": 120,
            "ParametersInCacheKeyAndForwardedToOrigin": {
                "EnableAcceptEncodingGzip": True, "EnableAcceptEncodingBrotli": False,
                "HeadersConfig": {"HeaderBehavior": "whitelist", "Headers": {
                    "Quantity": 1, "Items": ["X-Key"]}},
                "CookiesConfig": {"CookieBehavior": "whitelist", "Cookies": {
                    "Quantity": 1, "Items": ["key"]}},
                "QueryStringsConfig": {"QueryStringBehavior": "allExcept", "QueryStrings": {
                    "Quantity": 1, "Items": ["ignored"]}},
            },
        }
    )  # fmt: skip
    return str(made["CachePolicy"]["Id"])


def headers_policy(server: Server) -> str:
    made = server.client("cloudfront").create_response_headers_policy(
        ResponseHeadersPolicyConfig={
            "Name": "safe",
            "SecurityHeadersConfig": {
                "ContentTypeOptions": {"Override": True},
                "StrictTransportSecurity": {
                    "Override": True, "AccessControlMaxAgeSec": 63072000,
                    "IncludeSubdomains": True, "Preload": False,
                },
                "FrameOptions": {"Override": True, "FrameOption": "DENY"},
            },
            "CustomHeadersConfig": {"Quantity": 1, "Items": [
                {"Header": "X-Policy", "Value": "applied", "Override": True}]},
        }
    )  # fmt: skip
    return str(made["ResponseHeadersPolicy"]["Id"])


def make(server: Server) -> Site:
    """Make everything; the function's and the bucket's policies let this distribution in."""
    host, alias_arn = echo_url(server)
    director = function(
        server, "director", zipped(director=DIRECTOR), "director.handler",
        role(server, "director", []), region=EDGE_REGION,
    )  # fmt: skip
    signer_role = role(server, "signer", [
        {"Effect": "Allow", "Action": ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"],
         "Resource": alias_arn},
    ])  # fmt: skip
    code = (DIST / "edge_signer.zip").read_bytes()
    signer = function(server, "signer", code, "app.handler", signer_role, region=EDGE_REGION)
    hasher = function(
        server, "hasher", code, "content_hash.handler", signer_role, region=EDGE_REGION
    )
    name = bucket(server)
    lambda_control = access_control(server, "functions", "lambda")
    s3_control = access_control(server, "buckets", "s3")
    keyed, safe = cache_policy(server), headers_policy(server)
    everywhere = dict.fromkeys(
        ("viewer-request", "origin-request", "origin-response", "viewer-response"), director
    )
    forwards = {"OriginRequestPolicyId": ALL_VIEWER_EXCEPT_HOST}
    behaviors = {
        "/signed/*": behavior("url", functions={"origin-request": signer}, **forwards),
        "/under/*": behavior("under", functions={"origin-request": signer}, **forwards),
        "/oac/*": behavior("oac", **forwards),
        "/hashed/*": behavior("oac", functions={"origin-request": hasher}, **forwards),
        "/unsigned/*": behavior("url", **forwards),
        "/events/*": behavior("oac", functions=everywhere, **forwards),
        "/cached/*": behavior("oac", functions=everywhere, CachePolicyId=keyed, **forwards),
        "/bare/*": behavior("oac", CachePolicyId=keyed),
        "/elsewhere/*": behavior("elsewhere", **forwards),
        "/secure/*": behavior("site", ViewerProtocolPolicy="https-only"),
        "/x-?.txt": behavior("elsewhere"),
    }
    config = {
        "CallerReference": "tests", "Comment": "", "Enabled": True,
        "DefaultRootObject": "index.html",
        "Origins": {"Quantity": 5, "Items": [
            custom_origin("url", host),
            custom_origin("under", host, path="/api"),
            custom_origin("oac", host, lambda_control),
            custom_origin("elsewhere", "example.com"),
            {"Id": "site", "DomainName": f"{name}.s3.{REGION}.amazonaws.com", "OriginPath": "",
             "OriginAccessControlId": s3_control, "CustomHeaders": {"Quantity": 0},
             "S3OriginConfig": {"OriginAccessIdentity": ""}},
        ]},
        "CacheBehaviors": {"Quantity": len(behaviors), "Items": [
            {"PathPattern": pattern, **settings} for pattern, settings in behaviors.items()]},
        "DefaultCacheBehavior": behavior(
            "site", methods=["GET", "HEAD"], CachePolicyId=CACHING_OPTIMIZED,
            ResponseHeadersPolicyId=safe),
        "CustomErrorResponses": {"Quantity": 1, "Items": [
            {"ErrorCode": 404, "ErrorCachingMinTTL": 1, "ResponsePagePath": "/errors/404.html",
             "ResponseCode": "404"}]},
    }  # fmt: skip
    made = server.client("cloudfront").create_distribution(DistributionConfig=config)
    distribution = made["Distribution"]
    permit(server, distribution["ARN"], "lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
    bucket_policy(server, name, distribution["ARN"])
    return Site(
        id=distribution["Id"], arn=distribution["ARN"], domain=distribution["DomainName"],
        etag=made["ETag"], config=config, bucket=name, function_url=f"https://{host}/",
        function_arn=f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:echo",
        director_arn=director,
    )  # fmt: skip
