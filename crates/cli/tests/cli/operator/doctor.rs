use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::aws;
use super::clouds::answer;
use super::world::{BROKEN, Wish, World, account_limit, reserve};
use crate::installation::Run;

/// What the doctor says of one check.
fn found(run: &Run, check: &str) -> Value {
    let report = run.json();
    let all = report["checks"].as_array().unwrap();
    all.iter().find(|one| one["check"] == check).unwrap_or_else(|| panic!("no check {check} in {report}")).clone()
}

/// Exactly this check finds a problem, with these words in what it saw and in what to do.
async fn problem_is(world: &World, flags: &str, check: &str, seen: &str, fix: &str) {
    let run = world.run(&format!("doctor --json {flags}")).await.exits(1);
    let report = run.json();
    let problems: Vec<&Value> =
        report["checks"].as_array().unwrap().iter().filter(|one| one["status"] == "problem").collect();
    assert_eq!(problems.len(), 1, "{problems:#?}");
    let one = found(&run, check);
    assert_eq!(one["status"], "problem", "{report:#}");
    assert!(one["seen"].as_str().unwrap().contains(seen), "{one}");
    assert!(one["fix"].as_str().unwrap().contains(fix), "{one}");
    assert_eq!((&report["healthy"], &report["problems"]), (&json!(false), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_healthy_installation_has_nothing_to_fix() {
    let world = World::healthy().await;
    let run = world.run("doctor --class-size 100 --json").await.exits(0);
    let report = run.json();
    let checks = report["checks"].as_array().unwrap();
    let not_ok: Vec<&Value> = checks.iter().filter(|one| one["status"] != "ok").collect();
    // Linode tells nobody an account's limit.
    assert_eq!(not_ok.iter().map(|one| &one["check"]).collect::<Vec<_>>(), ["linode-limit"], "{not_ok:#?}");
    assert_eq!(report["healthy"], true);
    assert_eq!(checks.len(), 23);
    for request in world.aws.server.received_requests().await.unwrap() {
        let signature = request.headers.get("authorization").map(|value| value.to_str().unwrap());
        // What time it is may be asked by anybody.
        let signed = signature.is_some_and(|text| {
            text.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") && text.contains("/eu-west-1/")
        });
        assert!(signed || (request.method.as_str(), request.url.path()) == ("GET", "/"), "{}", request.url);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_has_a_word_and_a_sign_for_each_check_and_no_secret() {
    let world = World::healthy().await;
    let run = world.run("doctor --class-size 100").await.exits(0);
    let line = |check: &str| run.stdout.lines().find(|line| line.contains(check)).unwrap_or_else(|| panic!("{check}"));
    assert!(line("  table  ").starts_with("✓ ok") && line("linode-limit").starts_with("! warning"), "{}", run.stdout);
    assert!(line("linode-limit").contains("ask Linode's support"), "{}", run.stdout);
    assert_eq!(run.stderr.trim(), "healthy, with 1 warning");
    for secret in ["do-token", "PRIVATE KEY", "wJalrXUtnFEMI"] {
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{secret}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaper_that_stopped_is_found() {
    let health = json!({ "status": "ok", "version": "1.2.3",
        "reaper": { "last_run_at": "2026-11-01T00:00:00Z", "late": true } });
    let world = World::with(Wish { health, ..Wish::default() }).await;
    problem_is(&world, "", "reaper", "no leak is found", "schedule").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_does_not_lead_to_the_api_is_found() {
    let world = World::with(Wish { portal_rewrites: false, ..Wish::default() }).await;
    problem_is(&world, "", "portal", "not the API", "API_URL").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_an_index_is_found() {
    let world = World::healthy().await;
    world.aws.json("DynamoDB_20120810.DescribeTable", BROKEN, &aws::table(&["due", "class"])).await;
    problem_is(&world, "", "table", "room", "drift").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_without_backups_is_found() {
    let world = World::healthy().await;
    let off = json!({ "ContinuousBackupsDescription": { "ContinuousBackupsStatus": "ENABLED",
        "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "DISABLED" } } });
    world.aws.json("DynamoDB_20120810.DescribeContinuousBackups", BROKEN, &off).await;
    problem_is(&world, "", "backups", "point-in-time", "update-continuous-backups").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_is_switched_off_is_found() {
    let world = World::healthy().await;
    world.aws.json("AWSEvents.DescribeRule", BROKEN, &json!({ "Name": "r", "State": "DISABLED" })).await;
    problem_is(&world, "", "rule", "DISABLED", "enable-rule --event-bus-name brihaspati-bus").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_nobody_reads_is_found() {
    let world = World::healthy().await;
    let sources =
        json!({ "EventSourceMappings": [{ "UUID": "1", "EventSourceArn": aws::QUEUE, "State": "Disabled" }] });
    world.aws.rest("GET", "/2015-03-31/event-source-mappings/", BROKEN, &sources).await;
    problem_is(&world, "", "queue", "Disabled", "--enabled --uuid 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dead_letters_are_found() {
    let world = World::healthy().await;
    world.aws.json("AmazonSQS.GetQueueAttributes", BROKEN, &aws::queue(3)).await;
    problem_is(&world, "", "dead-letters", "3 messages", "redrive").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_that_is_switched_off_is_found() {
    let world = World::healthy().await;
    let off = json!({ "Name": "brihaspati-reaper", "State": "DISABLED", "ScheduleExpression": "rate(1 minute)",
        "Target": { "Arn": aws::REAPER } });
    world.aws.rest("GET", "/schedules/brihaspati-reaper", BROKEN, &off).await;
    problem_is(&world, "", "schedule", "nothing expires", "enable the schedule").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alarm_mail_that_nobody_confirmed_is_found() {
    let world = World::healthy().await;
    world.aws.query("ListSubscriptionsByTopic", BROKEN, &aws::subscriptions(&["PendingConfirmation"])).await;
    problem_is(&world, "", "alarms", "not confirmed", "confirm it").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_emergency_stop_switched_off_is_found() {
    let world = World::healthy().await;
    world.aws.rest("GET", "/2019-09-30/functions/brihaspati-Provision/concurrency", BROKEN, &reserve(0)).await;
    problem_is(&world, "", "provisioning", "emergency stop", "--release").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_replaced_but_not_deployed_is_found() {
    let world = World::healthy().await;
    let at = "/2015-03-31/functions/brihaspati-Provision/configuration";
    world.aws.rest("GET", at, BROKEN, &aws::function("an-older-token")).await;
    problem_is(&world, "", "deployed-secrets", "Linode", "SecretsRevision").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn session_keys_that_do_not_belong_together_are_found() {
    let two = World::healthy().await;
    let mut keys = two.run("keys new").await.exits(0).json();
    keys["signing_key_id"] = json!("another");
    let world = World::with(Wish { session_keys: Some(keys), ..Wish::default() }).await;
    problem_is(&world, "", "session-keys", "kid", "keys new").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linode_token_that_may_only_read_is_found() {
    let world = World::with(Wish { linode_scopes: "linodes:read_only", ..Wish::default() }).await;
    problem_is(&world, "", "linode-token", "linodes:read_write", "Linode token").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digitalocean_token_that_may_not_create_is_found() {
    let world = World::with(Wish { droplet_create: 403, ..Wish::default() }).await;
    problem_is(&world, "", "digitalocean-token", "droplet:create", "DigitalOcean token").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_larger_than_a_providers_limit_is_warned_of_where_another_provider_helps() {
    let world = World::with(Wish { droplet_limit: 25, ..Wish::default() }).await;
    let run = world.run("doctor --json --class-size 100").await.exits(0);
    let one = found(&run, "digitalocean-limit");
    assert_eq!(one["status"], "warning");
    assert!(one["seen"].as_str().unwrap().contains("25 machines"), "{one}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_larger_than_the_accounts_concurrency_is_found() {
    let world = World::healthy().await;
    world.aws.rest("GET", "/2016-08-19/account-settings/", BROKEN, &account_limit(10)).await;
    problem_is(&world, "--class-size 100", "concurrency", "a class of 100", "Service Quotas").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_file_in_the_agents_place_is_found() {
    let world = World::with(Wish { agent_sha256: "0".repeat(64), ..Wish::default() }).await;
    problem_is(&world, "", "agent", "SHA-256", "upload").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_authority_that_does_not_issue_for_addresses_is_found() {
    let world = World::with(Wish { acme_profiles: json!({ "classic": "…" }), ..Wish::default() }).await;
    problem_is(&world, "", "certificates", "shortlived", "AcmeDirectories").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_not_allowed_hides_no_other_check() {
    let world = World::healthy().await;
    world.aws.denies("AWSEvents.DescribeRule").await;
    problem_is(&world, "", "rule", "not authorized", "events:DescribeRule").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_wrong_is_told_apart_from_a_stack_that_cannot_be_read() {
    let world = World::healthy().await;
    let late = ResponseTemplate::new(404).insert_header("date", "Sun, 01 Nov 2026 00:00:00 GMT");
    answer(&world.aws.server, "GET", "/", late).await;
    problem_is(&world, "", "clock", "ahead of AWS", "NTP").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_stack_is_not_found_and_no_region_is_wrong_usage() {
    let world = World::healthy().await;
    let refusal = "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>\
        <Message>Stack with id nosuch does not exist</Message></Error><RequestId>1</RequestId></ErrorResponse>";
    let answer = ResponseTemplate::new(400).set_body_raw(refusal, "text/xml");
    let call = wiremock::matchers::body_string_contains("StackName=nosuch");
    wiremock::Mock::given(call).respond_with(answer).with_priority(BROKEN).mount(&world.aws.server).await;
    let run = world.run("doctor --stack nosuch").await.exits(4);
    assert!(run.stderr.contains("eu-west-1"), "{}", run.stderr);
    let mut nowhere = world.command();
    nowhere.env_remove("AWS_REGION").arg("doctor");
    crate::installation::finished(nowhere).await.exits(2);
}
