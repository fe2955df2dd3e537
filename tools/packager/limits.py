"""What AWS Lambda accepts and runs. One place, each with its source."""

from __future__ import annotations

import re

# "Deployment package (.zip file archive) size: 50 MB (zipped, when uploaded through the Lambda API
# or SDKs), 250 MB (the maximum size of the contents, including layers, unzipped)".
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
ZIP_BYTES = 50 * 1024 * 1024
UNZIPPED_BYTES = 250 * 1024 * 1024

# Lambda@Edge runs no arm64, and takes 1 MB for viewer events, the least of the four.
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-lambda-at-edge
EDGE_ARCH = "x86_64"
EDGE_ZIP_BYTES = 1024 * 1024

# FunctionName of CreateFunction: 1 to 64 letters, digits, hyphens, underscores.
# https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
FUNCTION_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")

# Runtimes on Amazon Linux 2023, whose glibc is 2.34; older ones run on Amazon Linux 2.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
RUNTIMES = ("3.12", "3.13", "3.14")
PLATFORMS = {"arm64": "aarch64-manylinux_2_34", "x86_64": "x86_64-manylinux_2_34"}

# What the Python runtimes carry besides the standard library: never shipped unless asked for.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
RUNTIME_PROVIDED = (
    "awslambdaric",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "s3transfer",
    "six",
    "snapshot_restore_py",
    "urllib3",
)
