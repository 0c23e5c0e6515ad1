use serde_json::Value;

use crate::installation::{Installation, mode};

fn key_ids(secret: &Value) -> Vec<String> {
    let set: Value = serde_json::from_str(secret["verifying_keys"].as_str().unwrap()).unwrap();
    set["keys"].as_array().unwrap().iter().map(|jwk| jwk["kid"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_the_secret_that_the_functions_read() {
    let here = Installation::start().await;
    let secret = here.run("keys new").await.exits(0).json();
    assert!(secret["signing_key"].as_str().unwrap().starts_with("-----BEGIN PRIVATE KEY-----\n"));
    assert_eq!(key_ids(&secret), [secret["signing_key_id"].as_str().unwrap()]);
    assert_ne!(here.run("keys new").await.exits(0).json(), secret);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_in_a_file_is_its_owners_and_never_written_over() {
    let here = Installation::start().await;
    let run = here.run("keys new --output keys.json").await.exits(0);
    assert_eq!(run.stdout, "");
    let file = here.home.path().join("keys.json");
    assert_eq!(mode(&file), 0o600);
    let before = std::fs::read(&file).unwrap();
    here.run("keys new --output keys.json").await.exits(2);
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_takes_three_steps_and_tells_the_next() {
    let here = Installation::start().await;
    let old = here.run("keys new").await.exits(0).json();
    let run = here.run_with(&["keys", "rotate", "--from", "-"], &old.to_string()).await.exits(0);
    assert!(run.stderr.contains("then rotate again"), "{}", run.stderr);
    let announced = run.json();
    assert_eq!((key_ids(&announced).len(), &announced["signing_key_id"]), (2, &old["signing_key_id"]));
    let switched = here.run_with(&["keys", "rotate", "--from", "-"], &announced.to_string()).await.exits(0).json();
    assert_eq!(key_ids(&switched), key_ids(&announced));
    assert_eq!(switched["signing_key_id"], key_ids(&announced)[1].as_str());
    let from = here.file("now.json", &switched.to_string());
    let forgotten = here.run(&format!("keys rotate --from {from}")).await.exits(0).json();
    assert_eq!(key_ids(&forgotten), [switched["signing_key_id"].as_str().unwrap()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_such_secret_is_refused() {
    let here = Installation::start().await;
    here.run_with(&["keys", "rotate", "--from", "-"], "{}").await.exits(1);
    here.run("keys rotate --from nosuch.json").await.exits(2);
}
