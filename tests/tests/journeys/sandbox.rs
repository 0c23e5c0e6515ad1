//! Machines that are real: a sandbox, the real user data, the real lab agent, a terminal.

use std::time::{Duration, Instant};

use journeys::pocket_cloud::Isolation;
use journeys::{Answer, Closed, Session, Terminal, TestApp, lab_files_with, program};
use reqwest::Method;

const MANIFEST: &str = "title: A lab\nsummary: For tests\nminutes: 30\nplacements:\n  \
    - { provider: digitalocean, region: fra1, size: s-1vcpu-1gb, image: debian-12-x64 }\n\
    tabs:\n  - { name: web, title: Web, port: 5000 }\n";

pub(crate) async fn start() -> TestApp {
    TestApp::start_with(|options| {
        options.isolation =
            Isolation::Sandboxed { user: Some("brihaspati-sandbox".to_owned()), guest: Some(program("pocket-guest")) };
        options.agent = Some(program("lab-agent"));
    })
    .await
}

async fn ready(app: &TestApp, who: &Session) -> (String, Answer) {
    let id = app.play(who, "lab-one").await.text("id").to_owned();
    let ready = app.until(who, &id, "ready").await;
    (id, ready)
}

pub(crate) async fn connect(app: &TestApp, ready: &Answer, client: &str) -> Terminal {
    let terminal =
        Terminal::connect(ready.text("access.terminal_url"), app.local().url(), ready.text("access.secret"), client);
    terminal.await.unwrap_or_else(|closed| panic!("{closed:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trainee_works_in_a_shell_of_the_own_machine_and_comes_back_to_it() {
    let app = start().await;
    let class = app.class("BOX-1").await;
    let ada = app.trainee(&class, "ada").await;
    let began = Instant::now();
    let (id, ready) = ready(&app, &ada).await;
    let mut terminal = connect(&app, &ready, "tab-1").await;
    terminal.type_in("echo $((6 * 7)) && cat hello.txt && id -u\r").await;
    terminal.expect("42").await;
    terminal.expect("hello from the lab").await;
    eprintln!("play to a shell that answers: {:?}", began.elapsed());
    assert!(began.elapsed() < Duration::from_secs(10));

    terminal.type_in("printf 'typed%s\\n' -once >> typed\r").await;
    terminal.repeat("printf 'typed%s\\n' -once >> typed\r").await;
    drop(terminal);
    let mut again = connect(&app, &ready, "tab-1").await;
    again.expect("hello from the lab").await;
    again.type_in("echo \"times: $(wc -l < typed)\"\r").await;
    again.expect("times: 1").await;

    let url = ready.text("access.terminal_url");
    let secret = ready.text("access.secret");
    assert_eq!(Terminal::connect(url, app.local().url(), "wrong", "tab-2").await.err(), Some(Closed(4401)));
    assert_eq!(Terminal::connect(url, "https://elsewhere.example", secret, "tab-2").await.err(), Some(Closed(403)));

    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    let (fresh_id, fresh) = self::ready(&app, &ada).await;
    assert_ne!(fresh.text("access.secret"), secret);
    let mut terminal = connect(&app, &fresh, "tab-1").await;
    terminal.type_in("ls typed || echo \"nothing of old\"\r").await;
    terminal.expect("nothing of old\r").await;
    app.stop(&ada, &fresh_id).await;
    app.until(&ada, &fresh_id, "gone").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_labs_web_app_opens_for_who_holds_the_secret_only() {
    let app = start().await;
    let class = app.class("BOX-2").await;
    let setup = "#!/bin/sh\ncd /tmp && echo 'the lab app' > index.html\n\
        setsid nohup /usr/bin/python3 -m http.server 5000 --bind 127.0.0.1 >/tmp/web.log 2>&1 </dev/null &\n";
    app.lab(&class, "lab-one", &lab_files_with(MANIFEST, setup)).await;
    let ada = app.trainee(&class, "ada").await;
    let (id, ready) = ready(&app, &ada).await;
    let tab = ready.body["access"]["tabs"][0]["url"].as_str().unwrap().to_owned();
    let browser = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();

    let refused = browser.get(&tab).send().await.unwrap();
    assert_eq!(refused.status(), 401);
    let enter = |origin: &str, secret: &str| {
        let form = format!("secret={secret}");
        browser
            .request(Method::POST, format!("{tab}/.brihaspati/enter"))
            .header("origin", origin)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
    };
    let secret = ready.text("access.secret");
    assert_eq!(enter("https://elsewhere.example", secret).await.unwrap().status(), 403);
    assert!(enter(app.local().url(), "wrong").await.unwrap().status().is_client_error());
    let entered = enter(app.local().url(), secret).await.unwrap();
    assert_eq!(entered.status(), 303);
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    for part in ["brihaspati_tab=", "HttpOnly", "Secure", "SameSite=None", "Partitioned"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains(secret));
    let pair = cookie.split(';').next().unwrap().to_owned();
    let page = journeys::eventually("the lab's app", async || {
        let answer = browser.get(&tab).header("cookie", &pair).send().await.ok()?;
        if answer.status() == 200 { answer.text().await.ok() } else { None }
    })
    .await;
    assert_eq!(page, "the lab app\n");
    app.stop(&ada, &id).await;
    app.until(&ada, &id, "gone").await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_setup_that_fails_is_told_with_what_it_printed() {
    let app = start().await;
    let class = app.class("BOX-3").await;
    app.lab(&class, "lab-one", &lab_files_with(MANIFEST, "#!/bin/sh\necho the database is missing\nexit 3\n")).await;
    let ada = app.trainee(&class, "ada").await;
    let id = app.play(&ada, "lab-one").await.text("id").to_owned();
    let failed = app.until(&ada, &id, "failed").await;
    assert_eq!(failed.text("failure.code"), "setup_failed");
    assert!(failed.text("failure.message").contains("the database is missing"), "{failed:?}");
    app.finish().await;
}
