"""A class of a test's own, run from a terminal."""

import csv
from pathlib import Path

from harness.template import ROOT

from .command_line import CommandLine
from .waiting import eventually

PASSWORD = "correct horse battery"
# A tile in one of these states has a machine that can be worked on.
AT_WORK = {"working", "idle", "stuck", "done"}
START_SECS = 90


class Classroom:
    """An instructor, made by the operator; `instructor` is their command line, with the class already chosen."""

    def __init__(self, operator: CommandLine, home: Path, url: str, name: str):
        operator.done("instructor", "create", "--name", name, "--display-name", name.title())
        self.code = name.upper()
        self.url = url
        self.instructor = CommandLine(home, url, BRIHASPATI_PASSWORD=PASSWORD, BRIHASPATI_CLASS=self.code)
        self.instructor.done("login", "--name", name)

    def open(self, lab: str, trainees: list[str], *settings: str) -> dict[str, str]:
        """Makes the class with a lab of labs/ and these people; their one-time codes, by sign-in name."""
        self.instructor.done("class", "create", "--code", self.code, "--title", "A deployed class", *settings)
        self.instructor.done("lab", "push", str(ROOT / "labs" / lab))
        roster = self.instructor.home / "people.csv"
        roster.write_text("Name,E-mail\n" + "".join(f"{name.title()},{name}@example.org\n" for name in trainees))
        self.instructor.done("roster", "import", roster.name, "--all")
        with (self.instructor.home / f"codes-{self.code}.csv").open() as codes:
            return {row["name"]: row["code"] for row in csv.DictReader(codes)}

    def tiles(self) -> list[dict]:
        """What the room shows of every environment."""
        room = self.instructor.json("room", "watch", "--once")
        return [tile for person in room["people"] for tile in person["environments"]]

    def wait_for(self, states: set[str], count: int, within_secs: float = START_SECS) -> list[dict]:
        def reached():
            tiles = [tile for tile in self.tiles() if tile["state"] in states]
            return tiles if len(tiles) == count else None

        return eventually(f"{count} tiles to be {' or '.join(sorted(states))}", reached, within_secs)
