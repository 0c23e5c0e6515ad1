"""Programs that a test starts, with their output in a file, and ends by their own process id."""

import os
import subprocess
import time
from pathlib import Path

STOP_SECS = 20


class NotUp(Exception):
    """A program ended, or did not answer in time."""


class Program:
    """A running program. What it says goes to `log`."""

    def __init__(self, words: list[str], environment: dict[str, str], log: Path):
        self.name = log.stem
        self.log = log
        with log.open("ab") as output:
            # With us, however we end.
            words = ["setpriv", "--pdeathsig", "TERM", "--", *words]
            self._process = subprocess.Popen(
                words, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )

    def wait_until(self, answers, deadline_secs: float):
        """What `answers()` returned first that is true; its exceptions count as not yet."""
        deadline = time.monotonic() + deadline_secs
        while True:
            if self._process.poll() is not None:
                raise NotUp(f"{self.name} ended with {self._process.returncode}:\n{tail(self.log)}")
            try:
                if answer := answers():
                    return answer
            except OSError:  # which `requests` raises, too
                pass
            if time.monotonic() > deadline:
                raise NotUp(f"{self.name} did not answer within {deadline_secs:.0f} s:\n{tail(self.log)}")
            time.sleep(0.05)

    def stop(self):
        """Asks it to end; kills it when it does not."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_SECS)


def tail(log: Path, lines: int = 60) -> str:
    """The end of a log, or nothing."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 200 * lines))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def little_environment(home: Path) -> dict[str, str]:
    """Neither the caller's AWS settings nor a proxy reach what a test starts."""
    return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", "NO_COLOR": "1", "NO_PROXY": "*"}
