"""The edge signer beside what signers are made of elsewhere: botocore and awscrt."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import os
import statistics
import sys
import tempfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from awscrt import auth, http
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "edge_signer"))

from content_hash import NO_BODY
from edge_signer import app
from sigv4 import Credentials, amz_date, sign
from tests.bench.benchmarks.cold_start import cpu_milliseconds
from tests.bench.harness import (
    OURS,
    BenchError,
    Result,
    Row,
    at_least,
    at_most,
    block,
    interleave,
)
from tests.bench.machine import versions
from tests.unit.edge_signer.edge import HOST, REGION, origin_request
from tools.paths import DIST

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "t" * 900
KEYS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", TOKEN)
CREDENTIALS = Credentials(*KEYS)
BOTOCORES = BotocoreCredentials(*KEYS)
AWSCRTS = auth.AwsCredentialsProvider.new_static(*KEYS)
TITLE = "The edge signer: hash and signature, and a cold start"
UNIT = "µs of CPU; cold starts in ms"
ROUNDS = 60
FLOOR, HANDLER = "base64 and sha256 alone", "our whole handler"
SIZES = {"GET": 0, "POST 10 KB": 10_000, "POST 1 MB": 1024 * 1024}
COLD = {
    "empty": "",
    # In a folder with what is in the zip.
    OURS: (f"import app\nassert 'status' not in app.handler({origin_request()!r}, None)"),
    "botocore": (
        "from botocore import auth, awsrequest, credentials\n"
        f"request = awsrequest.AWSRequest('GET', 'https://{HOST}/', {{}}, b'')\n"
        f"keys = credentials.Credentials(*{KEYS!r})\n"
        f"auth.SigV4Auth(keys, 'lambda', {REGION!r}).add_auth(request)"
    ),
}
# The names that Lambda has for them.
ENVIRONMENT = dict(
    zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), KEYS, strict=True)
)


def ours(body: bytes) -> None:
    """Hash and sign."""
    now = datetime.now(UTC)
    payload = hashlib.sha256(body).hexdigest() if body else NO_BODY
    headers = [
        ("Host", HOST),
        ("X-Amz-Content-Sha256", payload),
        ("X-Amz-Date", amz_date(now)),
        ("X-Amz-Security-Token", TOKEN),
    ]
    method = "POST" if body else "GET"
    sign(
        method, "/", "", headers, payload,
        credentials=CREDENTIALS, region=REGION, service="lambda", timestamp=now,
    )  # fmt: skip


def botocores(body: bytes) -> None:
    """Do the same by botocore."""
    request = AWSRequest("POST" if body else "GET", f"https://{HOST}/", {}, body)
    SigV4Auth(BOTOCORES, "lambda", REGION).add_auth(request)


def awscrts(body: bytes) -> None:
    """Do the same by awscrt."""
    config = auth.AwsSigningConfig(
        algorithm=auth.AwsSigningAlgorithm.V4,
        signature_type=auth.AwsSignatureType.HTTP_REQUEST_HEADERS,
        credentials_provider=AWSCRTS,
        region=REGION,
        service="lambda",
        date=datetime.now(UTC),
        signed_body_value=hashlib.sha256(body).hexdigest() if body else NO_BODY,
        signed_body_header_type=auth.AwsSignedBodyHeaderType.X_AMZ_CONTENT_SHA_256,
    )
    headers = http.HttpHeaders([("Host", HOST)])
    request = http.HttpRequest("POST" if body else "GET", "/", headers)
    auth.aws_sign_request(request, config).result()


def candidates(body: bytes, calls: int) -> dict[str, Callable[[], float]]:
    """Return what is measured, by name; the handler gets an event of its own for each call."""
    encoded = base64.b64encode(body)
    event = json.dumps(origin_request("POST" if body else "GET", "/", body=body))

    def handled() -> float:
        events = [json.loads(event) for _ in range(calls)]
        given = iter(events)
        return block(lambda: app.handler(next(given), None), calls)()

    return {
        OURS: block(lambda: ours(body), calls),
        "botocore": block(lambda: botocores(body), calls),
        "awscrt": block(lambda: awscrts(body), calls),
        HANDLER: handled,
        FLOOR: block(lambda: hashlib.sha256(base64.b64decode(encoded)).hexdigest(), calls),
    }


def signatures(rounds: int) -> list[Row]:
    """Return a row for each size of a body."""
    return [
        Row(what, interleave(candidates(os.urandom(size), 20 if size < 100_000 else 1), rounds))
        for what, size in SIZES.items()
    ]


def cold(rounds: int) -> Row:
    """Return a fresh interpreter's import and first call, over an empty interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(DIST / "edge_signer.zip") as archive:
            archive.extractall(folder)
        programs = {
            name: functools.partial(cpu_milliseconds, program, folder, **ENVIRONMENT)
            for name, program in COLD.items()
        }
        samples = interleave(programs, rounds)
    empty = statistics.median(samples.pop("empty"))
    return Row(
        "import and first call, ms", {n: [v - empty for v in taken] for n, taken in samples.items()}
    )


def measure(rounds: int) -> Result:
    """Measure signatures in this process, and cold starts on the functions' Python."""
    if not (DIST / "edge_signer.zip").is_file():
        raise BenchError("dist/edge_signer.zip is missing. Mend: make package")
    os.environ.update(ENVIRONMENT)
    rows = [*signatures(rounds), cold(max(rounds // 6, 3))]
    get, small, large, start = rows
    floor = large.medians()[HANDLER] / large.medians()[FLOOR]
    goals = [
        at_most("signature of a GET, µs", get.medians()[OURS], 10),
        at_most("signature of a POST of 10 KB, µs", small.medians()[OURS], 15),
        at_most("cold import and first call, ms", start.medians()[OURS], 12),
        at_least("signature of a GET: botocore, times ours", get.ratio("botocore"), 6),
        at_least("signature of a GET: awscrt, times ours", get.ratio("awscrt"), 2.5),
        at_least("POST of 10 KB: awscrt, times ours", small.ratio("awscrt"), 1.5),
        at_most("handler at 1 MB, times base64 and sha256", floor, 1.15),
        at_least("cold start: botocore, times ours", start.ratio("botocore"), 12),
        at_most("zip, KB", (DIST / "edge_signer.zip").stat().st_size / 1000, 10),
    ]
    told = versions("botocore", "awscrt")
    return Result(rows, goals, [f"{told}, on Python {sys.version.split()[0]}."])
