use futures::future::join_all;
use journeys::{TestApp, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn play_leads_through_real_stages_to_a_machine_and_stop_to_a_receipt() {
    let app = TestApp::start().await;
    let class = app.class("PLAY-1").await;
    let ada = app.trainee(&class, "ada").await;

    let started = app.play(&ada, "lab-one").await;
    let id = started.text("id").to_owned();
    assert_eq!(started.text("wanted"), "running");
    let ready = app.until(&ada, &id, "ready").await;
    let stages: Vec<&str> =
        ready.body["timeline"].as_array().unwrap().iter().filter_map(|entry| entry["stage"].as_str()).collect();
    for stage in ["requested", "creating", "machine-created", "agent-started", "ready"] {
        assert!(stages.contains(&stage), "{stage} is missing in {stages:?}");
    }
    let machines = app.machines();
    assert_eq!(machines.len(), 1);
    let address = machines[0].address.to_string();
    assert_eq!(ready.text("access.terminal_url"), format!("ws://{address}:7080/terminal"));
    assert!(ready.text("access.secret").len() >= 40);
    assert_eq!(ready.text("placement.provider"), "linode");

    let guide = ada.get(&format!("/api/environments/{id}/guide")).await;
    assert_eq!(guide.text("markdown"), "# The guide\n");

    assert_eq!(app.stop(&ada, &id).await.text("status"), "deleting");
    let gone = app.until(&ada, &id, "gone").await;
    assert!(gone.body["access"].is_null());
    assert_eq!(gone.text("receipt.reason"), "stopped");
    let resource = &gone.body["receipt"]["resources"][0];
    assert_eq!(resource["id"], machines[0].id.to_string());
    assert!(resource["evidence"].as_str().unwrap().ends_with("answered 404"), "{resource}");
    assert!(resource["verified_absent_at"].as_str() >= resource["delete_requested_at"].as_str());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_of_an_environment_is_announced_on_the_bus_without_a_secret() {
    let app = TestApp::start().await;
    let class = app.class("PLAY-7").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    let secret = app.until(&ada, &id, "ready").await.text("access.secret").to_owned();
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;

    let told = eventually("the end to be announced", async || {
        let events = app.local().events();
        let told: Vec<String> = events.iter().map(|event| event["detail"]["status"].to_string()).collect();
        told.contains(&"\"gone\"".to_owned()).then_some(told)
    })
    .await;
    for status in ["requested", "creating", "booting", "ready", "deleting", "gone"] {
        assert!(told.contains(&format!("\"{status}\"")), "{status} is missing in {told:?}");
    }
    for event in app.local().events() {
        assert_eq!((&event["source"], &event["detail-type"]), (&"brihaspati".into(), &"EnvironmentChanged".into()));
        assert_eq!(event["detail"]["environment_id"], id);
        assert!(!event.to_string().contains(&secret));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn playing_twice_and_in_many_tabs_is_one_environment_and_one_machine() {
    let app = TestApp::start().await;
    let class = app.class("PLAY-2").await;
    let ada = app.trainee(&class, "ada").await;
    let presses = join_all((0..12).map(|_| app.play(&ada, "lab-one"))).await;
    let id = presses[0].text("id").to_owned();
    assert!(presses.iter().all(|press| press.text("id") == id));
    app.until(&ada, &id, "ready").await;
    assert_eq!(app.play(&ada, "lab-one").await.text("id"), id);
    assert_eq!(app.machines().len(), 1);
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_twice_is_stopping_once() {
    let app = TestApp::start().await;
    let class = app.class("PLAY-3").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    let stops = join_all((0..6).map(|_| app.stop(&ada, &id))).await;
    assert!(stops.iter().all(|stop| stop.status == 202), "{stops:?}");
    let gone = app.until(&ada, &id, "gone").await;
    let asked =
        gone.body["timeline"].as_array().unwrap().iter().filter(|entry| entry["stage"] == "stop-requested").count();
    assert_eq!(asked, 1);
    let again = app.stop(&ada, &id).await;
    assert_eq!((again.status, again.text("status")), (202, "gone"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn playing_while_the_old_machine_is_deleted_says_so_and_works_afterwards() {
    let app = TestApp::start_with(|options| options.delete_delay = std::time::Duration::from_secs(2)).await;
    let class = app.class("PLAY-4").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "ready").await;
    app.stop(&ada, &id).await;
    let refused = ada.post("/api/labs/lab-one/start").await;
    assert_eq!((refused.status, refused.code()), (409, "environment_deleting"));
    app.until(&ada, &id, "gone").await;
    let fresh = app.play(&ada, "lab-one").await.text("id").to_owned();
    assert_ne!(fresh, id);
    app.until(&ada, &fresh, "ready").await;
    app.stop(&ada, &fresh).await;
    app.until(&ada, &fresh, "gone").await;
    let list = ada.get("/api/environments").await;
    let ids: Vec<&str> =
        list.body["environments"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids, [fresh.as_str(), id.as_str()]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_trainees_have_two_machines_and_never_see_each_others() {
    let app = TestApp::start().await;
    let class = app.class("PLAY-5").await;
    let (ada, lin) = (app.trainee(&class, "ada").await, app.trainee(&class, "lin").await);
    let adas = app.play(&ada, "lab-one").await.text("id").to_owned();
    let lins = app.play(&lin, "lab-one").await.text("id").to_owned();
    let (one, two) = (app.until(&ada, &adas, "ready").await, app.until(&lin, &lins, "ready").await);
    assert_ne!(one.text("access.terminal_url"), two.text("access.terminal_url"));
    assert_ne!(one.text("access.secret"), two.text("access.secret"));
    for path in [format!("/api/environments/{adas}"), format!("/api/environments/{adas}/guide")] {
        let refused = lin.get(&path).await;
        assert_eq!((refused.status, refused.code()), (404, "environment_not_found"));
    }
    assert_eq!(app.stop(&lin, &adas).await.status, 404);
    assert_eq!(ada.get(&format!("/api/environments/{adas}")).await.text("status"), "ready");
    for (who, id) in [(&ada, &adas), (&lin, &lins)] {
        app.stop(who, id).await;
        app.until(who, id, "gone").await;
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reaper_finds_what_no_event_announced() {
    // The machine's own life does not depend on the queue either: the reaper alone brings a lab up and down.
    let app = TestApp::start_with(|options| options.boot_delay = std::time::Duration::from_millis(300)).await;
    let class = app.class("PLAY-6").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "ready").await;
    let status = app.local().invoke_reaper().await.unwrap();
    assert_eq!(status["machines"], 1, "{status}");
    assert_eq!(status["leaked_and_deleted"], 0, "{status}");
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    let status = eventually("an inventory without machines", async || {
        let status = app.local().invoke_reaper().await.ok()?;
        (status["machines"] == 0).then_some(status)
    })
    .await;
    assert_eq!(status["failed"], 0, "{status}");
    app.finish().await;
}
