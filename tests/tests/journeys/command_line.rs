//! A class of a hundred, from nothing to nothing, by the command line alone: the program as people install it, against the
//! whole system.

use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use journeys::{TestApp, program, root, within};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

const PEOPLE: usize = 100;
const PASSWORD: &str = "correct horse battery";

/// An instructor at a terminal.
struct Terminal {
    url: String,
    home: TempDir,
}

impl Terminal {
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(program("brihaspati"));
        command.args(arguments).current_dir(self.home.path()).env_clear();
        command.env("HOME", self.home.path()).env("BRIHASPATI_URL", &self.url).env("BRIHASPATI_CLASS", "CLI-1");
        command.env("BRIHASPATI_PASSWORD", PASSWORD).env("NO_PROXY", "*");
        command.output().unwrap()
    }

    /// What it prints on success.
    fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {:?}\n{said}", output.status.code());
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let arguments: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
        serde_json::from_str(&self.done(&arguments)).unwrap()
    }

    /// How many people have a tile in one of these states.
    fn tiles(&self, states: &[&str]) -> usize {
        let room = self.json(&["room", "watch", "--once"]);
        let people = room["people"].as_array().cloned().unwrap_or_default();
        let tiles = people.iter().flat_map(|person| person["environments"].as_array().cloned().unwrap_or_default());
        tiles.filter(|tile| states.iter().any(|state| tile["state"] == *state)).count()
    }
}

fn write_roster(path: &Path) {
    let mut roster = "\u{feff}Name;E-Mail;Extra time\r\n".to_owned();
    for number in 1..=PEOPLE {
        roster.push_str(&format!(
            "Trainee {number};trainee{number}@example.org;{}\r\n",
            if number == 7 { 50 } else { 0 }
        ));
    }
    roster.push_str("=cmd|' /C calc'!A0;evil@example.org;0\r\n");
    std::fs::write(path, roster).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_class_of_a_hundred_is_run_by_the_command_line_alone() {
    let app = TestApp::start().await;
    let grace = json!({ "name": "grace", "display_name": "Grace", "password": PASSWORD });
    assert_eq!(app.operator().send_json(Method::POST, "/api/admin/instructors", &grace).await.status, 201);
    let terminal = Terminal { url: app.local().url().to_owned(), home: tempfile::tempdir().unwrap() };
    let terminal = tokio::task::spawn_blocking(move || {
        terminal.done(&["login", "--name", "grace"]);
        terminal.done(&["class", "create", "--code", "CLI-1", "--title", "By hand", "--seats", "100"]);
        let labs = root().join("labs");
        for lab in ["secrets-in-git", "notes-api"] {
            terminal.done(&["lab", "push", labs.join(lab).to_str().unwrap()]);
        }
        write_roster(&terminal.home.path().join("people.csv"));
        assert_eq!(terminal.run(&["roster", "import", "people.csv", "--preview"]).status.code(), Some(1));
        // The row with the formula is left out, and said so.
        assert_eq!(terminal.run(&["roster", "import", "people.csv", "--good"]).status.code(), Some(7));
        let codes = std::fs::read_to_string(terminal.home.path().join("codes-CLI-1.csv")).unwrap();
        assert_eq!(codes.lines().count(), PEOPLE + 1);
        let preview = terminal.json(&["room", "start", "--all", "--lab", "secrets-in-git", "--preview"]);
        assert!(preview.to_string().contains("would-do"), "{preview}");
        terminal.done(&["room", "start", "--all", "--lab", "secrets-in-git", "--yes"]);
        terminal
    })
    .await
    .unwrap();

    let ready = within(Duration::from_secs(240), async || {
        (tokio::task::block_in_place(|| terminal.tiles(&["working", "idle", "stuck", "done"])) == PEOPLE).then_some(())
    });
    ready.await.expect("a hundred people do not all work");
    assert_eq!(app.machines().len(), PEOPLE);

    let terminal = tokio::task::spawn_blocking(move || {
        terminal.done(&["room", "extend", "--member", "trainee7", "--minutes", "15", "--yes"]);
        terminal.done(&["room", "message", "--all", "Lunch until two"]);
        let mine = terminal.json(&["environment", "list", "--member", "trainee7"]);
        let shown = &mine["environments"][0]["environment"];
        assert!(shown["timeline"].to_string().contains("15 minutes more, by Grace"), "{shown}");
        terminal.done(&["room", "stop", "--all", "--yes"]);
        terminal
    })
    .await
    .unwrap();
    let gone = within(Duration::from_secs(240), async || {
        (tokio::task::block_in_place(|| terminal.tiles(&["ended"])) == PEOPLE).then_some(())
    });
    gone.await.expect("not everything is gone");

    tokio::task::spawn_blocking(move || {
        let usage = terminal.json(&["class", "usage"]);
        assert_eq!((&usage["totals"]["people"], &usage["totals"]["starts"]), (&json!(PEOPLE), &json!(PEOPLE)));
        terminal.done(&["class", "receipts", "--csv", "-o", "receipts.csv"]);
        let receipts = std::fs::read_to_string(terminal.home.path().join("receipts.csv")).unwrap();
        assert_eq!(receipts.lines().count(), PEOPLE + 1);
        assert!(receipts.lines().skip(1).all(|line| line.contains("answered 404")), "{receipts}");
        terminal.done(&["class", "archive"]);
        let receipt = terminal.json(&["class", "delete", "--yes"]);
        assert_eq!((&receipt["verified_absent"], &receipt["machines"]["total"]), (&json!(true), &json!(PEOPLE)));
        assert_eq!(terminal.run(&["class", "show"]).status.code(), Some(4), "the class is gone");
    })
    .await
    .unwrap();
    app.finish().await;
}
