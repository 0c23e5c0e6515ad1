//! A healthy installation, which a test then breaks in one place.

use assert_cmd::Command;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use wiremock::{MockServer, ResponseTemplate};

use super::aws::{self, Aws};
use super::clouds::{self, Inventory, answer};
use crate::installation::{Installation, Run, finished};

const AGENT: &[u8] = b"the lab agent";

/// The priority of what breaks a healthy world.
pub(crate) const BROKEN: u8 = 1;
const HEALTHY: u8 = 9;

pub(crate) struct World {
    pub(crate) aws: Aws,
    /// The API at its own address.
    pub(crate) api: MockServer,
    /// The portal, the agent's download and the certificate authority.
    pub(crate) web: Installation,
    pub(crate) linode: MockServer,
    pub(crate) digitalocean: MockServer,
}

/// What a test wants otherwise.
pub(crate) struct Wish {
    pub(crate) linode: Inventory,
    pub(crate) digitalocean: Inventory,
    pub(crate) linode_scopes: &'static str,
    pub(crate) droplet_create: u16,
    pub(crate) droplet_limit: u64,
    pub(crate) health: Value,
    /// What the portal's host answers for the API.
    pub(crate) portal_rewrites: bool,
    pub(crate) agent_sha256: String,
    pub(crate) acme_profiles: Value,
    pub(crate) session_keys: Option<Value>,
    pub(crate) stack_status: &'static str,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            linode: Inventory::default(),
            digitalocean: Inventory::default(),
            linode_scopes: "linodes:read_write",
            droplet_create: 422,
            droplet_limit: 500,
            health: json!({ "status": "ok", "version": "1.2.3",
                "reaper": { "last_run_at": Timestamp::now() - 20.seconds(), "late": false } }),
            portal_rewrites: true,
            agent_sha256: Sha256::digest(AGENT).iter().map(|byte| format!("{byte:02x}")).collect(),
            acme_profiles: json!({ "classic": "…", "shortlived": "…" }),
            session_keys: None,
            stack_status: "UPDATE_COMPLETE",
        }
    }
}

impl World {
    pub(crate) async fn healthy() -> Self {
        Self::with(Wish::default()).await
    }

    pub(crate) async fn with(wish: Wish) -> Self {
        let web = Installation::start().await;
        let api = MockServer::start().await;
        answer(&api, "GET", "/api/health", ResponseTemplate::new(200).set_body_json(&wish.health)).await;
        let page = || ResponseTemplate::new(200).set_body_raw("<!doctype html>", "text/html; charset=utf-8");
        web.answers("GET", "/", page()).await;
        let through_the_portal = match wish.portal_rewrites {
            true => ResponseTemplate::new(200).set_body_json(&wish.health),
            false => page(),
        };
        web.answers("GET", "/api/health", through_the_portal).await;
        web.answers("GET", "/agent", ResponseTemplate::new(200).set_body_bytes(AGENT)).await;
        let directory = json!({ "newNonce": "https://ca.example/n", "newAccount": "https://ca.example/a",
            "newOrder": "https://ca.example/o", "meta": { "profiles": wish.acme_profiles } });
        web.answers("GET", "/directory", ResponseTemplate::new(200).set_body_json(directory)).await;

        let linode = clouds::linode(&wish.linode, wish.linode_scopes).await;
        let digitalocean = clouds::digitalocean(&wish.digitalocean, wish.droplet_create, wish.droplet_limit).await;
        let aws = Aws::start().await;
        let this = Self { aws, api, web, linode, digitalocean };
        this.tell_stack(&wish).await;
        this.tell_parts(&wish).await;
        this
    }

    async fn tell_stack(&self, wish: &Wish) {
        let api = self.api.uri();
        let (portal, linode, digitalocean) = (self.web.server.uri(), self.linode.uri(), self.digitalocean.uri());
        let (agent, directory) = (format!("{portal}/agent"), format!("{portal}/directory"));
        let outputs = [
            ("ApiUrl", api.as_str()),
            ("PortalOrigin", &portal),
            ("Installation", "demo"),
            ("Version", "1.2.3"),
            ("TableName", "brihaspati-Table"),
            ("BusName", "brihaspati-bus"),
            ("ProvisionRuleName", "brihaspati-provisioning-needed"),
            ("ProvisionQueueUrl", "https://sqs.eu-west-1.amazonaws.com/123456789012/brihaspati-provision"),
            ("ProvisionDeadLettersUrl", "https://sqs.eu-west-1.amazonaws.com/123456789012/brihaspati-dead"),
            ("EventDeadLettersUrl", "https://sqs.eu-west-1.amazonaws.com/123456789012/brihaspati-events-dead"),
            ("ProvisionFunctionName", "brihaspati-Provision"),
            ("ReaperFunctionName", "brihaspati-Reaper"),
            ("ReaperScheduleName", "brihaspati-reaper"),
            ("AlarmTopicArn", "arn:aws:sns:eu-west-1:123456789012:alarms"),
            ("AgentUrl", &agent),
            ("AgentSha256", &wish.agent_sha256),
            ("SessionKeysSecret", "brihaspati/session-keys"),
            ("LinodeTokenSecret", "brihaspati/linode-token"),
            ("DigitalOceanTokenSecret", "brihaspati/digitalocean-token"),
            ("LinodeApiUrl", &linode),
            ("DigitalOceanApiUrl", &digitalocean),
        ];
        let parameters = [
            ("AcmeDirectories", directory.as_str()),
            ("MachineUrl", "https://{address}:443"),
            ("ProvisionConcurrency", "20"),
            ("ReserveConcurrency", "true"),
            ("ProtectData", "true"),
        ];
        self.aws.query("DescribeStacks", HEALTHY, &aws::stack(wish.stack_status, &parameters, &outputs)).await;
    }

    async fn tell_parts(&self, wish: &Wish) {
        let aws = &self.aws;
        let indexes = aws::table(&["due", "class", "room"]);
        aws.json("DynamoDB_20120810.DescribeTable", HEALTHY, &indexes).await;
        let recovery = json!({ "ContinuousBackupsDescription": { "ContinuousBackupsStatus": "ENABLED",
            "PointInTimeRecoveryDescription": { "PointInTimeRecoveryStatus": "ENABLED" } } });
        aws.json("DynamoDB_20120810.DescribeContinuousBackups", HEALTHY, &recovery).await;
        let ttl = json!({ "TimeToLiveDescription": { "TimeToLiveStatus": "ENABLED", "AttributeName": "ttl" } });
        aws.json("DynamoDB_20120810.DescribeTimeToLive", HEALTHY, &ttl).await;
        aws.json("DynamoDB_20120810.Scan", HEALTHY, &json!({ "Count": 0, "ScannedCount": 0 })).await;
        aws.json("AWSEvents.DescribeRule", HEALTHY, &json!({ "Name": "r", "State": "ENABLED" })).await;
        let targets = json!({ "Targets": [{ "Id": "ProvisionQueue", "Arn": aws::QUEUE }] });
        aws.json("AWSEvents.ListTargetsByRule", HEALTHY, &targets).await;
        aws.json("AmazonSQS.GetQueueAttributes", HEALTHY, &aws::queue(0)).await;
        aws.query("ListSubscriptionsByTopic", HEALTHY, &aws::subscriptions(&["arn:aws:sns:eu-west-1:1:alarms:1"]))
            .await;
        self.tell_secrets(wish).await;

        let schedule = json!({ "Name": "brihaspati-reaper", "State": "ENABLED", "ScheduleExpression": "rate(1 minute)",
            "FlexibleTimeWindow": { "Mode": "OFF" }, "Target": { "Arn": aws::REAPER, "RoleArn": "arn:aws:iam::1:role/r" } });
        aws.rest("GET", "/schedules/brihaspati-reaper", HEALTHY, &schedule).await;
        let sources =
            json!({ "EventSourceMappings": [{ "UUID": "1", "EventSourceArn": aws::QUEUE, "State": "Enabled" }] });
        aws.rest("GET", "/2015-03-31/event-source-mappings/", HEALTHY, &sources).await;
        for (name, reserved) in [("brihaspati-Provision", json!({})), ("brihaspati-Reaper", reserve(1))] {
            let function = aws::function("linode-token");
            aws.rest("GET", &format!("/2015-03-31/functions/{name}/configuration"), HEALTHY, &function).await;
            aws.rest("GET", &format!("/2019-09-30/functions/{name}/concurrency"), HEALTHY, &reserved).await;
            aws.rest("PUT", &format!("/2017-10-31/functions/{name}/concurrency"), HEALTHY, &reserve(0)).await;
            aws.rest("DELETE", &format!("/2017-10-31/functions/{name}/concurrency"), HEALTHY, &json!({})).await;
        }
        aws.rest("GET", "/2016-08-19/account-settings/", HEALTHY, &account_limit(1000)).await;
    }

    async fn tell_secrets(&self, wish: &Wish) {
        use wiremock::matchers::{body_partial_json, header};
        let keys = match &wish.session_keys {
            Some(keys) => keys.clone(),
            None => self.web.run("keys new").await.exits(0).json(),
        };
        let secrets = [
            ("brihaspati/session-keys", keys.to_string()),
            ("brihaspati/linode-token", "linode-token".to_owned()),
            ("brihaspati/digitalocean-token", "do-token".to_owned()),
        ];
        for (name, text) in secrets {
            let answer = json!({ "Name": name, "SecretString": text, "VersionStages": ["AWSCURRENT"] });
            wiremock::Mock::given(header("x-amz-target", "secretsmanager.GetSecretValue"))
                .and(body_partial_json(json!({ "SecretId": name })))
                .respond_with(ResponseTemplate::new(200).set_body_raw(answer.to_string(), "application/x-amz-json-1.1"))
                .mount(&self.aws.server)
                .await;
        }
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = self.web.command();
        command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG");
        command.env("AWS_REGION", "eu-west-1").env("AWS_ENDPOINT_URL", self.aws.server.uri());
        // Nobody is asked who this computer is, where there is nobody to ask.
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    pub(crate) async fn run(&self, line: &str) -> Run {
        let mut command = self.command();
        command.args(line.split_whitespace());
        finished(command).await
    }
}

pub(crate) fn reserve(count: u32) -> Value {
    json!({ "ReservedConcurrentExecutions": count })
}

pub(crate) fn account_limit(count: u32) -> Value {
    json!({ "AccountLimit": { "TotalCodeSize": 80_530_636_800_u64, "CodeSizeUnzipped": 262_144_000,
        "CodeSizeZipped": 52_428_800, "ConcurrentExecutions": count, "UnreservedConcurrentExecutions": count },
        "AccountUsage": { "TotalCodeSize": 1, "FunctionCount": 27 } })
}
