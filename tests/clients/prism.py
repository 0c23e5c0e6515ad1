"""Prism between a client and a server: it lets everything through and says what a provider's API description forbids."""

import json
import socket
import subprocess
from contextlib import contextmanager
from threading import Thread

import pytest
from pocket import DEADLINE_SECS, ROOT

PROGRAM = ROOT / "tests" / "contract" / "node_modules" / ".bin" / "prism"
SPECIFICATIONS = ROOT.parent / "shared" / "specs"


@contextmanager
def proxying(specification, server):
    """Address of a proxy to `server`; the test is skipped where this machine lacks what it takes."""
    description = SPECIFICATIONS / specification
    if not description.exists():
        pytest.skip(f"a provider contract, for there is no {description}: the API descriptions are not part of this tree")
    if not PROGRAM.exists():
        pytest.skip(f"a provider contract, for there is no {PROGRAM}: run `npm ci` in tests/contract")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    process = subprocess.Popen(
        [PROGRAM, "proxy", "--host", "127.0.0.1", "--port", port, description, server],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert any("Prism is listening" in line for line in process.stdout), "prism ended before it listened"
        # It goes on writing; a full pipe would stop it.
        Thread(target=process.stdout.read, daemon=True).start()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=DEADLINE_SECS)


def violations(answer, side):
    """What the description forbids of the request or of the response, as (field, kind, message)."""
    found = json.loads(answer.headers.get("sl-violations", "[]"))
    return [
        (one["location"][-1], one["code"], one["message"]) for one in found if one["location"][0] == side
    ]
