//! Labs as code: pushed, examined, kept in versions, and arranged by their class's instructors.

use journeys::pocket_cloud::Isolation;
use journeys::{Answer, MANIFEST, Session, TestApp, TestClass, lab_files, lab_files_checking, lab_files_with};
use reqwest::Method;
use serde_json::{Value, json};

use crate::archives;

async fn push(who: &Session, class: &TestClass, slug: &str, lab: &Value) -> Answer {
    let pushed = who.send_json(Method::PUT, &class.path(&format!("/labs/{slug}")), lab).await;
    assert_eq!(pushed.status, 200, "{pushed:?}");
    pushed
}

async fn settle(who: &Session, class: &TestClass, slug: &str, settings: Value) -> Answer {
    let path = class.path(&format!("/labs/{slug}"));
    let etag = who.get(&path).await.etag;
    who.edit(&format!("{path}/settings"), &etag, &settings).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_a_zip_and_a_tarball_of_one_lab_are_one_version() {
    let app = TestApp::start().await;
    let class = app.class("LABS-1").await;
    let grace = app.instructor(&class, "grace").await;
    let (lab, path) = (lab_files(), class.path("/labs/lab-two"));
    let pushed = push(&grace, &class, "lab-two", &lab).await;
    assert_eq!((pushed.text("title"), &pushed.body["unchanged"]), ("A lab", &json!(false)));
    for (kind, content_type, archive) in [
        ("a zip", "application/zip", archives::zip(&lab, "", |_| ())),
        ("a zip of the folder", "application/zip", archives::zip(&lab, "lab-two/", |_| ())),
        ("a tarball", "application/gzip", archives::tar_gz(&lab, "")),
        ("a tarball of the folder", "application/gzip", archives::tar_gz(&lab, "lab-two/")),
    ] {
        let again = grace.send_bytes(Method::PUT, &path, content_type, archive).await;
        assert_eq!(again.status, 200, "{kind}: {again:?}");
        assert_eq!((again.text("version"), &again.body["unchanged"]), (pushed.text("version"), &json!(true)), "{kind}");
    }
    let read = grace.get(&path).await;
    let kept: Vec<(&str, &Value)> =
        read.list("files").iter().map(|file| (file["path"].as_str().unwrap(), &file["executable"])).collect();
    let (no, yes) = (json!(false), json!(true));
    assert_eq!(kept, [("files/hello.txt", &no), ("guide.md", &no), ("lab.yaml", &no), ("setup.sh", &yes)]);
    assert_eq!((read.text("guide"), read.text("pushed_by")), ("# The guide\n", "grace"));
    assert_eq!((read.list("versions").len(), &read.body["check_count"]), (1, &json!(0)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn validating_names_file_line_and_fix_and_stores_nothing() {
    let app = TestApp::start().await;
    let class = app.class("LABS-2").await;
    let grace = app.instructor(&class, "grace").await;
    let many: Vec<String> = (1..=41).map(|number| format!("{number}-check")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|name| (name.as_str(), "#!/bin/sh\nexit 0\n")).collect();
    let path = class.path("/labs/lab-two/validate");
    for (kind, lab, file, line) in [
        ("a tab", lab_files_with("title: T\n\tsummary: S\n", ""), "lab.yaml", Some(2)),
        (
            "a key twice",
            lab_files_with(&MANIFEST.replace("minutes: 30", "minutes: 30\nminutes: 40"), ""),
            "lab.yaml",
            Some(4),
        ),
        ("a typing error", lab_files_with(&MANIFEST.replace("minutes", "minuts"), ""), "lab.yaml", Some(3)),
        ("too long", lab_files_with(&MANIFEST.replace("30", "3000"), ""), "lab.yaml", Some(3)),
        ("too many checks", lab_files_checking(MANIFEST, &many), "checks", None),
    ] {
        let answer = grace.send_json(Method::POST, &path, &lab).await;
        assert_eq!(answer.status, 200, "{kind}: {answer:?}");
        let problem = &answer.list("problems")[0];
        assert_eq!(problem["severity"], "error", "{kind}: {problem}");
        assert!(problem["file"].as_str().unwrap().starts_with(file), "{kind}: {problem}");
        assert!(line.is_none_or(|line: u64| problem["line"] == line), "{kind}: {problem}");
        // What must be is the fix already.
        let says_how = problem["problem"].as_str().unwrap().starts_with("must be") || problem["fix"].is_string();
        assert!(says_how, "{kind}: {problem}");
    }
    let fine = grace.send_json(Method::POST, &path, &lab_files()).await;
    assert_eq!((fine.text("title"), fine.body["problems"].to_string().contains("\"error\"")), ("A lab", false));
    assert_eq!(grace.get(&class.path("/labs/lab-two")).await.status, 404);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_archive_is_refused_by_the_entry_and_nothing_of_it_is_kept() {
    let app = TestApp::start().await;
    let class = app.class("LABS-3").await;
    let grace = app.instructor(&class, "grace").await;
    let (lab, path) = (lab_files(), class.path("/labs/lab-two"));
    let zip = |more: fn(&mut archives::Zip)| archives::zip(&lab, "", more);
    for (kind, archive, entry) in [
        ("a way out", zip(|zip| archives::entry(zip, "../evil.sh", b"x")), "../evil.sh"),
        ("another way out", zip(|zip| archives::entry(zip, "files/../../evil.sh", b"x")), "files/../../evil.sh"),
        ("an absolute path", zip(|zip| archives::entry(zip, "C:/evil.sh", b"x")), "C:/evil.sh"),
        ("a link", zip(|zip| archives::link(zip, "files/passwd", "/etc/passwd")), "files/passwd"),
        ("a bomb", zip(|zip| archives::entry(zip, "files/zeros", &vec![0; 64 << 20])), "files/zeros"),
        ("a crowd", zip(|zip| (0..4000).for_each(|n| archives::entry(zip, &format!("x/{n}"), b""))), "archive"),
        ("no archive", b"PK\x03\x04 and nothing behind it".to_vec(), "archive"),
    ] {
        let refused = grace.send_bytes(Method::PUT, &path, "application/zip", archive).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid_request"), "{kind}: {refused:?}");
        assert_eq!(refused.body["errors"][0]["field"], entry, "{kind}: {refused:?}");
    }
    assert_eq!(grace.get(&path).await.status, 404);
    let large = lab_files_with(MANIFEST, &format!("#!/bin/sh\n# {}\n", "x".repeat(300_000)));
    let refused = grace.send_json(Method::PUT, &path, &large).await;
    assert_eq!(refused.status, 422, "larger than an item of the table: {refused:?}");
    assert_eq!(grace.get(&path).await.status, 404);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_keeps_its_version_and_the_instructor_sees_which_are_old() {
    let app = TestApp::start_with(|options| options.isolation = Isolation::None).await;
    let class = app.class("LABS-4").await;
    let grace = app.instructor(&class, "grace").await;
    let (ada, lin) = (app.trainee(&class, "ada").await, app.trainee(&class, "lin").await);
    let lab = class.path("/labs/lab-one");
    let first = grace.get(&lab).await.text("version").to_owned();
    let adas = app.play(&ada, "lab-one").await.text("id").to_owned();
    app.until(&ada, &adas, "booting").await;

    let newer = lab_files_with(&MANIFEST.replace("A lab", "A newer lab"), "#!/bin/sh\n");
    let second = push(&grace, &class, "lab-one", &newer).await.text("version").to_owned();
    assert_ne!(second, first);
    let lins = app.play(&lin, "lab-one").await.text("id").to_owned();
    app.until(&lin, &lins, "booting").await;
    for (id, title) in [(&adas, "A lab"), (&lins, "A newer lab")] {
        let machine = app.anonymous().with_token(&app.machine_token(id).await);
        let bundle = machine.get(&format!("/api/environments/{id}/bundle")).await;
        assert_eq!(bundle.text("lab.title"), title);
    }
    // Of the room, who runs what is not current; and how many the lab says there are.
    let old = async || {
        let room = grace.get(&class.path("/room")).await;
        let mut old: Vec<String> = Vec::new();
        for person in room.list("people") {
            if person["environments"][0]["old_version"] == true {
                old.push(person["name"].as_str().unwrap().to_owned());
            }
        }
        assert_eq!(grace.get(&lab).await.body["old_running"], old.len());
        old
    };
    assert_eq!(old().await, ["ada"]);
    let refused = grace.send_json(Method::PUT, &format!("{lab}/version"), &json!({ "version": "none" })).await;
    assert_eq!((refused.status, &refused.body["errors"][0]["field"]), (422, &json!("version")));
    let back = grace.send_json(Method::PUT, &format!("{lab}/version"), &json!({ "version": first })).await;
    assert_eq!((back.status, back.text("version"), back.text("title")), (200, first.as_str(), "A lab"));
    assert_eq!(old().await, ["lin"]);
    assert_eq!(ada.get("/api/labs").await.list("labs")[0]["title"], "A lab");

    // Pushed again, the newer one is current again, and still one version.
    push(&grace, &class, "lab-one", &newer).await;
    let read = grace.get(&lab).await;
    let versions: Vec<(&str, &Value)> =
        read.list("versions").iter().map(|one| (one["version"].as_str().unwrap(), &one["current"])).collect();
    assert_eq!(versions, [(second.as_str(), &json!(true)), (first.as_str(), &json!(false))]);
    for (who, id) in [(&ada, &adas), (&lin, &lins)] {
        app.end(who, id).await;
    }
    assert_eq!(grace.get(&lab).await.body["old_running"], 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn labs_are_ordered_hidden_and_rationed() {
    let app = TestApp::start().await;
    let class = app.class("LABS-5").await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    push(&grace, &class, "lab-two", &lab_files()).await;
    push(&grace, &class, "lab-three", &lab_files()).await;
    let listed = async || {
        let labs = ada.get("/api/labs").await;
        labs.list("labs").iter().map(|lab| lab["slug"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, ["lab-one", "lab-two", "lab-three"], "as they came");
    let blind = json!({ "position": 0, "hidden": false, "starts_per_trainee": null });
    let blind = grace.send_json(Method::PUT, &class.path("/labs/lab-one/settings"), &blind).await;
    assert_eq!((blind.status, blind.code()), (428, "precondition_required"));
    let last = json!({ "position": 9, "hidden": false, "starts_per_trainee": 1 });
    assert_eq!(settle(&grace, &class, "lab-one", last).await.status, 200);
    let hidden = json!({ "position": 1, "hidden": true, "starts_per_trainee": null });
    assert_eq!(settle(&grace, &class, "lab-two", hidden).await.status, 200);
    assert_eq!(listed().await, ["lab-three", "lab-one"]);
    let refused = ada.post("/api/labs/lab-two/start").await;
    assert_eq!((refused.status, refused.code()), (404, "lab_not_found"), "as if it were not there");

    app.edit_class(&class, |settings| settings["environments_per_trainee"] = json!(1)).await;
    let id = app.running(&ada, "lab-one").await;
    let refused = ada.post("/api/labs/lab-three/start").await;
    assert_eq!((refused.status, refused.code()), (409, "too_many_environments"));
    let removal = grace.delete(&class.path("/labs/lab-one")).await;
    assert_eq!((removal.status, removal.code()), (409, "lab_still_running"));
    app.end(&ada, &id).await;
    let refused = ada.post("/api/labs/lab-one/start").await;
    assert_eq!((refused.status, refused.code()), (409, "no_starts_left"));
    let labs = ada.get("/api/labs").await;
    assert_eq!(labs.list("labs")[1]["play"]["code"], "no_starts_left");

    assert_eq!(grace.delete(&class.path("/labs/lab-one")).await.status, 204);
    assert_eq!(listed().await, ["lab-three"]);
    let receipt = ada.get(&format!("/api/environments/{id}")).await;
    assert_eq!((receipt.status, receipt.text("status")), (200, "gone"), "what was done in it is still known");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_starts_only_with_providers_that_the_class_allows() {
    let app = TestApp::start().await;
    let class = app.class("LABS-6").await;
    let ada = app.trainee(&class, "ada").await;
    app.edit_class(&class, |settings| settings["providers"] = json!(["digitalocean"])).await;
    let id = app.running(&ada, "lab-one").await;
    let ready = ada.get(&format!("/api/environments/{id}")).await;
    assert_eq!(ready.text("placement.provider"), "digitalocean", "although the lab prefers the other one");
    app.end(&ada, &id).await;
    let linode = "title: T\nsummary: S\nminutes: 30\nplacements:\n  \
        - { provider: linode, region: eu-central, size: g6-nanode-1, image: linode/debian12 }\n";
    app.lab(&class, "lab-one", &lab_files_with(linode, "#!/bin/sh\n")).await;
    let refused = ada.post("/api/labs/lab-one/start").await;
    assert_eq!((refused.status, refused.code()), (409, "provider_not_allowed"));
    app.finish().await;
}
