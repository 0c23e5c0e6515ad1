"""Every machine of the installation, at both providers, gone by one command; and the way back."""

import pytest
from harness.installation import INSTALLATION_TAG
from people.doctor import PROBLEM, examine, marked
from people.trainee import Trainee

LAB = "secrets-in-git"
TO_FIX = 1


@pytest.fixture(scope="module")
def trainees(classroom):
    """Ada works on a machine of Linode's, Lin on one of DigitalOcean's; Noor has not pressed Play yet."""
    names = ["ada", "lin", "noor"]
    codes = classroom.open(LAB, names, "--provider", "linode")
    ada, lin, noor = (Trainee(classroom, name, codes[name]) for name in names)
    ada.play(LAB)
    ada.wait_until_ready()
    classroom.instructor.done("class", "edit", "--provider", "digitalocean")
    lin.play(LAB)
    lin.wait_until_ready()
    return ada, lin, noor


@pytest.fixture(scope="module")
def stopped(installation, operator, strays, trainees):
    """What the emergency stop said. A neighbour had a machine in the same account."""
    assert len(installation.pocket.machines(INSTALLATION_TAG)) >= 2
    assert len(installation.pocket.machines(strays["neighbours"])) == 1
    return operator.done("emergency-stop", "--watch", "2", "--yes")


def test_every_machine_is_deleted_at_both_providers_and_a_neighbours_is_not(installation, strays, stopped):
    assert installation.pocket.machines(INSTALLATION_TAG) == []
    assert len(installation.pocket.machines(strays["neighbours"])) == 1
    said = {line.split()[0]: line.split()[1:] for line in stopped.splitlines() if line}
    for provider in ["Linode", "DigitalOcean"]:
        deleted, left, *_ = said[provider]
        assert int(deleted) >= 1 and left == "0", stopped
    assert "no lab starts and none expires" in stopped and "stopped: 2 environments" in stopped


def test_until_the_release_nothing_starts_and_the_doctor_says_why(installation, operator, trainees, stopped):
    *_, noor = trainees
    noor.play(LAB)
    functions, names = installation.emulator.client("lambda"), installation.stack.outputs()
    for function in ["ProvisionFunctionName", "ReaperFunctionName"]:
        with pytest.raises(functions.exceptions.TooManyRequestsException):
            functions.invoke(FunctionName=names[function])
    code, found = examine(operator)
    assert code == TO_FIX and marked(found, PROBLEM) == {"provisioning"}, found
    assert "brihaspati emergency-stop --release" in found["provisioning"].fix
    assert noor.environment()["status"] == "requested"
    assert installation.pocket.machines(INSTALLATION_TAG) == []


def test_after_the_release_labs_start_and_the_deleted_machines_are_proven_gone(
    installation, operator, trainees, stopped
):
    operator.done("emergency-stop", "--release")
    installation.run_reaper()
    ada, lin, noor = trainees
    for trainee, provider in [(ada, "linode"), (lin, "digitalocean")]:
        proven = trainee.receipt()
        assert proven["provider"] == provider and proven["evidence"].endswith("answered 404")
    noor.wait_until_ready()
    code, found = examine(operator)
    assert code == 0 and marked(found, PROBLEM) == set(), found
    noor.stop()
    noor.receipt()
