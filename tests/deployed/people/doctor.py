"""What `brihaspati doctor` prints, line by line."""

import re
from dataclasses import dataclass

from .command_line import CommandLine

OK, WARNING, PROBLEM = "✓ ok", "! warning", "✗ problem"
# Of AWS, the portal and the machines; and two of each provider.
CHECKS = 19 + 4
# Machines speak plain HTTP here, and the doctor says so.
WARNED_OF = {"certificates"}


@dataclass(frozen=True)
class Finding:
    mark: str
    seen: str
    fix: str


def examine(operator: CommandLine, *flags: str) -> tuple[int, dict[str, Finding]]:
    """The exit code, and what each check found."""
    ended = operator.run("doctor", *flags)
    _, *lines = ended.stdout.splitlines()
    found = {}
    for line in lines:
        mark, check, seen, fix = re.split(r"\s{2,}", line.strip())
        found[check] = Finding(mark, seen, fix)
    assert len(found) == CHECKS, ended.stdout + ended.stderr
    return ended.returncode, found


def marked(found: dict[str, Finding], mark: str) -> set[str]:
    return {check for check, finding in found.items() if finding.mark == mark}
