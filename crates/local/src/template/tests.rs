use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::*;

const TEMPLATE: &str = include_str!("../../../../template.yaml");

fn parameters() -> BTreeMap<String, String> {
    let zeros = "0".repeat(64);
    let given = [
        ("PortalOrigin", "http://127.0.0.1:8080"),
        ("AgentUrl", "http://127.0.0.1:8080/downloads/lab-agent"),
        ("AgentSha256", zeros.as_str()),
        ("OperatorTokenSha256", zeros.as_str()),
        ("Installation", "local"),
        ("LinodeTokenSecret", "brihaspati/linode-token"),
    ];
    given.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn secret(name: &str, key: Option<&str>) -> Option<String> {
    Some(format!("{name}:{}", key.unwrap_or("whole")))
}

fn parse(text: &str) -> Result<Template> {
    Template::parse(text, &parameters(), &secret)
}

fn function<'a>(template: &'a Template, name: &str) -> &'a FunctionSpec {
    template.functions.iter().find(|function| function.name == name).unwrap()
}

#[test]
fn the_deployed_template_is_understood() {
    let template = parse(TEMPLATE).unwrap();
    let route = RouteSpec { method: "POST".into(), path: "/api/labs/{lab}/start".into() };
    assert_eq!(function(&template, "start-lab").routes, [route]);
    let reaper = function(&template, "reaper");
    assert_eq!(reaper.schedules[0].every, Duration::from_secs(60));
    assert_eq!(reaper.reserved_concurrency, Some(1));
    let provision = function(&template, "provision");
    assert_eq!(provision.queues[0].queue, "ProvisionQueue");
    assert!(provision.queues[0].reports_failures);
    assert_eq!(template.rules[0].targets, ["ProvisionQueue"]);
    assert_eq!(template.tables[0].create["KeySchema"][0]["AttributeName"], "pk");
}

#[test]
fn every_function_receives_the_variables_of_the_template_and_no_others() {
    let template = parse(TEMPLATE).unwrap();
    let names = |name: &str| function(&template, name).variables.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names("health"), ["LOG_LEVEL", "TABLE_NAME", "VERSION"].map(str::to_owned).into());
    let provision = &function(&template, "provision").variables;
    assert_eq!(provision["LINODE_TOKEN"], "brihaspati/linode-token:whole");
    assert_eq!(provision["DIGITALOCEAN_TOKEN"], "");
    assert_eq!(provision["CONTROL_PLANE_URL"], "http://127.0.0.1:8080/api");
}

#[test]
fn only_signing_in_can_sign_sessions_and_only_provisioning_holds_provider_tokens() {
    let template = parse(TEMPLATE).unwrap();
    let holders = |variable: &str| -> Vec<&str> {
        let holds = |function: &&FunctionSpec| function.variables.contains_key(variable);
        template.functions.iter().filter(holds).map(|function| function.name.as_str()).collect()
    };
    assert_eq!(holders("SESSION_SIGNING_KEY"), ["join", "login"]);
    assert_eq!(holders("LINODE_TOKEN"), ["provision", "reaper"]);
    assert_eq!(holders("DIGITALOCEAN_TOKEN"), ["provision", "reaper"]);
}

#[test]
fn permissions_name_the_action_and_the_table() {
    let template = parse(TEMPLATE).unwrap();
    let allowed = |name: &str, action: &str, resource: &str, keys: &[&str]| {
        let leading_keys = keys.iter().map(|key| (*key).to_owned()).collect();
        let wanted = Wanted { action: format!("dynamodb:{action}"), resource: arn(resource), leading_keys };
        function(&template, name).permissions.allow(&wanted)
    };
    assert!(allowed("environment-guide", "GetItem", "Table", &["env_1"]));
    assert!(!allowed("environment-guide", "PutItem", "Table", &["env_1"]));
    assert!(!allowed("environment-guide", "GetItem", "Elsewhere", &["env_1"]));
    assert!(!allowed("environment-guide", "GetItem", "Table", &["MEMBER#mem_1"]));
}

#[test]
fn what_machines_call_knows_nothing_of_people() {
    let template = parse(TEMPLATE).unwrap();
    for name in ["environment-bundle", "environment-report", "environment-checks"] {
        for key in ["CLASS#cls_1", "INSTRUCTORS", "MEMBER#mem_1", "SESSION#1"] {
            let wanted = |action: &str| Wanted {
                action: format!("dynamodb:{action}"),
                resource: arn("Table"),
                leading_keys: vec![key.to_owned()],
            };
            let may = |action: &&str| function(&template, name).permissions.allow(&wanted(action));
            assert!(!["GetItem", "Query", "PutItem"].iter().any(may), "{name} {key}");
        }
    }
}

#[test]
fn parameters_that_cannot_work_are_refused_before_anything_is_made() {
    let refusal = |changes: &[(&str, &str)]| {
        let mut parameters = parameters();
        parameters.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        format!("{:#}", Template::parse(TEMPLATE, &parameters, &secret).unwrap_err())
    };
    let cases: [(&[(&str, &str)], &str); 11] = [
        (&[("Installation", "Us")], "lower-case"),
        (&[("PortalOrigin", "http://labs.example.org")], "https origin"),
        (&[("PortalOrigin", "https://labs.example.org/")], "https origin"),
        (&[("AgentSha256", "abc")], "64 lower-case hexadecimal digits"),
        (&[("LinodeTokenSecret", "")], "LinodeTokenSecret or DigitalOceanTokenSecret"),
        (&[("AcmeDirectories", "")], "certificate"),
        (&[("AcmeDirectories", "letsencrypt")], "https addresses"),
        (&[("MachineUrl", "https://{address}:8443")], "https://{address}:443"),
        (&[("MachineUrl", "http://{address}:7080")], "Linode makes none"),
        (&[("LinodeApiUrl", "http://api.linode.com")], "https origin"),
        (&[("AlarmEmail", "nobody")], "e-mail address"),
    ];
    for (changes, said) in cases {
        let refusal = refusal(changes);
        assert!(refusal.contains(said), "{changes:?}: {refusal}");
    }
}

#[test]
fn what_cannot_be_played_is_refused_by_name() {
    let resource = |kind: &str| format!("Resources:\n  Mystery:\n    Type: {kind}\n    Properties: {{Unheard: 1}}\n");
    for kind in ["AWS::Kinesis::Stream", "AWS::SQS::Queue"] {
        let error = Template::parse(&resource(kind), &BTreeMap::new(), &secret).unwrap_err();
        assert!(format!("{error:#}").contains("Mystery"), "{error:#}");
    }
}

#[test]
fn a_visibility_time_out_that_is_too_short_is_refused() {
    let error = parse(&TEMPLATE.replace("VisibilityTimeout: 360", "VisibilityTimeout: 60")).unwrap_err();
    assert!(error.to_string().contains("six times"), "{error}");
}
