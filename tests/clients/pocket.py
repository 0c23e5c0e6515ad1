"""A pocket cloud to ask. The program comes from POCKET_CLOUD_BIN, by default target/debug/pocket-cloud."""

import os
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("POCKET_CLOUD_BIN", str(ROOT / "target" / "debug" / "pocket-cloud"))
LINODE_TOKEN = "linode-client-token"
DIGITALOCEAN_TOKEN = "digitalocean-client-token"
DEADLINE_SECS = 20

USER_DATA = "#!/bin/sh\necho hello\n"


@contextmanager
def running():
    """Address of a pocket cloud on a free port, whose machines do nothing."""
    process = subprocess.Popen(
        [PROGRAM, "--listen", "127.0.0.1:0", "--machines", "none", "--boot-delay-ms", "50", "--delete-delay-ms", "50"],
        env={
            **os.environ,
            "POCKET_CLOUD_LINODE_TOKEN": LINODE_TOKEN,
            "POCKET_CLOUD_DIGITALOCEAN_TOKEN": DIGITALOCEAN_TOKEN,
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        first_line = process.stdout.readline()
        assert first_line.startswith("pocket cloud: http://"), f"{PROGRAM} did not start: {first_line!r}"
        yield first_line.split()[2].removesuffix("/v4")
    finally:
        process.terminate()
        process.wait(timeout=DEADLINE_SECS)


def eventually(condition, what):
    deadline = time.monotonic() + DEADLINE_SECS
    while not (value := condition()):
        assert time.monotonic() < deadline, f"gave up waiting for {what}"
        time.sleep(0.02)
    return value
