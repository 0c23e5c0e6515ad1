//! The JSON Schema of `lab.yaml`.

use std::path::Path;

use serde_json::Value;

#[test]
fn the_schema_in_docs_is_that_of_the_types() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/lab.schema.json");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let generated = format!("{:#}\n", brihaspati_lab::lab_schema());
    assert!(
        written == generated,
        "docs/lab.schema.json is out of date: cargo run --package brihaspati-lab --example schema > docs/lab.schema.json"
    );
}

#[test]
fn every_field_is_described() {
    let schema = brihaspati_lab::lab_schema();
    let mut fields = 0;
    for part in std::iter::once(&schema).chain(schema["definitions"].as_object().unwrap().values()) {
        let properties = part["properties"].as_object().into_iter().flatten();
        for (name, field) in properties {
            let description = field["description"].as_str().unwrap_or_default();
            assert!(!description.is_empty(), "{name} has no description: {field:#}");
            fields += 1;
        }
        if part.get("properties").is_some() {
            assert_eq!(part["additionalProperties"], Value::Bool(false));
        }
    }
    assert!(fields >= 20, "{fields}");
}

#[test]
fn the_schema_knows_the_bounds() {
    let schema = brihaspati_lab::lab_schema();
    let minutes = &schema["properties"]["minutes"];
    assert_eq!((&minutes["minimum"], &minutes["maximum"]), (&Value::from(5), &Value::from(480)));
    assert_eq!(schema["properties"]["title"]["maxLength"], 80);
    assert_eq!(schema["properties"]["placements"]["maxItems"], 6);
    assert_eq!(schema["definitions"]["CheckSettings"]["properties"]["titles"]["maxProperties"], 40);
}
