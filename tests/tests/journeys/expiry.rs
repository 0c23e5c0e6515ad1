//! Time that is over ends a lab by itself.

use brihaspati_core::domain::lifecycle::Phase;
use jiff::{SignedDuration, Timestamp};
use journeys::TestApp;

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_whose_time_is_over_is_deleted_without_anybody_asking() {
    let app = TestApp::start().await;
    let class = app.class("EXPIRY-1").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "ready").await;

    // As if its time had begun earlier: nothing else of it is touched.
    let now = Timestamp::now();
    let mut environment = app.store().environment(&id.parse().unwrap()).await.unwrap().unwrap();
    environment.expires_at = Some(now - SignedDuration::from_secs(1));
    app.store().save(&mut environment, now).await.unwrap();

    let status = app.local().invoke_reaper().await.unwrap();
    assert_eq!((status["due"].as_u64(), status["advanced"].as_u64()), (Some(1), Some(1)), "{status}");
    let gone = app.until(&ada, &id, "gone").await;
    assert_eq!(gone.text("receipt.reason"), "expired");
    let stages = gone.body["timeline"].to_string();
    assert!(stages.contains("expired") && !stages.contains("stop-requested"), "{stages}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_vanished_at_its_provider_is_noticed_and_its_trainee_told() {
    let app = TestApp::start().await;
    let class = app.class("EXPIRY-2").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "ready").await;
    let machine = app.machines().remove(0);

    // As if it had been running for a while: the sweep leaves what is younger than a create can take alone.
    let mut environment = app.store().environment(&id.parse().unwrap()).await.unwrap().unwrap();
    let Phase::Ready { machine: record, .. } = &mut environment.phase else { panic!("not ready") };
    record.created_at = Timestamp::now() - SignedDuration::from_mins(3);
    app.store().save(&mut environment, Timestamp::now()).await.unwrap();

    // Somebody deletes the machine in the provider's own console.
    app.delete_at_provider(machine.id).await;
    let failed = journeys::eventually("the loss to be noticed", async || {
        app.local().invoke_reaper().await.ok()?;
        let answer = ada.get(&format!("/api/environments/{id}")).await;
        (answer.text("status") == "failed").then_some(answer)
    })
    .await;
    assert_eq!(failed.text("failure.code"), "machine_lost");
    assert_eq!(failed.text("receipt.reason"), "lost");
    app.finish().await;
}
