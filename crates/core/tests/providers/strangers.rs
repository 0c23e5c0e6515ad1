//! Answers that speak of a machine as nobody asked for it, or as no machine can be.

use brihaspati_core::domain::placement::ProviderKind;
use brihaspati_core::providers::{Lookup, Machine, ProviderError};
use serde_json::{Value, json};

use crate::documents::{label_field, labelled, machine, one, page};
use crate::scripted::ScriptedCloud;
use crate::{client, spec};

async fn created(provider: ProviderKind, answered: &Value) -> Result<Machine, ProviderError> {
    let cloud = ScriptedCloud::answering([one(provider, answered)]).await;
    client(provider, &cloud.url).create(&spec(provider)).await
}

async fn seen(provider: ProviderKind, answered: &Value) -> Result<Machine, ProviderError> {
    let cloud = ScriptedCloud::answering([one(provider, answered)]).await;
    match client(provider, &cloud.url).get("7").await? {
        Lookup::Exists(machine) => Ok(machine),
        Lookup::Absent { evidence } => panic!("{evidence}"),
    }
}

/// The machine with one field said otherwise.
fn with(provider: ProviderKind, field: &str, value: &Value) -> Value {
    let mut machine = machine(provider);
    machine[field] = value.clone();
    machine
}

fn without(provider: ProviderKind, field: &str) -> Value {
    let mut machine = machine(provider);
    machine.as_object_mut().unwrap().remove(field);
    machine
}

#[tokio::test]
async fn a_create_that_is_answered_with_a_strangers_machine_is_garbage() {
    for provider in ProviderKind::ALL {
        let another = labelled(provider, 7, "mail-server");
        let another_case = labelled(provider, 7, "LAB-01JD9-1");
        for answered in [
            another,
            another_case,
            with(provider, "tags", &json!([])),
            with(provider, "tags", &json!(null)),
            with(provider, "tags", &json!(["production", "env-01jd9"])),
        ] {
            assert_eq!(created(provider, &answered).await, Err(ProviderError::Garbage), "{answered}");
        }
    }
}

#[tokio::test]
async fn a_tag_in_another_case_is_still_ours() {
    for provider in ProviderKind::ALL {
        let answered = with(provider, "tags", &json!(["Brihaspati-DEMO"]));
        assert!(created(provider, &answered).await.is_ok(), "{provider}");
    }
}

#[tokio::test]
async fn a_question_for_one_machine_that_is_answered_with_another_is_garbage() {
    for provider in ProviderKind::ALL {
        let answered = labelled(provider, 8, "lab-01jd9-1");
        assert_eq!(seen(provider, &answered).await, Err(ProviderError::Garbage), "{provider}");
    }
}

#[tokio::test]
async fn a_machine_without_a_true_identifier_is_garbage() {
    for provider in ProviderKind::ALL {
        for id in [json!(0), json!(-7), json!("7"), json!(7.5), json!(1e300), json!(null), json!([7]), json!({})] {
            let answered = with(provider, "id", &id);
            assert_eq!(created(provider, &answered).await, Err(ProviderError::Garbage), "{provider} {id}");
        }
        assert_eq!(created(provider, &without(provider, "id")).await, Err(ProviderError::Garbage), "{provider}");
    }
}

#[tokio::test]
async fn the_largest_identifier_there_can_be_is_kept_exactly() {
    for provider in ProviderKind::ALL {
        let machine = created(provider, &with(provider, "id", &json!(u64::MAX))).await.unwrap();
        assert_eq!(machine.id, u64::MAX.to_string());
    }
}

#[tokio::test]
async fn fields_of_another_type_are_garbage() {
    for provider in ProviderKind::ALL {
        let label = label_field(provider);
        for (field, value) in [
            (label, json!(7)),
            (label, json!(null)),
            (label, json!("x".repeat(300))),
            (label, json!("lab\n01")),
            ("tags", json!("brihaspati-demo")),
            ("tags", json!([7])),
            ("status", json!(true)),
            ("region", json!(7)),
        ] {
            let answered = with(provider, field, &value);
            assert_eq!(seen(provider, &answered).await, Err(ProviderError::Garbage), "{provider} {field}");
        }
        assert_eq!(seen(provider, &without(provider, label)).await, Err(ProviderError::Garbage), "{provider}");
    }
}

#[tokio::test]
async fn a_time_of_creation_that_cannot_be_is_none() {
    for provider in ProviderKind::ALL {
        let field = if provider == ProviderKind::Linode { "created" } else { "created_at" };
        for time in ["9999-12-30T22:00:00Z", "2100-01-01T00:00:00", "-009999-01-01T00:00:00Z", "yesterday", ""] {
            let machine = seen(provider, &with(provider, field, &json!(time))).await.unwrap();
            assert_eq!(machine.created_at, None, "{provider} {time}");
        }
    }
}

fn at(provider: ProviderKind, addresses: &[&str]) -> Value {
    match provider {
        ProviderKind::Linode => with(provider, "ipv4", &json!(addresses)),
        ProviderKind::DigitalOcean => {
            let network = |address: &&str| json!({ "ip_address": address, "type": "public" });
            let v4: Vec<Value> = addresses.iter().map(network).collect();
            with(provider, "networks", &json!({ "v4": v4 }))
        }
    }
}

#[tokio::test]
async fn an_address_that_no_browser_could_reach_is_passed_over() {
    let useless = [
        "10.1.2.3",
        "172.16.0.9",
        "192.168.130.7",
        "169.254.169.254",
        "224.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "192.0.2.1",
        "198.51.100.4",
        "203.0.113.1",
        "::1",
        "2001:db8::1",
        "2a01:7e00::1",
        "999.1.1.1",
        "172.104.1",
        "example.com",
        "",
    ];
    for provider in ProviderKind::ALL {
        for address in useless {
            let machine = seen(provider, &at(provider, &[address])).await.unwrap();
            assert_eq!(machine.address, None, "{provider} {address}");
            let machine = seen(provider, &at(provider, &[address, "172.104.1.2"])).await.unwrap();
            assert_eq!(machine.address, Some("172.104.1.2".parse().unwrap()), "{provider} {address}");
        }
    }
}

#[tokio::test]
async fn a_public_address_goes_before_a_loopback_one() {
    for provider in ProviderKind::ALL {
        let machine = seen(provider, &at(provider, &["127.0.0.1", "172.104.1.2"])).await.unwrap();
        assert_eq!(machine.address, Some("172.104.1.2".parse().unwrap()), "{provider}");
    }
}

#[tokio::test]
async fn a_machine_with_our_label_that_is_not_ours_is_found_as_what_it_is() {
    for provider in ProviderKind::ALL {
        let foreign = with(provider, "tags", &json!(["production"]));
        let cloud = ScriptedCloud::answering([page(provider, 1, 1, &[foreign])]).await;

        let found = client(provider, &cloud.url).find("lab-01jd9-1").await.unwrap();

        assert_eq!(found.len(), 1);
        assert_eq!(found[0].tags, ["production"], "whoever adopts it must see that");
    }
}
