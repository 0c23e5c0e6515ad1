"""What happens to installations: each breaks one thing where it would break, and mends it when it is gone on with."""

import io
import zipfile

from harness.installation import Installation
from harness.keys import DIGITALOCEAN_TOKEN, Secrets

PROGRAM = "def handle(event, context):\n    return event\n"
# What AWS leaves an account at least, whatever functions set aside.
LEAST_CONCURRENCY = 100


def the_schedule_is_switched_off(installation: Installation):
    scheduler = installation.emulator.client("scheduler")
    schedule = scheduler.get_schedule(Name=installation.stack.outputs()["ReaperScheduleName"])
    names = ["Name", "Description", "ScheduleExpression", "FlexibleTimeWindow", "Target"]
    deployed = {name: schedule[name] for name in names}
    scheduler.update_schedule(**deployed, State="DISABLED")
    yield
    scheduler.update_schedule(**deployed, State="ENABLED")


def the_rule_leads_nowhere(installation: Installation):
    events, told = installation.emulator.client("events"), installation.stack.outputs()
    rule = {"EventBusName": told["BusName"], "Rule": told["ProvisionRuleName"]}
    targets = events.list_targets_by_rule(**rule)["Targets"]
    events.remove_targets(**rule, Ids=[target["Id"] for target in targets])
    yield
    events.put_targets(**rule, Targets=targets)


def an_index_is_deleted(installation: Installation):
    tables, name = installation.emulator.client("dynamodb"), installation.stack.outputs()["TableName"]
    deployed = tables.describe_table(TableName=name)["Table"]
    (index,) = [index for index in deployed["GlobalSecondaryIndexes"] if index["IndexName"] == "room"]
    tables.update_table(TableName=name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "room"}}])
    yield
    again = {part: index[part] for part in ["IndexName", "KeySchema", "Projection"]}
    attributes = deployed["AttributeDefinitions"]
    tables.update_table(
        TableName=name, AttributeDefinitions=attributes, GlobalSecondaryIndexUpdates=[{"Create": again}]
    )


def a_token_is_revoked(installation: Installation):
    """And mended as the doctor tells."""
    new = Secrets().digitalocean_token
    installation.pocket.replace_digitalocean_token(new)
    yield
    installation.emulator.client("secretsmanager").put_secret_value(SecretId=DIGITALOCEAN_TOKEN, SecretString=new)
    installation.update(SecretsRevision="2")


def the_agent_is_another_file(installation: Installation):
    installation.upload_agent(b"\x7fELF of somebody else")
    yield
    installation.upload_agent(installation.agent.path.read_bytes())


def another_program_sets_concurrency_aside(installation: Installation):
    """For itself, in the same AWS account."""
    functions = installation.emulator.client("lambda")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("program.py", PROGRAM)
    functions.create_function(
        FunctionName="neighbour",
        Runtime="python3.12",
        Handler="program.handle",
        Role="arn:aws:iam::000000000000:role/neighbour",
        Code={"ZipFile": archive.getvalue()},
    )
    free = functions.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"]
    functions.put_function_concurrency(FunctionName="neighbour", ReservedConcurrentExecutions=free - LEAST_CONCURRENCY)
    yield
    functions.delete_function(FunctionName="neighbour")
