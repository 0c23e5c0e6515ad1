use serde_json::{Value, json};
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::installation::{Installation, finished, mode, ok, problem};

fn session() -> Value {
    json!({ "kind": "instructor", "instructor": { "id": "ins_1", "name": "grace", "display_name": "Grace" },
        "expires_at": "2999-01-01T00:00:00Z" })
}

async fn with_sign_in() -> Installation {
    let installation = Installation::start().await;
    let mut answer = session();
    answer["token"] = json!("a-session-token");
    installation.answers("POST", "/api/login", ok(&answer)).await;
    let me = Mock::given(method("GET")).and(path("/api/me")).and(header("authorization", "Bearer a-session-token"));
    me.respond_with(ok(&session())).mount(&installation.server).await;
    installation
}

async fn sign_in(installation: &Installation) {
    let mut login = installation.command();
    login.args(["login", "--url", &installation.server.uri(), "--name", "grace"]).write_stdin("the password\n");
    let run = finished(login).await.exits(0);
    assert!(run.stdout.contains("Grace (grace, ins_1), instructor"), "{}", run.stdout);
    assert!(!run.stdout.contains("a-session-token"), "{}", run.stdout);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_kept_for_its_owner_alone_and_used_by_the_next_command() {
    let installation = with_sign_in().await;
    sign_in(&installation).await;
    let sent = installation.bodies("POST", "/api/login").await;
    assert_eq!(sent, [json!({ "name": "grace", "password": "the password", "session": "bearer" })]);
    assert_eq!(mode(&installation.home.path().join("brihaspati/session.json")), 0o600);

    let mut whoami = installation.command();
    whoami.args(["whoami", "--json"]);
    assert_eq!(finished(whoami).await.exits(0).json(), session());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stored_token_goes_to_no_other_installation() {
    let installation = with_sign_in().await;
    sign_in(&installation).await;
    let other = Installation::start().await;
    let mut whoami = installation.command();
    whoami.args(["whoami", "--url", &other.server.uri()]);
    finished(whoami).await.exits(3);
    assert!(other.server.received_requests().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_forgets_the_session_even_where_the_installation_has_no_answer() {
    let installation = with_sign_in().await;
    sign_in(&installation).await;
    installation.answers("POST", "/api/logout", problem(500, "internal", "something failed on our side")).await;
    let mut logout = installation.command();
    logout.arg("logout");
    finished(logout).await.exits(1);
    assert!(!installation.home.path().join("brihaspati/session.json").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once() {
    let installation = Installation::start().await;
    let refusal = problem(429, "too_many_guesses", "wait five minutes").insert_header("retry-after", "1");
    installation.answers("POST", "/api/login", refusal).await;
    let mut login = installation.command();
    login.args(["login", "--url", &installation.server.uri(), "--name", "ada"]).env("BRIHASPATI_PASSWORD", "guess");
    finished(login).await.exits(1);
    assert_eq!(installation.asked("POST", "/api/login").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operators_token_is_recognised() {
    let installation = Installation::start().await;
    installation.answers("GET", "/api/me", problem(401, "unauthenticated", "sign in first")).await;
    installation.answers("GET", "/api/admin/instructors", ok(&json!({ "instructors": [] }))).await;
    assert_eq!(installation.run("whoami --json").await.exits(0).json(), json!({ "kind": "operator" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signed_in_and_nobody_there_are_told_apart() {
    let installation = Installation::start().await;
    let mut list = installation.command();
    list.args(["class", "list"]);
    let run = finished(list).await.exits(3);
    assert!(run.stderr.contains("brihaspati login"), "{}", run.stderr);

    // Port 1 is reserved (RFC 6335); nothing listens there.
    let mut list = installation.command();
    list.args(["--json", "class", "create", "--code", "DEVSECOPS", "--title", "x", "--url", "http://127.0.0.1:1"]);
    list.env("BRIHASPATI_TOKEN", "t");
    let run = finished(list).await.exits(6);
    let problem: Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(problem["code"], "unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_never_sent_over_plain_http_to_another_machine() {
    let installation = Installation::start().await;
    let mut list = installation.command();
    list.args(["class", "list", "--url", "http://portal.example"]).env("BRIHASPATI_TOKEN", "t");
    let run = finished(list).await.exits(2);
    assert!(run.stderr.contains("https://"), "{}", run.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn completions_and_help_need_no_installation() {
    let installation = Installation::start().await;
    let mut completions = installation.command();
    completions.args(["completions", "bash"]);
    assert!(finished(completions).await.exits(0).stdout.contains("join-link"));
    let mut help = installation.command();
    help.arg("--help");
    let help = finished(help).await.exits(0).stdout;
    assert!(help.contains("5  changed meanwhile") && help.contains("BRIHASPATI_TOKEN"), "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_the_apis_is_no_success() {
    let installation = Installation::start().await;
    let page = ResponseTemplate::new(200).set_body_raw("<!doctype html>", "text/html");
    installation.answers("GET", "/api/admin/classes", page).await;
    installation.run("class list").await.exits(6);
}
