"""Somebody at a terminal with the `brihaspati` program."""

import json
import subprocess
from pathlib import Path

from harness.packages import program
from harness.programs import little_environment

TIMEOUT_SECS = 120


class CommandLine:
    def __init__(self, home: Path, url: str, **variables: str):
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self._environment = {**little_environment(home), "BRIHASPATI_URL": url, **variables}

    def run(self, *words: str) -> subprocess.CompletedProcess:
        command = [str(program("brihaspati")), *words]
        ended = subprocess.run(
            command, cwd=self.home, env=self._environment, capture_output=True, text=True, timeout=TIMEOUT_SECS
        )
        print(f"$ brihaspati {' '.join(words)}\n{ended.stdout}{ended.stderr}")
        return ended

    def done(self, *words: str) -> str:
        """What it prints when it succeeds."""
        ended = self.run(*words)
        assert ended.returncode == 0, f"brihaspati {' '.join(words)}: {ended.returncode}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    def json(self, *words: str):
        return json.loads(self.done(*words, "--json"))
