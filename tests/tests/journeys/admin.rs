use journeys::{TestApp, lab_files, lab_files_with};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_instructor_fills_the_own_class_and_no_other() {
    let app = TestApp::start().await;
    let (mine, other) = (app.class("ADMIN-1").await, app.class("ADMIN-2").await);
    let grace = app.instructor(&mine, "grace").await;
    let ada = app.trainee(&mine, "ada").await;
    let lab = |class: &str| format!("/api/admin/classes/{class}/labs/lab-two");
    assert_eq!(grace.send_json(Method::PUT, &lab(&mine.id), &lab_files()).await.status, 200);
    for (who, class) in [(&grace, &other.id), (&ada, &mine.id)] {
        let refused = who.send_json(Method::PUT, &lab(class), &lab_files()).await;
        assert_eq!((refused.status, refused.code()), (403, "forbidden"));
    }
    let labs = ada.get("/api/labs").await;
    let slugs: Vec<&str> =
        labs.body["labs"].as_array().unwrap().iter().filter_map(|lab| lab["slug"].as_str()).collect();
    assert_eq!(slugs, ["lab-one", "lab-two"]);
    let made = grace.send_json(Method::POST, "/api/admin/classes", &json!({ "code": "MINE-1", "title": "T" })).await;
    assert_eq!(made.status, 201, "instructors make classes");
    let listed = grace.get("/api/admin/classes").await;
    let codes: Vec<&str> =
        listed.body["classes"].as_array().unwrap().iter().filter_map(|c| c["code"].as_str()).collect();
    assert_eq!(codes, ["ADMIN-1", "MINE-1"], "and see their own alone");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_exists_is_refused_by_name_and_changes_nothing() {
    let app = TestApp::start().await;
    let class = app.class("ADMIN-3").await;
    let ada = app.trainee(&class, "ada").await;
    let taken = json!({ "code": "admin-3", "title": "Another" });
    let refused = app.operator().send_json(Method::POST, "/api/admin/classes", &taken).await;
    assert_eq!((refused.status, refused.code()), (409, "class_code_taken"));
    let body = json!({ "name": "Ada", "display_name": "Other", "password": "another password" });
    let refused =
        app.operator().send_json(Method::POST, &format!("/api/admin/classes/{}/members", class.id), &body).await;
    assert_eq!((refused.status, refused.code()), (409, "member_exists"));
    assert_eq!(ada.get("/api/me").await.text("member.display_name"), "ada");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_keeps_the_version_it_started_with() {
    let app = TestApp::start().await;
    let class = app.class("ADMIN-4").await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &id, "ready").await;
    let mut files = lab_files();
    files["files"][1]["content"] = json!("IyBOZXcK");
    app.lab(&class, "lab-one", &files).await;
    let guide = ada.get(&format!("/api/environments/{id}/guide")).await;
    assert_eq!(guide.text("markdown"), "# The guide\n");
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_lab_is_refused_with_the_file_and_the_field() {
    let app = TestApp::start().await;
    let class = app.class("ADMIN-5").await;
    let path = format!("/api/admin/classes/{}/labs/lab-bad", class.id);
    let wrong = [
        ("title: T\n", "lab.yaml", "summary"),
        ("title: T\nsummary: S\nminutes: 30\nplacements: []\n", "lab.yaml", "placements"),
        (
            "title: T\nsummary: S\nminutes: 30\nplacements:\n  - { provider: acme, region: r, size: s, image: i }\n",
            "lab.yaml",
            "acme",
        ),
        ("title: [\n", "lab.yaml", "lab.yaml:1:8"),
    ];
    for (manifest, file, named) in wrong {
        let refused = app.operator().send_json(Method::PUT, &path, &lab_files_with(manifest, "")).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid_request"), "{manifest}");
        assert_eq!(refused.body["errors"][0]["field"], file);
        let message = refused.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(named), "{message}");
    }
    assert_eq!(app.operator().send_json(Method::PUT, &path, &json!({ "files": [] })).await.status, 422);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instructor_sees_the_classs_environments_with_their_receipts_and_never_the_way_in() {
    let app = TestApp::start().await;
    let (mine, other) = (app.class("ADMIN-6").await, app.class("ADMIN-7").await);
    let grace = app.instructor(&mine, "grace").await;
    let (ada, lin, eve) =
        (app.trainee(&mine, "ada").await, app.trainee(&mine, "lin").await, app.trainee(&other, "eve").await);
    let mut ids = Vec::new();
    for who in [&ada, &lin, &eve] {
        let id = app.play(who, "lab-one").await.text("id").to_owned();
        app.until(who, &id, "ready").await;
        ids.push(id);
    }
    app.stop(&ada, &ids[0]).await;
    app.until(&ada, &ids[0], "gone").await;

    let path = format!("/api/admin/classes/{}/environments", mine.id);
    let page = grace.get(&path).await;
    let listed = page.body["environments"].as_array().unwrap();
    let names: Vec<&str> = listed.iter().filter_map(|row| row["member"]["name"].as_str()).collect();
    assert_eq!(names, ["ada", "lin"], "{page:?}");
    let receipt = &listed[0]["environment"]["receipt"];
    assert_eq!((receipt["reason"].as_str(), receipt["resources"].as_array().map(Vec::len)), (Some("stopped"), Some(1)));
    assert_eq!(receipt["keys"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        (&listed[1]["environment"]["status"], &listed[1]["environment"]["access"]),
        (&json!("ready"), &json!(null))
    );
    assert_eq!(page.body["next_cursor"], json!(null));

    // A page goes on where the one before ended; another class's cursor leads nowhere.
    let cursor = |row: &serde_json::Value| {
        format!("{}.{}", row["member"]["id"].as_str().unwrap(), row["environment"]["id"].as_str().unwrap())
    };
    let rest = grace.get(&format!("{path}?cursor={}", cursor(&listed[0]))).await;
    assert_eq!(rest.body["environments"].as_array().map(Vec::len), Some(1));
    assert_eq!(rest.body["environments"][0]["member"]["name"], "lin");
    for wrong in ["x", "a.b", "mem_01.env_02"] {
        let refused = grace.get(&format!("{path}?cursor={wrong}")).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("cursor")), "{wrong}");
    }
    assert_eq!(grace.get(&format!("/api/admin/classes/{}/environments", other.id)).await.status, 403);

    for (who, id) in [(&lin, &ids[1]), (&eve, &ids[2])] {
        app.stop(who, id).await;
        app.until(who, id, "gone").await;
    }
    app.finish().await;
}
