//! Rosters: a class list as some program saved it, previewed, imported whole or in part, and safe to repeat.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use journeys::{Answer, Session, TestApp, TestClass};
use reqwest::Method;
use serde_json::{Value, json};

use crate::people::redeem;

async fn import(who: &Session, class: &TestClass, mode: &str, file: impl Into<Vec<u8>>) -> Answer {
    let path = class.path(&format!("/roster?mode={mode}"));
    who.send_bytes(Method::POST, &path, "text/csv", file.into()).await
}

async fn names(who: &Session, class: &TestClass) -> Vec<String> {
    let people = who.get(&class.path("/members")).await;
    let mut names: Vec<String> =
        people.list("members").iter().map(|person| person["display_name"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

fn utf_16(text: &str, mark: [u8; 2], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_understood_however_it_was_saved() {
    let app = TestApp::start().await;
    let class = app.class("ROSTER-1").await;
    let grace = app.instructor(&class, "grace").await;
    let text =
        "display_name,email,extra_time_percent\r\n\"van Dam, Zoë\",zoe@example.org,25\r\nLin,lin@example.org,\r\n";
    let semicolons = text.replace("van Dam, Zoë", "van Dam\u{1}").replace(',', ";").replace('\u{1}', ", Zoë");
    for (kind, file, delimiter) in [
        ("UTF-8", text.as_bytes().to_vec(), ","),
        ("with a byte order mark", format!("\u{feff}{text}").into_bytes(), ","),
        ("UTF-16, little end first", utf_16(text, [0xff, 0xfe], u16::to_le_bytes), ","),
        ("UTF-16, big end first", utf_16(text, [0xfe, 0xff], u16::to_be_bytes), ","),
        ("semicolons", semicolons.into_bytes(), ";"),
        ("lines that end as on Unix", text.replace("\r\n", "\n").into_bytes(), ","),
    ] {
        let preview = import(&grace, &class, "preview", file).await;
        assert_eq!(preview.status, 200, "{kind}: {preview:?}");
        assert_eq!(preview.body["counts"], json!({ "new": 2, "unchanged": 0, "bad": 0 }), "{kind}");
        assert_eq!((preview.text("delimiter"), preview.text("columns.email")), (delimiter, "email"), "{kind}");
        let first = &preview.list("rows")[0];
        assert_eq!((&first["row"], &first["display_name"]), (&json!(2), &json!("van Dam, Zoë")), "{kind}");
        assert_eq!((&preview.body["imported"], preview.list("codes").len()), (&json!(false), 0), "{kind}");
    }
    assert!(names(&grace, &class).await.is_empty(), "a preview writes nothing");
    let stored = json!(app.table().items().await).to_string();
    assert!(!stored.contains("zoe@example.org"), "nothing at all");

    let imported = import(&grace, &class, "all", text).await;
    assert_eq!((&imported.body["imported"], imported.list("codes").len()), (&json!(true), 2), "{imported:?}");
    assert_eq!(names(&grace, &class).await, ["Lin", "van Dam, Zoë"]);
    let people = grace.get(&class.path("/members")).await;
    let zoe = people.list("members").iter().find(|person| person["email"] == "zoe@example.org").unwrap();
    assert_eq!((&zoe["extra_time_percent"], &zoe["joined_via"]), (&json!(25), &json!("roster")));
    let issued = &imported.list("codes")[0];
    let (name, code) = (issued["name"].as_str().unwrap(), issued["code"].as_str().unwrap());
    assert_eq!(redeem(&app, &class, name, code, "a password of my own").await.status, 200);
    app.finish().await;
}

const MIXED: &str = "display_name,email,extra_time_percent\n\
    Ada,ada@example.org,\n\
    ,nobody@example.org,\n\
    Lin,ADA@example.org,\n\
    =cmd|' /C calc'!A0,formula@example.org,\n\
    Grace,no address,a lot\n\
    Lin,lin@example.org,10\n";

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_row_is_named_with_its_fix_and_the_instructor_chooses_good_ones_or_none() {
    let app = TestApp::start().await;
    let class = app.class("ROSTER-2").await;
    let grace = app.instructor(&class, "grace").await;
    let preview = import(&grace, &class, "preview", MIXED).await;
    assert_eq!(preview.body["counts"], json!({ "new": 2, "unchanged": 0, "bad": 4 }), "{preview:?}");
    let bad: Vec<(u64, Vec<&str>)> = preview
        .list("rows")
        .iter()
        .filter(|row| row["outcome"] == "bad")
        .map(|row| {
            let problems = row["problems"].as_array().unwrap();
            assert!(problems.iter().all(|problem| !problem["problem"].as_str().unwrap().is_empty()));
            assert!(problems.iter().all(|problem| !problem["fix"].as_str().unwrap().is_empty()), "{problems:?}");
            (row["row"].as_u64().unwrap(), problems.iter().filter_map(|problem| problem["field"].as_str()).collect())
        })
        .collect();
    let expected: [(u64, Vec<&str>); 4] = [
        (3, vec!["display_name"]),
        (4, vec!["email"]),
        (5, vec!["display_name"]),
        (6, vec!["email", "extra_time_percent"]),
    ];
    assert_eq!(bad, expected);

    let none = import(&grace, &class, "all", MIXED).await;
    assert_eq!((none.status, &none.body["imported"], none.list("codes").len()), (200, &json!(false), 0));
    assert!(names(&grace, &class).await.is_empty());
    let good = import(&grace, &class, "good", MIXED).await;
    assert_eq!((good.status, &good.body["imported"], good.list("codes").len()), (200, &json!(true), 2));
    assert_eq!(names(&grace, &class).await, ["Ada", "Lin"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_list_is_refused_as_a_whole() {
    let app = TestApp::start().await;
    let class = app.class("ROSTER-3").await;
    let operator = app.operator();
    let many = format!("display_name\n{}", "Somebody\n".repeat(2001));
    for (kind, file, status) in [
        ("empty", Vec::new(), 422),
        ("a workbook", b"PK\x03\x04[Content_Types].xml".to_vec(), 422),
        ("headings alone", b"display_name,email\n".to_vec(), 422),
        ("no names", b"colour,shape\nred,round\n".to_vec(), 422),
        ("too many rows", many.into_bytes(), 422),
        ("too large", vec![b'x'; (2 << 20) + 1], 413),
    ] {
        let refused = import(&operator, &class, "good", file).await;
        assert_eq!(refused.status, status, "{kind}: {refused:?}");
        assert!(!refused.text("detail").is_empty(), "{kind}");
    }
    let unknown = import(&operator, &class, "some", "display_name\nAda\n").await;
    assert_eq!((unknown.status, &unknown.body["errors"][0]["field"]), (422, &json!("mode")));
    let json = operator.send_bytes(Method::POST, &class.path("/roster"), "application/json", b"[]".to_vec()).await;
    assert_eq!((json.status, json.code()), (415, "unsupported_media_type"));
    assert!(names(&operator, &class).await.is_empty());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_people_than_seats_are_refused_and_nobody_is_half_in() {
    let app = TestApp::start().await;
    let class = app.class("ROSTER-4").await;
    app.edit_class(&class, |settings| settings["seats"] = json!(2)).await;
    let three = "display_name\nAda\nLin\nGrace\n";
    let refused = import(&app.operator(), &class, "all", three).await;
    assert_eq!((refused.status, refused.code()), (409, "class_full"));
    assert!(names(&app.operator(), &class).await.is_empty());
    let two = import(&app.operator(), &class, "all", "display_name\nAda\nLin\n").await;
    assert_eq!((two.status, two.list("codes").len()), (200, 2), "the seats are all free: {two:?}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_sent_twice_at_once_brings_everybody_once_with_one_code() {
    let app = TestApp::start().await;
    let class = app.class("ROSTER-6").await;
    app.edit_class(&class, |settings| settings["seats"] = json!(60)).await;
    let operator = app.operator();
    let names: Vec<String> = (1..=30).map(|number| format!("Trainee {number}")).collect();
    let file = format!("display_name\n{}\n", names.join("\n"));
    let (one, other) =
        tokio::join!(import(&operator, &class, "all", file.as_str()), import(&operator, &class, "all", file.as_str()));
    assert_eq!((one.status, other.status), (200, 200), "{one:?} {other:?}");
    assert_eq!(one.list("codes").len() + other.list("codes").len(), 30);
    assert_eq!(self::names(&operator, &class).await.len(), 30);
    for issued in [one.list("codes"), other.list("codes")].iter().filter_map(|codes| codes.first()) {
        let (name, code) = (issued["name"].as_str().unwrap(), issued["code"].as_str().unwrap());
        assert_eq!(redeem(&app, &class, name, code, "a password of my own").await.status, 200);
    }
    let more = format!("display_name\n{}", (31..=60).map(|n| format!("Trainee {n}\n")).collect::<String>());
    let more = import(&operator, &class, "all", more).await;
    assert_eq!((more.status, more.list("codes").len()), (200, 30), "no seat was lost: {more:?}");
    app.finish().await;
}

/// The processors' time that this process has had: fields 14 and 15 of proc_pid_stat(5), in hundredths of a second.
fn worked() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    let ticks: u64 = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap()).sum();
    Duration::from_millis(10 * ticks)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_people_take_less_than_five_seconds_and_come_once_however_often_they_are_sent() {
    let app = TestApp::start().await;
    let class = app.class("ROSTER-5").await;
    app.edit_class(&class, |settings| settings["seats"] = json!(1000)).await;
    let mut file = "display_name,email\n".to_owned();
    for number in 1..=1000 {
        writeln!(file, "Trainee {number},trainee{number}@example.org").unwrap();
    }
    let (began, worked) = (Instant::now(), worked());
    let first = import(&app.operator(), &class, "all", file.as_str()).await;
    // What else a busy computer does meanwhile is not the roster's time.
    let took = began.elapsed().min(self::worked() - worked);
    eprintln!("a roster of 1,000 rows: {took:?}, by the clock {:?}", began.elapsed());
    assert_eq!((first.status, first.list("codes").len()), (200, 1000), "{:?}", first.body["counts"]);
    assert!(took < Duration::from_secs(5), "{took:?}");

    let again = import(&app.operator(), &class, "all", file.as_str()).await;
    assert_eq!(again.body["counts"], json!({ "new": 0, "unchanged": 1000, "bad": 0 }));
    assert_eq!(again.body["codes"], json!([] as [Value; 0]), "no second code");
    assert_eq!(app.operator().get(&class.path("")).await.body["people"], 1000);
    let (mut listed, mut page) = (BTreeSet::new(), app.operator().get(&class.path("/members")).await);
    assert_eq!(page.list("members").len(), 500, "a page");
    loop {
        listed.extend(page.list("members").iter().map(|person| person["id"].to_string()));
        if page.body["next_cursor"].is_null() {
            break;
        }
        let next = class.path(&format!("/members?cursor={}", page.text("next_cursor")));
        page = app.operator().get(&next).await;
        assert!(page.list("members").iter().all(|person| !listed.contains(&person["id"].to_string())), "nobody twice");
    }
    assert_eq!(listed.len(), 1000, "and nobody left out");
    let issued = &first.list("codes")[500];
    let (name, code) = (issued["name"].as_str().unwrap(), issued["code"].as_str().unwrap());
    assert_eq!(redeem(&app, &class, name, code, "a password of my own").await.status, 200, "the first code counts");
    app.finish().await;
}
