//! How many functions may run at once, and how many a class needs.

use super::Scene;
use super::finding::{Checked, problem};

/// Everybody's portal asks every two seconds, and a warm call takes a tenth of a second at most: one in twenty at a time.
const ASKING_SHARE: u32 = 20;
/// A class signs in within about a minute, and a password takes up to a second with all its memory: one in forty.
const SIGNING_IN_SHARE: u32 = 40;
/// Machines' reports, instructors' pages, cold starts.
const OTHERS: u32 = 20;

pub(super) async fn concurrency(scene: &Scene) -> Checked {
    let limit = scene.aws.function_limit().await?;
    let provision: u32 =
        scene.deployment.value("ProvisionConcurrency").and_then(|text| text.parse().ok()).unwrap_or(20);
    let free = limit.unreserved_concurrent_executions.unwrap_or(limit.concurrent_executions);
    let people = scene.class_size.unwrap_or(1);
    let wanted = needed(people, provision);
    let fix = format!(
        "ask for at least {} in Service Quotas (AWS Lambda, Concurrent executions); small increases take minutes, large \
         ones days",
        wanted + limit.concurrent_executions.saturating_sub(free) + 100
    );
    if free < wanted {
        let whom = scene.class_size.map_or_else(|| "any class".to_owned(), |people| format!("a class of {people}"));
        return Err(problem(format!("{free} functions may run at once; {whom} needs about {wanted}"), fix));
    }
    Ok(format!("{free} functions may run at once; about {wanted} are needed"))
}

fn needed(people: u32, provision: u32) -> u32 {
    people.div_ceil(ASKING_SHARE) + people.div_ceil(SIGNING_IN_SHARE) + provision + OTHERS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_accounts_limit_of_ten_is_too_small_and_the_usual_thousand_serves_five_hundred() {
        assert!(needed(1, 20) > 10);
        assert!(needed(500, 20) < 1000);
        assert!(needed(500, 20) > needed(100, 20));
    }
}
