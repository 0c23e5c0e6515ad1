"""What linters cannot know of template.yaml and samconfig.toml."""

import json
import re
import tomllib

import pytest
from samcli.cli.types import CfnParameterOverridesType

from conftest import MOST_RESOURCES, ROOT

OPERATING = ROOT / "docs" / "operating.md"
# Names that are one for an account and region. Parameters of events, such as a queue's, are not among them.
NAMES = {"Name", "FunctionName", "RoleName", "QueueName", "TopicName", "LogGroupName", "AlarmName", "DashboardName"}


def of_type(resources, kind):
    return {id: resource["Properties"] for id, resource in resources.items() if resource["Type"] == kind}


def filters(resources):
    """The metrics that log lines become, each with its filter's pattern."""
    for properties in of_type(resources, "AWS::Logs::MetricFilter").values():
        (metric,) = properties["MetricTransformations"]
        yield metric, properties["FilterPattern"]


def test_there_are_not_too_many_resources(resources):
    assert len(resources) <= MOST_RESOURCES


def test_two_installations_fit_into_one_account(resources):
    for id, resource in resources.items():
        for name in NAMES & resource.get("Properties", {}).keys():
            value = resource["Properties"][name]
            if isinstance(value, dict) and value.get("Ref", "AWS::StackName") in resources:
                continue  # another resource's
            assert "AWS::StackName" in json.dumps(value), f"{id}: {name} would be the same in every stack"


def test_roles_name_what_they_may_do_and_on_what(resources):
    for id, role in of_type(resources, "AWS::IAM::Role").items():
        for policy in role.get("Policies", []):
            for statement in policy["PolicyDocument"]["Statement"]:
                assert statement["Effect"] == "Allow", id
                assert "*" not in json.dumps([statement["Action"], statement["Resource"]]), f"{id} has a wildcard"
                on_table = statement["Resource"] == {"Fn::GetAtt": ["Table", "Arn"]}
                assert not on_table or "dynamodb:LeadingKeys" in json.dumps(statement["Condition"]), id


def test_functions_are_answered_for_before_their_callers_give_up(written):
    # Netlify waits 26 s for an answer, API Gateway 30.
    common = written["Globals"]["Function"]["Timeout"]
    for id, function in of_type(written["Resources"], "AWS::Serverless::Function").items():
        if any(event["Type"] == "HttpApi" for event in function["Events"].values()):
            assert function.get("Timeout", common) <= 25, id


def test_every_alarm_says_what_to_do_where_the_operating_guide_has_it(resources):
    headings = set(re.findall(r"^#+ (.+)$", OPERATING.read_text(), re.MULTILINE))
    for id, alarm in of_type(resources, "AWS::CloudWatch::Alarm").items():
        named = re.search(r'docs/operating\.md, "(.+)"\.$', alarm["AlarmDescription"])
        assert named, f"{id} names no section"
        assert named[1] in headings, f"{id}: {OPERATING.name} has no section {named[1]!r}"
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}], id


def test_alarms_and_dashboard_watch_metrics_that_exist(resources):
    made = {metric["MetricName"] for metric, _ in filters(resources)}
    assert all(metric["MetricNamespace"] == {"Ref": "AWS::StackName"} for metric, _ in filters(resources))
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    watched = {alarm["MetricName"] for alarm in alarms if alarm.get("Namespace") == {"Ref": "AWS::StackName"}}
    (dashboard,) = of_type(resources, "AWS::CloudWatch::Dashboard").values()
    text, variables = dashboard["DashboardBody"]["Fn::Sub"]
    shown = set(re.findall(r'"\$\{AWS::StackName\}", "(\w+)"', text))
    assert watched and shown
    assert watched | shown == made


def test_the_dashboard_shows_every_alarm(resources):
    (dashboard,) = of_type(resources, "AWS::CloudWatch::Dashboard").values()
    text, variables = dashboard["DashboardBody"]["Fn::Sub"]
    body = json.loads(re.sub(r"\$\{[^}]+\}", "given", text))
    shown = next(widget for widget in body["widgets"] if widget["type"] == "alarm")["properties"]["alarms"]
    alarms = of_type(resources, "AWS::CloudWatch::Alarm").values()
    assert {name.removeprefix("given") for name in shown} == {
        alarm["AlarmName"]["Fn::Sub"].removeprefix("${AWS::StackName}") for alarm in alarms
    }
    assert variables.keys() == {"Alarm", "Query", "Queue"}


def test_metrics_read_what_functions_log(resources):
    reaper = (ROOT / "functions" / "reaper" / "src" / "lib.rs").read_text()
    (line,) = re.findall(r"tracing::info!\(([^;]*)\"reaped\"\s*\)", reaper)
    logged = set(re.findall(r"(\w+) = ", line))
    read = {field for _, pattern in filters(resources) for field in re.findall(r'"reaped" && \$\.(\w+) = \*', pattern)}
    assert read and read <= logged
    for metric, pattern in filters(resources):
        if "reaped" in pattern:
            assert metric["MetricValue"].removeprefix("$.") in read
    # Refused requests carry their problem's code.
    core = ROOT / "crates" / "core" / "src"
    assert '"request refused"' in (core / "http" / "problem.rs").read_text()
    assert '"budget_exhausted"' in (core / "domain" / "admission.rs").read_text()


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_a_stage_is_deployed_with_what_the_template_declares_and_the_operator_adds(written, stage, tmp_path, monkeypatch):
    deploy = tomllib.loads((ROOT / "samconfig.toml").read_text())[stage]["deploy"]["parameters"]
    (tmp_path / f"installation.{stage}.yaml").write_text("PortalOrigin: https://labs.example.org\n")
    packaged = tmp_path / "target" / "package" / "parameters.yaml"
    packaged.parent.mkdir(parents=True)
    packaged.write_text('Architecture: x86_64\nVersion: "1e10"\n')
    monkeypatch.chdir(tmp_path)
    given = CfnParameterOverridesType().convert(deploy["parameter_overrides"], None, None)
    assert given["PortalOrigin"] == "https://labs.example.org"
    assert (given["Architecture"], given["Version"]) == ("x86_64", "1e10")
    assert given.keys() <= written["Parameters"].keys()
    assert not [name for name in given if re.search("Secret|Token|Email|Sha256", name)]
    # A deployment that fails goes back to what ran before.
    assert deploy["on_failure"] == "ROLLBACK" and not deploy.get("disable_rollback")


def test_the_operators_own_file_is_explained_with_parameters_that_exist(written):
    text = (ROOT / "samconfig.toml").read_text()
    explained = set(re.findall(r"^#   (\w+): ", text, re.MULTILINE))
    required = {name for name, declared in written["Parameters"].items() if "Default" not in declared}
    assert required <= explained | {"Installation"} and explained <= written["Parameters"].keys()
