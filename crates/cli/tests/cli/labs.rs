use std::path::Path;

use serde_json::json;

use crate::installation::{CLASS, Installation, finished, ok};

/// A sample lab of this repository.
fn good_lab() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../labs/secrets-in-git");
    folder.canonicalize().unwrap().to_str().unwrap().to_owned()
}

fn bad_lab(installation: &Installation) -> String {
    installation.file("bad-lab/guide.md", "# A lab\n");
    let yaml = installation.file("bad-lab/lab.yaml", "title: Bad\nminutes: soon\n");
    Path::new(&yaml).parent().unwrap().to_str().unwrap().to_owned()
}

async fn offline(installation: &Installation, arguments: &[&str]) -> crate::installation::Run {
    let mut command = installation.command();
    command.args(arguments);
    finished(command).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_is_validated_without_any_installation() {
    let installation = Installation::start().await;
    let (good, bad) = (good_lab(), bad_lab(&installation));
    let run = offline(&installation, &["lab", "validate", &good]).await.exits(0);
    assert!(run.stdout.contains(": good, version "), "{}", run.stdout);
    let run = offline(&installation, &["lab", "validate", &bad]).await.exits(1);
    assert!(run.stdout.contains("bad-lab/lab.yaml:2:10: minutes: "), "{}", run.stdout);
    let run = offline(&installation, &["lab", "validate", &good, &bad, "--json"]).await.exits(7);
    let labs = run.json();
    assert_eq!((&labs["labs"][0]["valid"], &labs["labs"][1]["valid"]), (&json!(true), &json!(false)));
    let problems = labs["labs"][1]["problems"].as_array().unwrap();
    assert!(problems.iter().any(|problem| problem["field"] == "minutes" && problem["line"] == 2), "{problems:?}");
    offline(&installation, &["lab", "validate", "no-such-folder"]).await.exits(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_folder_arrives_as_files_under_its_own_name() {
    let installation = Installation::with_class().await;
    let at = format!("{CLASS}/labs/secrets-in-git");
    let answer = json!({ "slug": "secrets-in-git", "title": "Secrets", "version": "v1", "unchanged": false });
    installation.answers("PUT", &at, ok(&answer)).await;
    let run = installation.run(&format!("lab push {} --class DEVSECOPS", good_lab())).await.exits(0);
    assert!(run.stdout.contains("pushed secrets-in-git"), "{}", run.stdout);
    let sent = &installation.bodies("PUT", &at).await[0];
    let files = sent["files"].as_array().unwrap();
    let named = |name: &str| files.iter().find(|file| file["path"] == name);
    assert_eq!(named("setup.sh").unwrap()["executable"], true);
    assert!(named("lab.yaml").is_some() && named("solution.sh").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_lab_is_not_sent_and_the_others_are() {
    let installation = Installation::with_class().await;
    let at = format!("{CLASS}/labs/secrets-in-git");
    let answer = json!({ "slug": "secrets-in-git", "title": "Secrets", "version": "v1", "unchanged": true });
    installation.answers("PUT", &at, ok(&answer)).await;
    let bad = bad_lab(&installation);
    let line = format!("lab push {bad} {} --class DEVSECOPS", good_lab());
    installation.run(&line).await.exits(7);
    assert!(installation.asked("PUT", &format!("{CLASS}/labs/bad-lab")).await.is_empty());
    let run = installation.run(&format!("lab push {bad} --class DEVSECOPS --json")).await.exits(1);
    let document: serde_json::Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(document["code"], "lab_invalid");
    let errors = document["errors"].as_array().unwrap();
    assert!(errors.iter().any(|error| error["field"] == "lab.yaml: minutes"), "{errors:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_keep_what_was_not_asked_for() {
    let installation = Installation::with_class().await;
    let at = format!("{CLASS}/labs/notes-api");
    let lab = json!({ "slug": "notes-api", "title": "Notes", "summary": "", "minutes": 60, "version": "v1",
        "pushed_at": "2026-11-22T08:00:00Z", "pushed_by": "Grace", "position": 3, "hidden": false,
        "starts_per_trainee": 5, "check_count": 2, "placements": [], "worst_case_micro_usd": null, "old_running": 0,
        "versions": [], "files": [], "guide": "" });
    installation.answers("GET", &at, ok(&lab).insert_header("etag", "\"4\"")).await;
    installation.answers("PUT", &format!("{at}/settings"), ok(&lab)).await;
    installation.run("lab settings --class DEVSECOPS --lab notes-api --hide").await.exits(0);
    let sent = &installation.asked("PUT", &format!("{at}/settings")).await[0];
    assert_eq!(sent.headers["if-match"], "\"4\"");
    let body: serde_json::Value = sent.body_json().unwrap();
    assert_eq!(body, json!({ "position": 3, "hidden": true, "starts_per_trainee": 5 }));
    installation.run("lab settings --class DEVSECOPS --lab notes-api").await.exits(2);
}
