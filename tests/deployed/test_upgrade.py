"""A new version takes over while people work, and one that cannot be deployed leaves the old one running."""

import pytest
from harness.stack import BUCKET, Refused
from people.browser import Browser
from people.classroom import PASSWORD, START_SECS
from people.terminal import terminal
from people.waiting import eventually

REPORT_SECS = 30
END_SECS = 60


@pytest.fixture(scope="module", autouse=True)
def first(installation):
    """What was deployed before anything is deployed anew."""
    return deployed(installation)


@pytest.fixture(scope="module")
def ada(installation, classroom):
    """A trainee who is signed in before anything is deployed anew."""
    codes = classroom.open("secrets-in-git", ["ada"])
    ada = Browser(installation.url)
    ada.redeem(classroom.code, "ada", codes["ada"], PASSWORD)
    return ada


@pytest.fixture(scope="module")
def running(ada):
    """The path of an environment of the trainee's that is ready."""
    path = f"/environments/{ada.post('/labs/secrets-in-git/start')['id']}"
    eventually("the machine", lambda: ada.environment(path, "ready"), START_SECS)
    return path


def test_an_upgrade_ends_no_session_and_no_running_lab(installation, ada, running, tmp_path):
    before = deployed(installation)
    with terminal(ada.get(running)["access"], installation.url) as shell:
        shell.type("kept=alive\r")
        packages = {id: package.next_version(tmp_path) for id, package in installation.packages.items()}
        installation.update(installation.stack.upload_code(packages), LogLevel="debug")
        after = deployed(installation)
        assert all(after[id] != before[id] for id in packages), "every function is another one now"
        shell.type("echo still $kept\r")
        shell.expect("still alive")
        shell.check()
    eventually("the old machine's report to the new functions", lambda: results(ada, running), REPORT_SECS)
    assert ada.get(running)["status"] == "ready"


def test_a_deploy_that_fails_leaves_the_old_version_running(installation, ada, running):
    before = deployed(installation)
    code = installation.stack.upload_code(installation.packages)
    code["Reaper"] = f"s3://{BUCKET}/never-uploaded.zip"
    with pytest.raises(Refused, match="UPDATE_ROLLBACK_COMPLETE.*Reaper"):
        installation.update(code, LogLevel="info")
    assert deployed(installation) == before
    assert ada.get(running)["status"] == "ready"


def test_the_way_back_to_the_older_version_is_a_deploy_as_well(installation, first, ada, running):
    installation.update()
    assert deployed(installation) == first
    ada.post(f"{running}/stop")
    eventually("the deletion", lambda: ada.environment(running, "gone"), END_SECS)


def deployed(installation) -> dict[str, tuple]:
    """Code and settings of each function."""
    functions, ids = installation.emulator.client("lambda"), installation.stack.physical_ids()
    told = {id: functions.get_function_configuration(FunctionName=ids[id]) for id in installation.packages}
    return {id: (it["CodeSha256"], it["Environment"]["Variables"]) for id, it in told.items()}


def results(browser: Browser, path: str) -> list[dict]:
    return [check for check in browser.get(path)["checks"]["items"] if check.get("checked_at")]
