"""What ministack's CloudFormation leaves out of a stack, made from the template by API. Doing it again changes nothing.

The SAM transform writes an HTTP API's routes into an OpenAPI body, which ministack 1.5.33 does not read; it drops the
reserved concurrency of functions, a table's backups and the end of its items, and misreads the concurrency of queue
consumers.
"""

from urllib.parse import urlsplit

from .template import Template

PAGE = "GET /"


def fill_gaps(emulator, template: Template, parameters: dict[str, str], ids: dict[str, str], origin: str, page: str):
    """`ids` are the physical ones by the logical ones; at `origin` browsers find the API, beside the `page`."""
    gateway, functions = emulator.client("apigatewayv2"), emulator.client("lambda")
    connect_routes(gateway, functions, template, ids)
    serve_at(gateway, ids[template.api], origin, page)
    keep_tables(emulator.client("dynamodb"), template, ids)
    reserve_concurrency(functions, template, parameters, ids)
    limit_queue_consumers(functions)
    wait_for(functions, template, ids)


def connect_routes(gateway, functions, template: Template, ids: dict[str, str]):
    """One integration for each function behind a route, one route for each `HttpApi` event, and none besides."""
    api = ids[template.api]
    integrations = {it["Description"]: it["IntegrationId"] for it in listed(gateway.get_integrations, api)}
    routes = {it["RouteKey"]: it["RouteId"] for it in listed(gateway.get_routes, api)}
    wanted = template.routes()
    for route in wanted:
        if route.function not in integrations:
            made = gateway.create_integration(
                ApiId=api,
                Description=route.function,
                IntegrationType="AWS_PROXY",
                IntegrationUri=functions.get_function(FunctionName=ids[route.function])["Configuration"]["FunctionArn"],
                PayloadFormatVersion="2.0",
            )
            integrations[route.function] = made["IntegrationId"]
        target = f"integrations/{integrations[route.function]}"
        if route.key in routes:
            gateway.update_route(ApiId=api, RouteId=routes[route.key], Target=target)
        else:
            gateway.create_route(ApiId=api, RouteKey=route.key, Target=target)
    for key in routes.keys() - {route.key for route in wanted} - {PAGE}:
        gateway.delete_route(ApiId=api, RouteId=routes[key])


def listed(operation, api: str) -> list[dict]:
    """All pages of a list of an API's parts."""
    answer = operation(ApiId=api)
    items = answer["Items"]
    while token := answer.get("NextToken"):
        answer = operation(ApiId=api, NextToken=token)
        items += answer["Items"]
    return items


def serve_at(gateway, api: str, origin: str, page: str):
    """The API under the portal's origin, as the rewrite of /api/* gives it, by a custom domain; the page beside it."""
    domain = urlsplit(origin).hostname
    if domain in [known["DomainName"] for known in gateway.get_domain_names()["Items"]]:
        return
    gateway.create_domain_name(DomainName=domain)
    gateway.create_api_mapping(DomainName=domain, ApiId=api, Stage="$default")
    integration = gateway.create_integration(
        ApiId=api, Description="portal", IntegrationType="HTTP_PROXY", IntegrationMethod="GET", IntegrationUri=page
    )
    gateway.create_route(ApiId=api, RouteKey=PAGE, Target=f"integrations/{integration['IntegrationId']}")


def keep_tables(dynamodb, template: Template, ids: dict[str, str]):
    """Restorable to any second, and rid of what ended long ago."""
    for id, told in template.of_type("AWS::DynamoDB::Table").items():
        name, recovery, life = ids[id], told["PointInTimeRecoverySpecification"], told["TimeToLiveSpecification"]
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=life)


def reserve_concurrency(functions, template: Template, parameters: dict[str, str], ids: dict[str, str]):
    for id, concurrency in template.reserved_concurrency(parameters).items():
        functions.put_function_concurrency(FunctionName=ids[id], ReservedConcurrentExecutions=concurrency)


def limit_queue_consumers(functions):
    """A limit that is a parameter's value is text, with which ministack's consumers cannot count."""
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        limit = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
        if limit is not None:
            concurrency = {"MaximumConcurrency": int(limit)}
            functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=concurrency)


def wait_for(functions, template: Template, ids: dict[str, str]):
    """CloudFormation ends when functions may be called."""
    updated = functions.get_waiter("function_updated_v2")
    for id in template.functions():
        updated.wait(FunctionName=ids[id], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
