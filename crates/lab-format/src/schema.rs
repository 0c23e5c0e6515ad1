//! `lab.yaml` described for editors.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::manifest::LabManifest;

/// The JSON Schema (draft 7, which every editor's YAML support knows) of `lab.yaml`.
pub fn lab_schema() -> Value {
    let mut schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<LabManifest>();
    schema.insert("title".into(), "A lab of Brihaspati: lab.yaml".into());
    tidy(schema.to_value())
}

/// Keys in order whatever else is compiled in, descriptions that editors may wrap, no formats of Rust.
fn tidy(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(tidy).collect(),
        Value::Object(fields) => {
            let mut fields: Vec<(String, Value)> = fields.into_iter().collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            let kept = fields.into_iter().filter_map(|(name, value)| match (name.as_str(), value) {
                ("format", Value::String(_)) => None,
                ("description", Value::String(text)) => Some((name, text.replace('\n', " ").into())),
                (_, value) => Some((name, tidy(value))),
            });
            Value::Object(kept.collect::<Map<_, _>>())
        }
        scalar => scalar,
    }
}
