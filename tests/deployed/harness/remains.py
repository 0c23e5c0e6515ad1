"""What an AWS account has of an installation, looked for without its stack."""

# By kind: the service, its list, the key of the list in the answer, and the key of the name (none: the item is it).
LISTS = {
    "alarms": ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "APIs": ("apigatewayv2", "get_apis", "Items", "Name"),
    "buses": ("events", "list_event_buses", "EventBuses", "Name"),
    "consumers": ("lambda", "list_event_source_mappings", "EventSourceMappings", "FunctionArn"),
    "dashboards": ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "functions": ("lambda", "list_functions", "Functions", "FunctionName"),
    "log groups": ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "queues": ("sqs", "list_queues", "QueueUrls", None),
    "roles": ("iam", "list_roles", "Roles", "RoleName"),
    "schedules": ("scheduler", "list_schedules", "Schedules", "Name"),
    "secrets": ("secretsmanager", "list_secrets", "SecretList", "Name"),
    "tables": ("dynamodb", "list_tables", "TableNames", None),
    "topics": ("sns", "list_topics", "Topics", "TopicArn"),
}
# Every account has it.
AWS_OWN = {"default"}


def of_the_stack(emulator) -> dict[str, list[str]]:
    """Names by kind; nothing else is in the account."""
    found = {}
    for kind, (service, operation, items, name) in LISTS.items():
        listed = getattr(emulator.client(service), operation)().get(items, [])
        names = {item[name] if name else item for item in listed}
        if names := sorted(names - AWS_OWN):
            found[kind] = names
    return found
