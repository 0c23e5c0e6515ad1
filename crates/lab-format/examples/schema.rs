//! Prints the JSON Schema of `lab.yaml`: `cargo run --package brihaspati-lab --example schema > docs/lab.schema.json`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{:#}", brihaspati_lab::lab_schema())
}
