//! After class: what was used, what it cost, and the proof that all of it is gone.

use journeys::{Session, TestApp, TestClass};
use reqwest::Method;
use serde_json::{Value, json};

const FORMULA: &str = "=HYPERLINK(\"http://evil.example\")";

/// The cells of a CSV export, its headings first.
async fn csv(who: &Session, path: &str) -> Vec<Vec<String>> {
    let answer = who.get(path).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(answer.plain.trim_start_matches('\u{feff}').as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn column<'a>(rows: &'a [Vec<String>], heading: &str) -> Vec<&'a str> {
    let index =
        rows[0].iter().position(|cell| cell == heading).unwrap_or_else(|| panic!("no {heading} in {:?}", rows[0]));
    rows[1..].iter().map(|row| row[index].as_str()).collect()
}

fn computes_nothing(rows: &[Vec<String>]) {
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a spreadsheet would compute {cell:?}");
    }
}

async fn class(app: &TestApp) -> (TestClass, Session) {
    let class = app.class("USAGE-1").await;
    let formula = json!({ "name": "eve", "display_name": FORMULA, "password": journeys::PASSWORD });
    let added = app.operator().send_json(Method::POST, &class.path("/members"), &formula).await;
    assert_eq!(added.status, 201);
    let eve = app.anonymous().with_token(app.login("USAGE-1", "eve", journeys::PASSWORD).await.text("token"));
    (class, eve)
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_adds_up_for_each_person_and_lab_and_in_a_spreadsheet() {
    let app = TestApp::start().await;
    let (class, eve) = class(&app).await;
    let grace = app.instructor(&class, "grace").await;
    let ada = app.trainee(&class, "ada").await;
    // Prices first: what a machine costs is agreed at Play.
    app.local().invoke_reaper().await.unwrap();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let id = app.running(&ada, "lab-one").await;
        app.end(&ada, &id).await;
        ids.push(id);
    }
    let running = app.running(&eve, "lab-one").await;

    let usage = grace.get(&class.path("/usage")).await;
    let row = |name: &str| usage.list("rows").iter().find(|row| row["member"]["name"] == name).unwrap().clone();
    let adas = row("ada");
    assert_eq!((&adas["starts"], &adas["failures"], &adas["lab"]["slug"]), (&json!(2), &json!(0), &json!("lab-one")));
    let number = |value: &Value| value.as_i64().unwrap_or_else(|| panic!("no number in {usage:?}"));
    assert!(number(&adas["minutes"]) >= 1);
    assert_eq!(number(&adas["cost_micro_usd"]), 2 * 7500, "two started hours of the smallest machine");
    assert_eq!(row("eve")["starts"], 1);
    let totals = &usage.body["totals"];
    assert_eq!((&totals["people"], &totals["starts"]), (&json!(2), &json!(3)));
    let sum = |field: &str| usage.list("rows").iter().map(|row| number(&row[field])).sum::<i64>();
    assert_eq!(
        (number(&totals["minutes"]), number(&totals["cost_micro_usd"])),
        (sum("minutes"), sum("cost_micro_usd"))
    );
    assert!(usage.list("by_hour").iter().map(|hour| number(&hour["running"])).sum::<i64>() >= 3);

    let rows = csv(&grace, &class.path("/usage?format=csv")).await;
    computes_nothing(&rows);
    let mut names = column(&rows, "name");
    names.sort_unstable();
    assert_eq!(names, ["ada", "eve"]);
    assert!(column(&rows, "cost_usd").contains(&"0.015000"), "{rows:?}");
    assert!(column(&rows, "display_name").iter().any(|name| name.contains("HYPERLINK")), "the name is still there");
    assert_eq!(grace.get(&class.path("/usage?format=pdf")).await.status, 422);
    app.end(&eve, &running).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_of_the_whole_class_are_one_export() {
    let app = TestApp::start().await;
    let (class, eve) = class(&app).await;
    let grace = app.instructor(&class, "grace").await;
    let past = app.running(&eve, "lab-one").await;
    app.end(&eve, &past).await;
    let running = app.running(&eve, "lab-one").await;

    let receipts = grace.get(&class.path("/receipts")).await;
    assert_eq!((receipts.list("receipts").len(), &receipts.body["next_cursor"]), (2, &json!(null)));
    let of = |id: &str| receipts.list("receipts").iter().find(|row| row["environment"] == *id).unwrap();
    let proof = &of(&past)["receipt"]["resources"][0];
    assert!(proof["evidence"].as_str().unwrap().ends_with("answered 404"), "{proof}");
    assert_eq!((&of(&running)["status"], &of(&running)["receipt"]), (&json!("ready"), &json!(null)));

    let rows = csv(&grace, &class.path("/receipts?format=csv")).await;
    computes_nothing(&rows);
    assert_eq!(rows.len(), 3);
    let line = rows.iter().find(|row| row[0] == past).unwrap();
    for part in ["gone", "stopped", "linode", "eu-central"] {
        assert!(line.iter().any(|cell| cell == part), "{part} is missing in {line:?}");
    }
    assert!(line.iter().any(|cell| cell.ends_with("answered 404")), "{line:?}");
    app.end(&eve, &running).await;
    app.finish().await;
}
