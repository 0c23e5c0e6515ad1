"""A trainee's lab, from the click to the receipt."""

from harness.installation import INSTALLATION_TAG
from people.browser import Browser
from people.classroom import PASSWORD, START_SECS
from people.terminal import terminal
from people.waiting import eventually

STAGES = ["requested", "creating", "machine-created", "agent-started", "setting-up", "ready"]
END_SECS = 60


def test_a_trainee_plays_works_in_the_machine_stops_and_receives_the_proof(installation, classroom):
    codes = classroom.open("secrets-in-git", ["ada"], "--provider", "linode")
    ada = Browser(installation.url)
    ada.redeem(classroom.code, "ada", codes["ada"], PASSWORD)
    assert ada.get("/me")["member"]["name"] == "ada"
    assert [lab["slug"] for lab in ada.get("/labs")["labs"]] == ["secrets-in-git"]

    started = ada.post("/labs/secrets-in-git/start")
    again = ada.post("/labs/secrets-in-git/start")
    assert again["id"] == started["id"], "playing twice is playing once"
    path = f"/environments/{started['id']}"
    ready = eventually("the machine", lambda: ada.environment(path, "ready"), START_SECS)
    told = [entry["stage"] for entry in ready["timeline"]]
    assert [stage for stage in told if stage in STAGES] == STAGES
    assert "shop-api" in ada.get(f"{path}/guide")["markdown"]

    with terminal(ready["access"], installation.url) as shell:
        shell.type("cd shop-api && echo commits: $((6 * 7)) && git log --oneline | wc -l\r")
        shell.expect("commits: 42")

    trace = f"trace:{ready['trace_id']}"
    (machine,) = installation.pocket.machines(trace)
    assert INSTALLATION_TAG in machine["tags"]

    ada.post(f"{path}/stop")
    gone = eventually("the deletion", lambda: ada.environment(path, "gone"), END_SECS)
    (proven,) = gone["receipt"]["resources"]
    assert (proven["provider"], proven["id"], proven["label"]) == ("linode", str(machine["id"]), machine["label"])
    assert proven["evidence"].endswith("answered 404")
    assert gone.get("access") is None
    assert installation.pocket.machines(trace) == []

    story = "\n".join(installation.logged(ready["trace_id"]))
    for chapter in ["/labs/secrets-in-git/start", '"advanced"', f"{path}/bundle", f"{path}/report", '"Gone"']:
        assert chapter in story, f"{chapter} is not under the click's trace id:\n{story}"

