"""A function as Lambda starts it: its packaged `bootstrap` under AWS's runtime interface emulator, which comes with
PyPI's aws-sam-cli."""

import json
import os
import platform
import re
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import samcli

ARCHITECTURE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
EMULATOR = Path(samcli.__file__).parent / "local" / "rapid" / f"aws-lambda-rie-{ARCHITECTURE}"
INVOCATIONS = "2015-03-31/functions/function/invocations"
DEADLINE_SECS = 30


class Emulated:
    def __init__(self, address, process, log):
        self.url = f"http://{address}/{INVOCATIONS}"
        self.process = process
        self.log = log

    def invoke(self, event):
        request = urllib.request.Request(self.url, data=json.dumps(event).encode())
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE_SECS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(f"no answer: {error.read().decode()}\n{self.log.read_text()}") from error

    def init_ms(self):
        """How long the program took until it asked for its first event, as the emulator measured it."""
        report = re.search(r"INIT REPORT\(durationMs: ([0-9.]+)\)", self.log.read_text())
        assert report, f"the emulator reported no start:\n{self.log.read_text()}"
        return float(report[1])

    def peak_mb(self):
        """The most memory that the program held so far (proc_pid_status(5), VmHWM)."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        (program,) = " ".join((thread / "children").read_text() for thread in threads).split()
        return int(re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{program}/status").read_text())[1]) / 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(program, variables):
    """The program, with these environment variables and no others of ours."""
    address, runtime = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [EMULATOR, "--runtime-interface-emulator-address", address, "--runtime-api-address", runtime, program],
                env={"PATH": os.environ["PATH"], "AWS_LAMBDA_FUNCTION_TIMEOUT": str(DEADLINE_SECS), **variables},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            wait_for(address, process, log)
            yield Emulated(address, process, log)
        finally:
            process.terminate()
            process.wait(timeout=DEADLINE_SECS)


def wait_for(address, process, log):
    host, port = address.split(":")
    deadline = time.monotonic() + DEADLINE_SECS
    while True:
        try:
            return socket.create_connection((host, int(port)), timeout=1).close()
        except ConnectionRefusedError:
            assert process.poll() is None and time.monotonic() < deadline, f"no emulator:\n{log.read_text()}"
            time.sleep(0.01)
