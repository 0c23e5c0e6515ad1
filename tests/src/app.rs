use std::time::Duration;

use brihaspati_core::config::Settings;
use brihaspati_core::store::Store;
use brihaspati_local::pocket_cloud::MachineSnapshot;
use brihaspati_local::{Local, LocalOptions};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use tracing_subscriber::filter::LevelFilter;

use crate::api::{Answer, Session};
use crate::lab::lab_files;
use crate::root;
use crate::table::Table;
use crate::wait::eventually;

/// A running system of a test's own.
pub struct TestApp {
    local: Option<Local>,
    state: TempDir,
    client: Client,
}

/// A class with one lab, `lab-one`, and the people in it.
pub struct TestClass {
    pub id: String,
    pub code: String,
}

impl TestClass {
    /// A route of the class: `class.path("/room")`.
    pub fn path(&self, rest: &str) -> String {
        format!("/api/admin/classes/{}{rest}", self.id)
    }
}

/// What everybody of a test signs in with.
pub const PASSWORD: &str = "correct horse battery";

impl TestApp {
    /// Machines only call home.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// # Panics
    /// When the system does not start.
    pub async fn start_with(change: impl FnOnce(&mut LocalOptions)) -> Self {
        // A test that failed shows what the system said (`RUST_LOG=info` says more).
        let filter = tracing_subscriber::EnvFilter::builder().with_default_directive(LevelFilter::WARN.into());
        let _ = tracing_subscriber::fmt().with_env_filter(filter.from_env_lossy()).with_test_writer().try_init();
        let state = tempfile::tempdir().unwrap_or_else(|error| panic!("no folder for the state: {error}"));
        let mut options = LocalOptions::new(root(), state.path());
        change(&mut options);
        let local = Local::start(options).await.unwrap_or_else(|error| panic!("the system does not start: {error:#}"));
        let client = Client::builder().no_proxy().timeout(Duration::from_secs(60)).build();
        Self { local: Some(local), state, client: client.unwrap_or_default() }
    }

    /// # Panics
    /// After [`finish`](Self::finish), which takes the system away.
    pub fn local(&self) -> &Local {
        self.local.as_ref().unwrap_or_else(|| panic!("the system is finished"))
    }

    /// The folder with the system's secrets and table.
    pub fn state_dir(&self) -> &std::path::Path {
        self.state.path()
    }

    pub fn anonymous(&self) -> Session {
        Session::new(self.client.clone(), self.local().url(), None)
    }

    pub fn operator(&self) -> Session {
        Session::new(self.client.clone(), self.local().url(), Some(self.local().operator_token()))
    }

    /// The table, as a function with every right would see it.
    pub fn store(&self) -> Store {
        let variables = [
            ("AWS_REGION", "eu-west-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_ENDPOINT_URL_DYNAMODB", self.local().dynamodb_url()),
            ("TABLE_NAME", "Table".to_owned()),
        ];
        let settings =
            Settings::from_map(variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect());
        Store::from_settings(&settings).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The table, as its owner sees it.
    pub fn table(&self) -> Table {
        Table::new(self.client.clone(), self.local().dynamodb_url())
    }

    /// The token of an environment's machine: only the machine has it, and the table.
    pub async fn machine_token(&self, environment: &str) -> String {
        let id = environment.parse().unwrap_or_else(|error| panic!("{environment} {error}"));
        let environment = self.store().environment(&id).await.ok().flatten();
        let secrets = environment.and_then(|environment| environment.secrets);
        secrets.unwrap_or_else(|| panic!("{id} has no secrets")).machine_token.expose().to_owned()
    }

    /// Deletes a Linode as its account's owner can, past the product.
    pub async fn delete_at_provider(&self, linode: u64) {
        let secrets = std::fs::read(self.state_dir().join("secrets.json")).unwrap_or_default();
        let secrets: Value = serde_json::from_slice(&secrets).unwrap_or_default();
        let url = format!("http://{}/v4/linode/instances/{linode}", self.local().pocket().address());
        let token = secrets["linode_token"].as_str().unwrap_or_default();
        let answer = self.client.delete(url).bearer_auth(token).send().await;
        assert!(answer.is_ok_and(|answer| answer.status().is_success()), "the provider did not delete {linode}");
    }

    pub fn machines(&self) -> Vec<MachineSnapshot> {
        self.local().pocket().machines()
    }

    /// A class of this code with the lab `lab-one`.
    pub async fn class(&self, code: &str) -> TestClass {
        let body = json!({ "code": code, "title": "A class" });
        let answer = self.operator().send_json(Method::POST, "/api/admin/classes", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let class = TestClass { id: answer.text("id").to_owned(), code: code.to_owned() };
        self.lab(&class, "lab-one", &lab_files()).await;
        class
    }

    pub async fn lab(&self, class: &TestClass, slug: &str, files: &Value) {
        let path = format!("/api/admin/classes/{}/labs/{slug}", class.id);
        let answer = self.operator().send_json(Method::PUT, &path, files).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Adds a trainee and signs in.
    pub async fn trainee(&self, class: &TestClass, name: &str) -> Session {
        let path = format!("/api/admin/classes/{}/members", class.id);
        let body = json!({ "name": name, "display_name": name, "password": PASSWORD });
        let answer = self.operator().send_json(Method::POST, &path, &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let answer = self.login(&class.code, name, PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.anonymous().with_token(answer.text("token"))
    }

    /// The id of who is signed in.
    pub async fn id_of(&self, who: &Session) -> String {
        let me = who.get("/api/me").await;
        let id = if me.text("kind") == "trainee" { me.text("member.id") } else { me.text("instructor.id") };
        assert!(!id.is_empty(), "{me:?}");
        id.to_owned()
    }

    /// Makes an instructor, signed in, who teaches nothing yet.
    pub async fn new_instructor(&self, name: &str) -> Session {
        let body = json!({ "name": name, "display_name": name, "password": PASSWORD });
        let answer = self.operator().send_json(Method::POST, "/api/admin/instructors", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let body = json!({ "name": name, "password": PASSWORD, "session": "bearer" });
        let answer = self.anonymous().send_json(Method::POST, "/api/login", &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        self.anonymous().with_token(answer.text("token"))
    }

    /// Makes an instructor who teaches this class.
    pub async fn instructor(&self, class: &TestClass, name: &str) -> Session {
        let session = self.new_instructor(name).await;
        let id = self.id_of(&session).await;
        self.edit_class(class, |settings| settings["instructors"] = json!([id])).await;
        session
    }

    /// Changes a class's settings, as the operator.
    pub async fn edit_class(&self, class: &TestClass, change: impl FnOnce(&mut Value)) -> Answer {
        let path = format!("/api/admin/classes/{}", class.id);
        let read = self.operator().get(&path).await;
        let mut settings = settings_of(&read.body);
        change(&mut settings);
        let answer = self.operator().edit(&path, &read.etag, &settings).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer
    }

    /// Signs in for a Bearer token.
    pub async fn login(&self, code: &str, name: &str, password: &str) -> Answer {
        let body = json!({ "class_code": code, "name": name, "password": password, "session": "bearer" });
        self.anonymous().send_json(Method::POST, "/api/login", &body).await
    }

    /// Presses Play.
    pub async fn play(&self, who: &Session, lab: &str) -> Answer {
        let answer = who.post(&format!("/api/labs/{lab}/start")).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        answer
    }

    /// Waits until one's environment has this status.
    ///
    /// # Panics
    /// When it does not come to it in time.
    pub async fn until(&self, who: &Session, environment: &str, status: &str) -> Answer {
        let path = format!("/api/environments/{environment}");
        eventually(status, async || {
            let answer = who.get(&path).await;
            (answer.text("status") == status).then_some(answer)
        })
        .await
    }

    /// Presses Play and waits until one can work; the environment's id.
    pub async fn running(&self, who: &Session, lab: &str) -> String {
        let id = self.play(who, lab).await.text("id").to_owned();
        self.until(who, &id, "ready").await;
        id
    }

    pub async fn stop(&self, who: &Session, environment: &str) -> Answer {
        who.post(&format!("/api/environments/{environment}/stop")).await
    }

    /// Stops one's environment and waits until it is gone.
    pub async fn end(&self, who: &Session, environment: &str) -> Answer {
        self.stop(who, environment).await;
        self.until(who, environment, "gone").await
    }

    /// Ends the system.
    ///
    /// # Panics
    /// When a machine was left behind: every test cleans up through the product.
    pub async fn finish(mut self) {
        let left = self.machines();
        if let Some(local) = self.local.take() {
            local.shutdown().await;
        }
        assert!(left.is_empty(), "machines were left behind: {left:?}");
    }
}

/// Of a class as it was read, what can be edited.
pub fn settings_of(class: &Value) -> Value {
    let mut settings = class.clone();
    if let Some(fields) = settings.as_object_mut() {
        for derived in ["id", "code", "state", "created_at", "archived_at", "spending", "people"] {
            fields.remove(derived);
        }
    }
    settings
}

impl Drop for TestApp {
    fn drop(&mut self) {
        assert!(self.local.is_none() || std::thread::panicking(), "end a test with TestApp::finish");
    }
}
