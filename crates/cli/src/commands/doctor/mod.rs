//! An installation, looked at from outside: every check at the same time, each with a time limit of its own, and none that
//! hides another.

mod api;
mod capacity;
mod data;
mod events;
mod finding;
mod functions;
mod machines;
mod providers;
mod secrets;
mod stack;

use std::future::Future;
use std::time::Duration;

use futures::future::{BoxFuture, FutureExt, join_all};
use reqwest::{Client, Url};
use serde_json::json;

use self::finding::{Checked, Finding, Status, problem, table};
use crate::args::Doctor;
use crate::aws::Aws;
use crate::clouds::{Tokens, tokens};
use crate::deployment::Deployment;
use crate::failure::Failure;
use crate::output::{Output, many};

/// Of one check, with all its calls and their repetitions.
const LIMIT: Duration = Duration::from_secs(40);
/// Of the check that downloads the lab agent.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(180);

/// What the checks look at.
struct Scene {
    aws: Aws,
    deployment: Deployment,
    tokens: Tokens,
    web: Client,
    class_size: Option<u32>,
}

pub(super) async fn run(wanted: Doctor, output: &Output) -> Result<(), Failure> {
    let aws = Aws::connect(wanted.at.region.as_deref(), wanted.at.profile.as_deref()).await?;
    let (deployment, clock) = tokio::join!(Deployment::read(&aws, &wanted.at.stack), clock(&aws));
    let findings = match deployment {
        Ok(deployment) => {
            let tokens = tokens(Some((&aws, &deployment))).await;
            let web = Client::builder().timeout(LIMIT).build().map_err(|error| Failure::Refused(error.to_string()))?;
            let scene = Scene { aws, deployment, tokens, web, class_size: wanted.class_size };
            let mut findings = join_all(checks(&scene)).await;
            findings.insert(1, clock);
            findings
        }
        // Everything else is read from the stack; a wrong clock may be why it cannot be.
        Err(failure) if clock.status == Status::Ok => return Err(failure),
        Err(failure) => {
            let fix = "set the clock first: everything else is read from the stack";
            vec![Finding::new("stack", Err(problem(failure.to_string(), fix))), clock]
        }
    };
    report(&findings, output)
}

fn checks(scene: &Scene) -> Vec<BoxFuture<'_, Finding>> {
    let mut checks = vec![
        check("stack", async { stack::check(scene) }),
        check("api", api::api(scene)),
        check("reaper", api::reaper(scene)),
        check("portal", api::portal(scene)),
        check("table", data::table(scene)),
        check("backups", data::backups(scene)),
        check("housekeeping", data::housekeeping(scene)),
        check("rule", events::rule(scene)),
        check("queue", events::queue(scene)),
        check("schedule", events::schedule(scene)),
        check("dead-letters", events::dead_letters(scene)),
        check("alarms", events::alarms(scene)),
        check("provisioning", functions::provisioning(scene)),
        check("deployed-secrets", functions::deployed_secrets(scene)),
        check("session-keys", secrets::session_keys(scene)),
        check("concurrency", capacity::concurrency(scene)),
        check_within(DOWNLOAD_LIMIT, "agent", machines::agent(scene)),
        check("certificates", machines::certificates(scene)),
    ];
    let others = scene.tokens.clouds.len() > 1;
    for cloud in &scene.tokens.clouds {
        let (token, limit) = providers::names(cloud.kind);
        checks.push(check(token, providers::token(cloud)));
        checks.push(check(limit, providers::limit(cloud, scene.class_size, others)));
    }
    for (kind, why) in &scene.tokens.missing {
        checks.push(check(providers::names(*kind).0, async { providers::no_token(*kind, why) }));
    }
    checks
}

fn check<'a>(name: &'static str, checked: impl Future<Output = Checked> + Send + 'a) -> BoxFuture<'a, Finding> {
    check_within(LIMIT, name, checked)
}

fn check_within<'a>(
    limit: Duration,
    name: &'static str,
    checked: impl Future<Output = Checked> + Send + 'a,
) -> BoxFuture<'a, Finding> {
    let late = move |_| {
        let seen = format!("no answer within {} s", limit.as_secs());
        Err(problem(seen, "check the network, and run the doctor again"))
    };
    async move { Finding::new(name, tokio::time::timeout(limit, checked).await.unwrap_or_else(late)) }.boxed()
}

/// AWS refuses calls that are more than five minutes off, and people's tokens and machines' deadlines are compared with
/// clocks, too.
async fn clock(aws: &Aws) -> Finding {
    const TOLERATED_SECS: f64 = 30.0;
    let checked = async {
        let Some(there) = aws.time().await? else { return Ok("AWS told no time to compare with".to_owned()) };
        let here = std::time::SystemTime::now();
        let ahead =
            here.duration_since(there).map_or_else(|behind| -behind.duration().as_secs_f64(), |d| d.as_secs_f64());
        if ahead.abs() > TOLERATED_SECS {
            let word = if ahead > 0.0 { "ahead" } else { "behind" };
            let seen = format!("this computer is {:.0} s {word} of AWS", ahead.abs());
            return Err(problem(seen, "let it set its clock from the network (NTP)"));
        }
        Ok("this computer and AWS agree on the time".to_owned())
    };
    check("clock", checked).await
}

fn report(findings: &[Finding], output: &Output) -> Result<(), Failure> {
    let count = |status| findings.iter().filter(|finding| finding.status == status).count();
    let (problems, warnings) = (count(Status::Problem), count(Status::Warning));
    let document = json!({
        "healthy": problems == 0,
        "problems": problems,
        "warnings": warnings,
        "checks": findings.iter().map(Finding::document).collect::<Vec<_>>(),
    });
    output.show(&document, |output| output.table(&table(findings)))?;
    match problems {
        0 if warnings == 0 => output.note("healthy"),
        0 => output.note(format!("healthy, with {}", many(warnings, "warning"))),
        _ => return Err(Failure::Refused(format!("{problems} of {} checks found something to fix", findings.len()))),
    }
    Ok(())
}

/// An address below another, for what is asked without a token.
fn below(base: &str, path: &str) -> Result<Url, Failure> {
    Url::parse(&format!("{}{path}", base.trim_end_matches('/')))
        .map_err(|error| Failure::Refused(format!("{base} is no address: {error}")))
}
