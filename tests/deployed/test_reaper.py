"""The schedule fires by itself, and what should not exist ends."""

import json

import requests
from people.waiting import eventually

# A machine must be two minutes old, so that no create is mistaken for a leak; then comes the next minute's run.
LEAK_SECS = 200


def test_the_schedule_deletes_a_leaked_machine_and_leaves_a_neighbours_alone(installation, strays):
    pocket = installation.pocket
    eventually("the leaked machine's deletion", lambda: labelled(pocket, strays, "leaked") == [], LEAK_SECS)
    assert len(labelled(pocket, strays, "neighbours")) == 1
    runs = [json.loads(line) for line in installation.logged("reaped")]
    assert sum(run["leaked_and_deleted"] for run in runs) == 1, runs
    health = requests.get(f"{installation.url}/api/health", timeout=30).json()
    assert health["reaper"]["late"] is False, health


def labelled(pocket, strays: dict[str, str], label: str) -> list[dict]:
    return [machine for machine in pocket.machines(strays[label]) if machine["label"] == label]
