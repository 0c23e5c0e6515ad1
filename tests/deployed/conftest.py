"""One installation for all tests. What the clock alone brings about is begun first and looked at last."""

import pytest
from harness.installation import INSTALLATION_TAG, Installation
from harness.packages import Missing
from people.classroom import PASSWORD, Classroom
from people.command_line import CommandLine

ORDER = ["gateway", "trainee", "instructor", "upgrade", "doctor", "reaper", "dead_letters"]
ORDER += ["emergency_stop", "uninstall"]
RUNNING = pytest.StashKey[Installation]()
NEIGHBOURS_TAG = "brihaspati:deployed-test-2"


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: ORDER.index(item.module.__name__.removeprefix("test_")))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Beside a failure stands what the functions, the providers and the emulator said last."""
    report = yield
    installation = item.config.stash.get(RUNNING, None)
    if report.failed and installation:
        report.sections += [(f"last of {who}", said) for who, said in installation.tails().items() if said]
    return report


def pytest_terminal_summary(terminalreporter, config):
    """Says what of the template was not deployed."""
    if installation := config.stash.get(RUNNING, None):
        for id, why in installation.template.left_out.items():
            terminalreporter.write_line(f"left out of the stack: {id} ({why})")


@pytest.fixture(scope="session")
def started(request, tmp_path_factory):
    """The emulator and the providers, with nothing deployed yet."""
    try:
        installation = Installation(tmp_path_factory.mktemp("deployed"))
    except Missing as missing:
        pytest.exit(str(missing), returncode=2)
    request.config.stash[RUNNING] = installation
    yield installation
    installation.stop()


@pytest.fixture(scope="session")
def strays(started):
    """Two machines that no environment owns: one carries the installation's tag, the other a neighbour's."""
    tags = {"leaked": INSTALLATION_TAG, "neighbours": NEIGHBOURS_TAG}
    for label, tag in tags.items():
        started.pocket.rent_linode(label, [tag])
    return tags


@pytest.fixture(scope="session")
def installation(started, strays):
    started.deploy()
    return started


@pytest.fixture(scope="session")
def operator(installation, tmp_path_factory):
    """Whoever owns the accounts at AWS and at the providers."""
    return CommandLine(tmp_path_factory.mktemp("operator"), installation.url, **installation.variables())


@pytest.fixture(scope="module")
def classroom(installation, tmp_path_factory, request):
    """An instructor of the module's own, who signs in at a terminal and has no class yet."""
    name = request.module.__name__.replace("test_", "grace-").replace("_", "-")
    home = tmp_path_factory.mktemp(name)
    secrets = {"BRIHASPATI_TOKEN": installation.secrets.operator_token, "BRIHASPATI_NEW_PASSWORD": PASSWORD}
    operator = CommandLine(home / "operator", installation.url, **secrets)
    return Classroom(operator, home / "instructor", installation.url, name)
