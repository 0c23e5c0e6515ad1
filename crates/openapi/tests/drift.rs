#[test]
fn the_committed_document_is_what_the_code_says() {
    let committed = include_str!("../../../docs/openapi.json");
    let current = openapi::document().unwrap();
    assert!(committed == current, "docs/openapi.json is out of date: run `cargo run -p openapi > docs/openapi.json`");
}
