//! Every route of `template.yaml` has a row here that says who may call it; a route without a row fails.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use journeys::{Session, TestApp, TestClass, lab_files};
use jsonwebtoken::crypto::rust_crypto;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum For {
    Everybody,
    /// Trainees and instructors.
    SignedIn,
    /// Trainees.
    Members,
    Machines,
    /// Instructors of the class, and operators.
    ClassAdmins,
    /// Instructors of any class, and operators.
    Staff,
    Operators,
}

impl For {
    /// What a caller of another kind is told: 403 where they are known, 401 where they are nobody.
    fn tells(self, other: Self) -> Option<u16> {
        match (self, other) {
            (Self::Everybody, _) | (Self::SignedIn, Self::Members | Self::Staff) => None,
            (Self::ClassAdmins | Self::Staff, Self::Operators) | (Self::Staff, Self::Staff) => None,
            _ if self == other => None,
            // An instructor who teaches another class.
            (Self::ClassAdmins | Self::Members, Self::Staff) => Some(403),
            (Self::ClassAdmins | Self::Staff, Self::Members) => Some(403),
            _ => Some(401),
        }
    }
}

pub(crate) struct Row {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) who: For,
    /// A body that the route takes, where it takes one.
    pub(crate) body: Option<Value>,
    /// What the route answers to whom it is for, where that is no success.
    pub(crate) answers: Option<u16>,
}

pub(crate) fn rows() -> Vec<Row> {
    let row = |method, path, who| Row { method, path, who, body: None, answers: None };
    let with = |method, path, who, body| Row { body: Some(body), ..row(method, path, who) };
    /// For whom it is for, this is still the answer: something else is missing in the scene.
    fn but(row: Row, answers: u16) -> Row {
        Row { answers: Some(answers), ..row }
    }
    let password = "correct horse battery";
    vec![
        row("GET", "/api/health", For::Everybody),
        with(
            "POST",
            "/api/login",
            For::Everybody,
            json!({ "class_code": "ROWS-1", "name": "ada", "password": password }),
        ),
        but(
            with(
                "POST",
                "/api/redeem",
                For::Everybody,
                json!({ "class_code": "ROWS-1", "name": "x", "code": "K", "password": password }),
            ),
            401,
        ),
        but(
            with(
                "POST",
                "/api/join",
                For::Everybody,
                json!({ "token": "nobody-ever-made-this-one", "display_name": "New", "password": password }),
            ),
            404,
        ),
        row("POST", "/api/logout", For::SignedIn),
        row("GET", "/api/me", For::SignedIn),
        row("GET", "/api/labs", For::Members),
        row("POST", "/api/labs/{lab}/start", For::Members),
        row("GET", "/api/environments", For::Members),
        row("GET", "/api/environments/{environment}", For::Members),
        row("GET", "/api/environments/{environment}/guide", For::Members),
        row("POST", "/api/environments/{environment}/stop", For::Members),
        but(with("POST", "/api/environments/{environment}/extend", For::Members, json!({ "id": "one" })), 409),
        with("POST", "/api/environments/{environment}/hand", For::Members, json!({ "raised": true })),
        with("POST", "/api/environments/{environment}/viewing", For::Members, json!({ "answer": "refused" })),
        row("GET", "/api/environments/{environment}/bundle", For::Machines),
        with(
            "POST",
            "/api/environments/{environment}/report",
            For::Machines,
            json!({ "stage": "agent-started", "agent_version": "0" }),
        ),
        with(
            "POST",
            "/api/environments/{environment}/checks",
            For::Machines,
            json!({ "results": [{ "name": "1-first", "passed": true, "message": "Well done.", "at": 1_800_000_000 }] }),
        ),
        row("GET", "/api/admin/providers", For::Staff),
        row("GET", "/api/admin/instructors", For::Staff),
        with(
            "POST",
            "/api/admin/instructors",
            For::Operators,
            json!({ "name": "new", "display_name": "New", "password": password }),
        ),
        with(
            "PUT",
            "/api/admin/instructors/{instructor}",
            For::Operators,
            json!({ "display_name": "Grace H.", "disabled": false }),
        ),
        row("GET", "/api/admin/classes", For::Staff),
        with("POST", "/api/admin/classes", For::Staff, json!({ "code": "ROWS-2", "title": "Another" })),
        row("GET", "/api/admin/classes/{class}", For::ClassAdmins),
        but(with("PUT", "/api/admin/classes/{class}", For::ClassAdmins, json!({ "title": "Changed" })), 428),
        but(with("POST", "/api/admin/classes/{class}/archive", For::ClassAdmins, json!({ "archived": true })), 428),
        with("POST", "/api/admin/classes/{class}/copy", For::ClassAdmins, json!({ "code": "ROWS-3", "title": "Copy" })),
        but(row("DELETE", "/api/admin/classes/{class}", For::ClassAdmins), 409),
        but(row("GET", "/api/admin/deletions/{class}", For::Staff), 404),
        row("GET", "/api/admin/classes/{class}/labs", For::ClassAdmins),
        row("GET", "/api/admin/classes/{class}/labs/{lab}", For::ClassAdmins),
        with("PUT", "/api/admin/classes/{class}/labs/{lab}", For::ClassAdmins, lab_files()),
        with("POST", "/api/admin/classes/{class}/labs/{lab}/validate", For::ClassAdmins, lab_files()),
        but(
            with(
                "PUT",
                "/api/admin/classes/{class}/labs/{lab}/settings",
                For::ClassAdmins,
                json!({ "position": 1, "hidden": false, "starts_per_trainee": null }),
            ),
            428,
        ),
        but(
            with("PUT", "/api/admin/classes/{class}/labs/{lab}/version", For::ClassAdmins, json!({ "version": "x" })),
            422,
        ),
        but(row("DELETE", "/api/admin/classes/{class}/labs/{lab}", For::ClassAdmins), 409),
        row("GET", "/api/admin/classes/{class}/members", For::ClassAdmins),
        with(
            "POST",
            "/api/admin/classes/{class}/members",
            For::ClassAdmins,
            json!({ "name": "new", "display_name": "New", "password": "a long password" }),
        ),
        but(
            with(
                "PUT",
                "/api/admin/classes/{class}/members/{member}",
                For::ClassAdmins,
                json!({ "display_name": "Lin", "email": null, "extra_time_percent": 25, "suspended": false }),
            ),
            428,
        ),
        row("POST", "/api/admin/classes/{class}/members/{member}/code", For::ClassAdmins),
        row("DELETE", "/api/admin/classes/{class}/members/{member}", For::ClassAdmins),
        but(row("POST", "/api/admin/classes/{class}/roster", For::ClassAdmins), 415),
        row("GET", "/api/admin/classes/{class}/join-links", For::ClassAdmins),
        but(
            with(
                "POST",
                "/api/admin/classes/{class}/join-links",
                For::ClassAdmins,
                json!({ "expires_at": "2020-01-01T00:00:00Z", "seats": 3 }),
            ),
            422,
        ),
        but(row("DELETE", "/api/admin/classes/{class}/join-links/{link}", For::ClassAdmins), 404),
        row("GET", "/api/admin/classes/{class}/room", For::ClassAdmins),
        with(
            "POST",
            "/api/admin/classes/{class}/actions",
            For::ClassAdmins,
            json!({ "id": "one", "action": "message", "text": "Lunch!" }),
        ),
        row("GET", "/api/admin/classes/{class}/messages", For::ClassAdmins),
        row("GET", "/api/admin/classes/{class}/environments", For::ClassAdmins),
        row("GET", "/api/admin/classes/{class}/environments/{environment}", For::ClassAdmins),
        row("POST", "/api/admin/classes/{class}/environments/{environment}/view", For::ClassAdmins),
        row("GET", "/api/admin/classes/{class}/events", For::ClassAdmins),
        row("GET", "/api/admin/classes/{class}/usage", For::ClassAdmins),
        row("GET", "/api/admin/classes/{class}/receipts", For::ClassAdmins),
    ]
}

/// A system with a class, a trainee in it and a running environment: what the rows' paths are filled with.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) class: TestClass,
    pub(crate) ada: Session,
    /// Teaches another class.
    pub(crate) grace: Session,
    pub(crate) environment: String,
    pub(crate) machine_token: String,
    instructor: String,
    member: String,
}

impl Scene {
    pub(crate) async fn start() -> Self {
        let app = TestApp::start().await;
        let class = app.class("ROWS-1").await;
        let ada = app.trainee(&class, "ada").await;
        let environment = app.play(&ada, "lab-one").await.text("id").to_owned();
        app.until(&ada, &environment, "ready").await;
        let machine_token = app.machine_token(&environment).await;
        let grace = app.new_instructor("grace").await;
        let instructor = grace.get("/api/me").await.text("instructor.id").to_owned();
        let lin = app.trainee(&class, "lin").await;
        let member = lin.get("/api/me").await.text("member.id").to_owned();
        Self { app, class, ada, grace, environment, machine_token, instructor, member }
    }

    pub(crate) fn path(&self, row: &Row) -> String {
        row.path
            .replace("{environment}", &self.environment)
            .replace("{class}", &self.class.id)
            .replace("{lab}", "lab-one")
            .replace("{instructor}", &self.instructor)
            .replace("{member}", &self.member)
            .replace("{link}", "jln_01jd0000000000000000000000")
    }

    /// A caller whom the row lets in.
    pub(crate) fn allowed(&self, who: For) -> Session {
        match who {
            For::Everybody => self.app.anonymous(),
            For::Members | For::SignedIn => self.ada.clone(),
            For::Machines => self.app.anonymous().with_token(&self.machine_token),
            For::ClassAdmins | For::Staff | For::Operators => self.app.operator(),
        }
    }

    pub(crate) async fn call(&self, who: &Session, row: &Row) -> journeys::Answer {
        let request = who.request(row.method.parse::<Method>().unwrap(), &self.path(row));
        let request = match &row.body {
            Some(body) => request.json(body),
            None => request,
        };
        who.send(request).await
    }

    pub(crate) async fn finish(self) {
        self.app.stop(&self.ada, &self.environment).await;
        self.app.until(&self.ada, &self.environment, "gone").await;
        self.app.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_the_template_has_a_row() {
    let app = TestApp::start().await;
    let mut deployed = app.local().routes().to_vec();
    let mut listed: Vec<(String, String)> =
        rows().iter().map(|row| (row.method.to_owned(), row.path.to_owned())).collect();
    deployed.sort();
    listed.sort();
    assert_eq!(deployed, listed);
    let document: Value = serde_json::from_str(include_str!("../../../docs/openapi.json")).unwrap();
    let mut described: Vec<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect();
    described.sort();
    assert_eq!(described, listed, "docs/openapi.json describes other routes than template.yaml deploys");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_in_without_being_who_the_route_is_for() {
    let scene = Scene::start().await;
    let mut strangers = vec![("nobody", scene.app.anonymous())];
    for (name, token) in forged_tokens(&scene) {
        strangers.push((name, scene.app.anonymous().with_token(&token)));
    }
    for row in rows().into_iter().filter(|row| row.who != For::Everybody) {
        for (name, stranger) in &strangers {
            let answer = scene.call(stranger, &row).await;
            assert_eq!(
                (answer.status, answer.code()),
                (401, "unauthenticated"),
                "{name} at {} {}",
                row.method,
                row.path
            );
        }
        for other in [For::Members, For::Machines, For::Staff, For::Operators] {
            let Some(expected) = row.who.tells(other) else { continue };
            let caller = if other == For::Staff { scene.grace.clone() } else { scene.allowed(other) };
            let answer = scene.call(&caller, &row).await;
            assert_eq!(answer.status, expected, "{other:?} at {} {}: {answer:?}", row.method, row.path);
        }
    }
    let status = scene.ada.get(&format!("/api/environments/{}", scene.environment)).await;
    assert_eq!(status.text("status"), "ready", "a refused call changed something");
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_the_route_is_for_comes_in() {
    let scene = Scene::start().await;
    // Signing out comes last: it ends the session the others use.
    let (last, others): (Vec<Row>, Vec<Row>) =
        rows().into_iter().partition(|row| row.path.ends_with("/stop") || row.path.ends_with("/logout"));
    for row in &others {
        let answer = scene.call(&scene.allowed(row.who), row).await;
        match row.answers {
            Some(status) => assert_eq!(answer.status, status, "{} {}: {answer:?}", row.method, row.path),
            None => assert!(answer.status < 300, "{} {}: {answer:?}", row.method, row.path),
        }
    }
    scene.app.stop(&scene.ada, &scene.environment).await;
    scene.app.until(&scene.ada, &scene.environment, "gone").await;
    for row in &last {
        let answer = scene.call(&scene.allowed(row.who), row).await;
        assert!(answer.status < 300 || answer.status == 401, "{} {}: {answer:?}", row.method, row.path);
    }
    scene.app.finish().await;
}

/// Tokens that look like ada's and are not.
fn forged_tokens(scene: &Scene) -> Vec<(&'static str, String)> {
    let secrets = std::fs::read(scene.app.state_dir().join("secrets.json")).unwrap();
    let keys = serde_json::from_slice::<Value>(&secrets).unwrap()["session_keys"].clone();
    let text = |name: &str| keys[name].as_str().unwrap().to_owned();
    let key_id = text("signing_key_id");
    let genuine = EncodingKey::from_ed_pem(text("signing_key").as_bytes()).unwrap();
    let jwks: Value = serde_json::from_str(&text("verifying_keys")).unwrap();
    let public = jwks["keys"][0]["x"].as_str().unwrap();

    let real = scene.ada.token().unwrap();
    let payload = real.split('.').nth(1).unwrap();
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    let changed = |name: &str, value: Value| {
        let mut claims = claims.clone();
        claims[name] = value;
        claims
    };
    let header = |algorithm| Header { kid: Some(key_id.clone()), ..Header::new(algorithm) };
    let sign = |claims: &Value| jsonwebtoken::encode(&header(Algorithm::EdDSA), claims, &genuine).unwrap();
    assert!(!sign(&claims).is_empty());

    let none = URL_SAFE_NO_PAD.encode(json!({ "alg": "none", "typ": "JWT", "kid": key_id }).to_string());
    let with_public_key = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(public).unwrap());
    vec![
        ("a token without a signature", format!("{none}.{payload}.")),
        ("a token with its signature cut off", format!("{}.", real.rsplit_once('.').unwrap().0)),
        ("a token signed with the public key", signed_with_hmac(&header(Algorithm::HS256), &claims, &with_public_key)),
        ("a token of another key", jsonwebtoken::encode(&header(Algorithm::EdDSA), &claims, &other_key()).unwrap()),
        ("an expired token", sign(&changed("exp", json!(1_000_000_000)))),
        ("a token for another portal", sign(&changed("aud", json!("https://elsewhere.example")))),
        ("a token of another issuer", sign(&changed("iss", json!("somebody")))),
        ("a token of a revoked epoch", sign(&changed("epoch", json!(7)))),
        ("a token of an unknown member", sign(&changed("sub", json!("mem_00000000000000000000000000")))),
        ("no token at all", "x".to_owned()),
    ]
}

/// The functions' own provider of signatures, which is this process's, knows no HMAC.
fn signed_with_hmac(header: &Header, claims: &Value, key: &EncodingKey) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(json!(header)), part(claims.clone()));
    let signer = (rust_crypto::DEFAULT_PROVIDER.signer_factory)(&Algorithm::HS256, key).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signer.sign(message.as_bytes())))
}

/// An Ed25519 key nobody knows: the PKCS#8 prefix of RFC 8410 and 32 bytes.
fn other_key() -> EncodingKey {
    let mut der = vec![0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    der.extend([7; 32]);
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der));
    EncodingKey::from_ed_pem(pem.as_bytes()).unwrap()
}
