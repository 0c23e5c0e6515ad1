//! Prints the API's description: `cargo run -p openapi > docs/openapi.json`.

fn main() -> Result<(), serde_json::Error> {
    print!("{}", openapi::document()?);
    Ok(())
}
