use std::time::{Duration, Instant};

use journeys::TestApp;
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_gets_a_host_cookie_and_never_sees_the_token() {
    let app = TestApp::start().await;
    let class = app.class("SIGN-1").await;
    app.trainee(&class, "ada").await;
    let body = json!({ "class_code": "sign-1", "name": "ADA", "password": "correct horse battery" });
    let response = app.anonymous().request(Method::POST, "/api/login").json(&body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let cookie = response.headers()["set-cookie"].to_str().unwrap().to_owned();
    for part in ["__Host-brihaspati=", "; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!response.text().await.unwrap().contains("token"));

    let pair = cookie.split(';').next().unwrap().to_owned();
    let me = app.anonymous().send(app.anonymous().request(Method::GET, "/api/me").header("cookie", &pair)).await;
    assert_eq!((me.status, me.text("member.name"), me.text("class.code")), (200, "ada", "SIGN-1"));

    let write = || app.anonymous().request(Method::POST, "/api/logout").header("cookie", &pair);
    let forged = app.anonymous().send(write()).await;
    assert_eq!((forged.status, forged.code()), (403, "forbidden"), "a write without the portal's header");
    assert_eq!(app.anonymous().send(write().header("x-brihaspati-portal", "1")).await.status, 204);
    let me = app.anonymous().send(app.anonymous().request(Method::GET, "/api/me").header("cookie", &pair)).await;
    assert_eq!(me.status, 401, "the session ended for whoever holds the cookie");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_member_and_a_wrong_password_look_and_take_the_same() {
    const ROUNDS: usize = 9;
    let app = TestApp::start().await;
    let class = app.class("SIGN-2").await;
    app.trainee(&class, "ada").await;
    let mut times: [Vec<Duration>; 2] = [Vec::new(), Vec::new()];
    let mut answers = Vec::new();
    for _ in 0..ROUNDS {
        for (index, name) in ["ada", "nobody"].into_iter().enumerate() {
            let began = Instant::now();
            let mut answer = app.login("SIGN-2", name, "wrong password").await;
            times[index].push(began.elapsed());
            answer.body["trace_id"] = json!("…");
            answers.push(answer);
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!((answers[0].status, answers[0].code()), (401, "invalid_credentials"));
    for row in &mut times {
        row.sort();
    }
    let (known, unknown) = (times[0][ROUNDS / 2], times[1][ROUNDS / 2]);
    let ratio = known.as_secs_f64() / unknown.as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "medians {known:?} and {unknown:?}");
    let class = app.login("NO-SUCH-CLASS", "ada", "wrong password").await;
    assert_eq!((class.status, class.code()), (401, "invalid_credentials"));
    app.finish().await;
}
