"""Measure the edge signer against botocore and awscrt, in one run, round by round.

Run as ``.venv/bin/python -m tests.bench.bench_edge_signer [--rounds N] [--check] [--json PATH]``.
A round takes each candidate once, in a block of calls, so that what else the machine does meets all
of them.
"""

from __future__ import annotations

import argparse
import base64
import functools
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from awscrt import auth, http
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "edge_signer"))

from content_hash import NO_BODY
from edge_signer import app
from sigv4 import Credentials, amz_date, sign
from tests.unit.edge_signer.edge import HOST, REGION, origin_request
from tools.paths import DIST, LOCAL_AWS_ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = "t" * 900
KEYS = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", TOKEN)
OURS = Credentials(*KEYS)
BOTOCORES = BotocoreCredentials(*KEYS)
AWSCRTS = auth.AwsCredentialsProvider.new_static(*KEYS)
FLOOR = "base64 and sha256 alone"
SIZES = {"GET": 0, "POST 10 KB": 10_000, "POST 1 MB": 1024 * 1024}
COLD = {
    "empty interpreter": "",
    # In a folder with what is in the zip.
    "edge signer": (
        "import sys; sys.path.insert(0, '.'); import app\n"
        f"assert 'status' not in app.handler({origin_request()!r}, None)"
    ),
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
        credentials=OURS, region=REGION, service="lambda", timestamp=now,
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


def timed(block: list[Callable[[], object]]) -> float:
    """Return the microseconds that the calls of `block` take together."""
    began = time.perf_counter()
    for call in block:
        call()
    return (time.perf_counter() - began) * 1e6


def candidates(body: bytes, calls: int) -> dict[str, list[Callable[[], object]]]:
    """Return what is measured, by name: `calls` of each, the handler's with an event of its own."""
    encoded = base64.b64encode(body)
    event = json.dumps(origin_request("POST" if body else "GET", "/", body=body))
    same: dict[str, Callable[[], object]] = {
        "ours": lambda: ours(body),
        "botocore": lambda: botocores(body),
        "awscrt": lambda: awscrts(body),
        FLOOR: lambda: hashlib.sha256(base64.b64decode(encoded)).hexdigest(),
    }
    return {
        **{name: [call] * calls for name, call in same.items()},
        "handler": [functools.partial(app.handler, json.loads(event), None) for _ in range(calls)],
    }


def signatures(rounds: int) -> dict[str, dict[str, float]]:
    """Return median microseconds by size and candidate."""
    medians: dict[str, dict[str, float]] = {}
    for size, length in SIZES.items():
        body = os.urandom(length)
        calls = 20 if length < 100_000 else 1
        times: dict[str, list[float]] = {}
        for _ in range(rounds):
            for name, block in candidates(body, calls).items():
                times.setdefault(name, []).append(timed(block) / calls)
        medians[size] = {name: statistics.median(t) for name, t in times.items()}
    return medians


def cold(rounds: int) -> dict[str, float]:
    """Return median milliseconds of a fresh interpreter, import and first call."""
    python = LOCAL_AWS_ENVIRONMENT / "bin" / "python"
    times: dict[str, list[float]] = {name: [] for name in COLD}

    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(DIST / "edge_signer.zip") as archive:
            archive.extractall(folder)

        def run(program: str) -> None:
            subprocess.run(
                [str(python), "-c", program],
                cwd=folder, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL,
            )  # fmt: skip

        for number in range(rounds + 1):
            for name, program in COLD.items():
                milliseconds = timed([functools.partial(run, program)]) / 1000
                # The first one reads the files from the disk.
                if number:
                    times[name].append(milliseconds)
    return {name: statistics.median(t) for name, t in times.items()}


def goals(
    micro: dict[str, dict[str, float]], milli: dict[str, float]
) -> list[tuple[str, float, float]]:
    """Return what is wanted: name, what was measured, and the most that it may be."""
    get, small, large = micro.values()
    empty = milli["empty interpreter"]
    signer, botocore = milli["edge signer"] - empty, milli["botocore"] - empty
    zip_bytes = (DIST / "edge_signer.zip").stat().st_size
    return [
        ("signature of a GET, us", get["ours"], 10),
        ("of botocore's time", get["ours"] / get["botocore"], 1 / 6),
        ("of awscrt's time", get["ours"] / get["awscrt"], 1 / 2.5),
        ("signature of a POST of 10 KB, us", small["ours"], 15),
        ("handler at 1 MB, of base64 and sha256", large["handler"] / large[FLOOR], 1.15),
        ("cold import and first call, ms", signer, 12),
        ("of botocore's cold start", signer / botocore, 1 / 12),
        ("zip, KB", zip_bytes / 1000, 10),
    ]


def main() -> int:
    """Measure, print, and with --check fail where a goal is missed."""
    parser = argparse.ArgumentParser(description="Measure the edge signer.")
    parser.add_argument("--rounds", type=int, default=150, help="blocks of 20 calls; calls at 1 MB")
    parser.add_argument("--check", action="store_true", help="fail where a goal is missed")
    parser.add_argument("--json", type=Path, help="write the medians there")
    options = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    micro = signatures(options.rounds)
    milli = cold(max(options.rounds // 10, 5))
    names = list(next(iter(micro.values())))
    print(f"{'median us':28}" + "".join(f"{size:>14}" for size in SIZES))
    for name in names:
        print(f"{name:28}" + "".join(f"{micro[size][name]:14.1f}" for size in SIZES))
    print("\nfresh interpreter, median ms")
    for name, value in milli.items():
        print(f"{name:28}{value:14.1f}")
    print("\ngoals")
    wanted = goals(micro, milli)
    for name, seen, most in wanted:
        print(f"{'ok    ' if seen <= most else 'missed'} {name:40}{seen:10.3f}  at most {most:.3f}")
    if options.json:
        options.json.write_text(json.dumps({"microseconds": micro, "milliseconds": milli}))
    return int(options.check and any(seen > most for _, seen, most in wanted))


if __name__ == "__main__":
    sys.exit(main())
