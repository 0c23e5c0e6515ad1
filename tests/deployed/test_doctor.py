"""`brihaspati doctor` on the installation as it is, and on the same with one thing broken."""

import pytest
from people import mishaps
from people.doctor import OK, PROBLEM, WARNED_OF, WARNING, examine, marked

TO_FIX = 1
# What is broken; the check that finds it; words of what it saw, and of what it tells to do.
BROKEN = [
    (mishaps.the_schedule_is_switched_off, "schedule", "nothing expires", "enable the schedule brihaspati-reaper"),
    (mishaps.the_rule_leads_nowhere, "rule", "does not lead to the queue", "aws events put-targets --event-bus-name"),
    (mishaps.an_index_is_deleted, "table", "no index “room”", "aws cloudformation detect-stack-drift"),
    (mishaps.a_token_is_revoked, "digitalocean-token", "401", "make a new token at the provider, store it"),
    (mishaps.the_agent_is_another_file, "agent", "no machine will run it", "upload target/package/lab-agent-x86_64"),
]


@pytest.fixture
def broken(request, installation):
    """The installation with something broken, which is mended after the test."""
    yield from request.param(installation)


def test_a_healthy_installation_has_nothing_to_fix(installation, operator):
    installation.run_reaper()
    healthy(operator)


@pytest.mark.parametrize(
    ("broken", "check", "seen", "fix"), BROKEN, indirect=["broken"], ids=[mishap.__name__ for mishap, *_ in BROKEN]
)
def test_what_is_broken_is_named_with_its_remedy_and_nothing_else_is(operator, broken, check, seen, fix):
    code, found = examine(operator)
    assert code == TO_FIX
    assert marked(found, PROBLEM) == {check} and marked(found, WARNING) == WARNED_OF, found
    assert seen in found[check].seen and fix in found[check].fix, found[check]


@pytest.mark.parametrize("broken", [mishaps.another_program_sets_concurrency_aside], indirect=True)
def test_a_class_that_is_larger_than_a_quota_is_foreseen(operator, broken):
    code, found = examine(operator, "--class-size", "1000")
    assert code == TO_FIX
    # Linode tells nobody an account's limit.
    assert marked(found, PROBLEM) == {"concurrency"} and marked(found, WARNING) == {*WARNED_OF, "linode-limit"}, found
    assert "a class of 1000 needs" in found["concurrency"].seen and "Service Quotas" in found["concurrency"].fix


def test_what_was_mended_is_healthy_again(operator):
    healthy(operator)


def healthy(operator):
    code, found = examine(operator)
    assert code == 0
    assert marked(found, OK) == found.keys() - WARNED_OF and marked(found, WARNING) == WARNED_OF, found
