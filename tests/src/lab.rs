use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// The `lab.yaml` of the smallest lab, its first placement at Linode, its second at DigitalOcean.
pub const MANIFEST: &str = "title: A lab\nsummary: For tests\nminutes: 30\nplacements:\n  \
    - { provider: linode, region: eu-central, size: g6-nanode-1, image: linode/debian12 }\n  \
    - { provider: digitalocean, region: fra1, size: s-1vcpu-1gb, image: debian-12-x64 }\n";

/// The smallest lab.
pub fn lab_files() -> Value {
    lab_files_with(MANIFEST, "#!/bin/sh\n")
}

/// The same lab with these checks, `checks/NAME.sh` each.
pub fn lab_files_checking(manifest: &str, checks: &[(&str, &str)]) -> Value {
    let mut lab = lab_files_with(manifest, "#!/bin/sh\n");
    if let Some(files) = lab["files"].as_array_mut() {
        files.extend(checks.iter().map(|(name, script)| {
            json!({ "path": format!("checks/{name}.sh"), "executable": true, "content": STANDARD.encode(script) })
        }));
    }
    lab
}

/// A lab of this `lab.yaml` and `setup.sh`.
pub fn lab_files_with(manifest: &str, setup: &str) -> Value {
    let file = |path: &str, text: &str, executable: bool| json!({ "path": path, "executable": executable, "content": STANDARD.encode(text) });
    json!({ "files": [
        file("lab.yaml", manifest, false),
        file("guide.md", "# The guide\n", false),
        file("setup.sh", setup, true),
        file("files/hello.txt", "hello from the lab\n", false),
    ] })
}
