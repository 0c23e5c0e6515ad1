"""The end of an installation: nothing left at either provider, its stack gone, what stays on purpose named."""

import pytest
from harness import keys
from harness.installation import INSTALLATION_TAG
from harness.remains import LISTS, of_the_stack
from people.trainee import Trainee

LAB = "secrets-in-git"
REFUSED = 1


@pytest.fixture(scope="module")
def names(installation):
    """Asked for while there is a stack to ask."""
    return installation.stack.outputs()


@pytest.fixture(scope="module")
def ada(classroom):
    """Somebody works on a machine."""
    codes = classroom.open(LAB, ["ada"])
    ada = Trainee(classroom, "ada", codes["ada"])
    ada.play(LAB)
    ada.wait_until_ready()
    return ada


def test_it_refuses_until_every_machine_is_gone_and_every_lab_has_ended(installation, operator, ada):
    assert "brihaspati emergency-stop" in refusal(operator)
    operator.done("emergency-stop", "--watch", "1", "--yes")
    assert installation.pocket.machines(INSTALLATION_TAG) == []
    assert "brihaspati emergency-stop --release" in refusal(operator)
    operator.done("emergency-stop", "--release")
    installation.run_reaper()
    assert ada.receipt()["evidence"].endswith("answered 404")
    assert installation.stack.status().endswith("_COMPLETE")


def test_it_leaves_nothing_but_what_it_names_and_touches_no_neighbours_machine(installation, operator, strays, names):
    assert of_the_stack(installation.emulator).keys() == LISTS.keys(), "there is something of every kind to leave"
    said = operator.done("uninstall", "--yes")
    assert "the stack brihaspati is gone" in said
    for provider in ["Linode", "DigitalOcean"]:
        assert f"{provider}: 0 machines with the tag, nothing else" in said
    assert installation.pocket.machines(INSTALLATION_TAG) == []
    assert len(installation.pocket.machines(strays["neighbours"])) == 1

    secrets = [keys.DIGITALOCEAN_TOKEN, keys.LINODE_TOKEN, keys.SESSION_KEYS]
    left = of_the_stack(installation.emulator)
    # ministack makes this one anew for what a function said last.
    assert left.pop("log groups", []) in ([], [names["FunctionLogGroup"]])
    table = names["TableName"]
    assert left == {"secrets": secrets, "tables": [table]}
    assert all(name in said for name in [table, *secrets])


def refusal(operator) -> str:
    """What it says instead of doing anything."""
    ended = operator.run("uninstall", "--yes")
    assert ended.returncode == REFUSED, ended.stdout
    return ended.stderr
