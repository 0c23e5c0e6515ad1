//! What a provider can do to a Play, and what the trainee sees of it.

use journeys::TestApp;
use journeys::pocket_cloud::{Fault, Provider};

fn details(answer: &journeys::Answer, stage: &str) -> usize {
    answer.body["timeline"].as_array().map_or(0, |all| all.iter().filter(|entry| entry["stage"] == stage).count())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_capacity_the_next_placement_is_tried_and_the_trainee_is_told() {
    let app = TestApp::start().await;
    app.local().pocket().faults().fail_creates(Provider::Linode, 1, Fault::NoCapacity);
    let class = app.class("FAIL-1").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    let ready = app.until(&ada, &id, "ready").await;
    assert_eq!(ready.text("placement.provider"), "digitalocean");
    assert_eq!(details(&ready, "placement-failed"), 1);
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_placement_works_the_environment_fails_and_says_what_to_do() {
    let app = TestApp::start().await;
    app.local().pocket().faults().fail_creates(Provider::Linode, 1, Fault::NoCapacity);
    app.local().pocket().faults().fail_creates(Provider::DigitalOcean, 1, Fault::NoCapacity);
    let class = app.class("FAIL-2").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    let failed = app.until(&ada, &id, "failed").await;
    assert_eq!(failed.text("failure.code"), "no_placement");
    assert!(failed.text("failure.message").contains("try again"));
    assert_eq!(failed.body["receipt"]["resources"].as_array().map(Vec::len), Some(0));
    // Play works again at once.
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "ready").await;
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_create_is_repeated_at_the_same_placement() {
    let app = TestApp::start().await;
    app.local().pocket().faults().fail_creates(Provider::Linode, 1, Fault::Status(429));
    let class = app.class("FAIL-3").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    let ready = app.until(&ada, &id, "ready").await;
    assert_eq!(ready.text("placement.provider"), "linode");
    assert_eq!(ready.body["attempt"], 2);
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deletes_that_are_accepted_and_not_done_are_repeated_until_the_machine_is_gone() {
    let app = TestApp::start().await;
    let class = app.class("FAIL-4").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "ready").await;
    app.local().pocket().faults().ignore_deletes(1);
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_is_lost_is_adopted_and_never_doubled() {
    let app = TestApp::start().await;
    app.local().pocket().faults().fail_creates(Provider::Linode, 1, Fault::HangAfterCreate);
    let class = app.class("FAIL-5").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    // The client waits 20 s for the answer; a message then wakes somebody to look the label up.
    let ready = journeys::within(std::time::Duration::from_secs(90), async || {
        let answer = ada.get(&format!("/api/environments/{id}")).await;
        (answer.text("status") == "ready").then_some(answer)
    })
    .await;
    let ready = ready.expect("the environment never became ready");
    assert_eq!(ready.body["attempt"], 1, "{ready:?}");
    assert_eq!(app.machines().len(), 1);
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_refuses_the_token_is_left_alone_and_instructors_see_why() {
    let app = TestApp::start().await;
    app.local().pocket().faults().fail_creates(Provider::Linode, 1, Fault::Status(401));
    let class = app.class("FAIL-6").await;
    let (ada, lin, teacher) = (app.trainee(&class, "ada").await, app.trainee(&class, "lin").await, app.operator());
    let resting = async |provider: usize| {
        let answer = teacher.get("/api/admin/providers").await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["providers"][provider]["resting"]["reason"].as_str().map(str::to_owned)
    };
    assert_eq!(resting(0).await, None);

    let first = app.play(&ada, "lab-one").await.text("id").to_owned();
    assert_eq!(app.until(&ada, &first, "ready").await.text("placement.provider"), "digitalocean");
    assert_eq!(resting(0).await.as_deref(), Some("unauthorized"));
    assert_eq!(resting(1).await, None);

    // Whoever comes next does not even try.
    let second = app.play(&lin, "lab-one").await.text("id").to_owned();
    let ready = app.until(&lin, &second, "ready").await;
    assert_eq!((ready.text("placement.provider"), details(&ready, "placement-failed")), ("digitalocean", 0));

    // The sweep finds that the token works again.
    app.local().invoke_reaper().await.unwrap();
    assert_eq!(resting(0).await, None);
    for (who, id) in [(&ada, &first), (&lin, &second)] {
        app.stop(who, id).await;
        app.until(who, id, "gone").await;
    }
    app.finish().await;
}
