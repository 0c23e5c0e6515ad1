//! Let's Encrypt's test server, Debian's package `pebble`. It looks at the very port that browsers use.

use std::net::IpAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::lab::{LabBuilder, PORT, eventually, own_address};
use crate::trust::{Identity, Trust};

pub(crate) struct Pebble {
    pub(crate) directory: String,
    /// Who vouches for the server itself.
    pub(crate) voucher: CertificateDer<'static>,
    /// The root of what it issues.
    pub(crate) trust: Trust,
    process: Child,
    _folder: TempDir,
}

impl Pebble {
    pub(crate) async fn start() -> Self {
        Self::issuing_for(Duration::from_secs(6 * 24 * 60 * 60)).await
    }

    /// It issues certificates of this life. Older versions know no profiles, newer ones nothing else.
    pub(crate) async fn issuing_for(life: Duration) -> Self {
        let shortlived = json!({ "description": "for addresses", "validityPeriod": life.as_secs() });
        let profiles = json!({ "shortlived": shortlived });
        Self::configured(json!({ "certificateValidityPeriod": life.as_secs(), "profiles": profiles })).await
    }

    /// It makes no accounts for strangers.
    pub(crate) async fn for_members_only() -> Self {
        let keys = json!({ "kid-1": "zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W" });
        Self::configured(json!({ "externalAccountBindingRequired": true, "externalAccountMACKeys": keys })).await
    }

    async fn configured(more: Value) -> Self {
        let address = own_address();
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        let identity = Identity::of(address);
        std::fs::write(file("certificate.pem"), &identity.certificate_pem).unwrap();
        std::fs::write(file("key.pem"), &identity.key_pem).unwrap();
        let mut config = json!({
            "listenAddress": format!("{address}:14000"), "managementListenAddress": format!("{address}:15000"),
            "certificate": file("certificate.pem"), "privateKey": file("key.pem"), "tlsPort": PORT, "httpPort": 80
        });
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        std::fs::write(file("config.json"), json!({ "pebble": config }).to_string()).unwrap();
        let process = Command::new("pebble")
            .arg("-strict")
            .arg("-config")
            .arg(file("config.json"))
            .env("PEBBLE_VA_NOSLEEP", "1")
            .env("PEBBLE_WFE_NONCEREJECT", "0")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("pebble can be started (scripts/setup --test installs it)");
        let root = root(address, &identity).await;
        Self {
            directory: format!("https://{address}:14000/dir"),
            voucher: identity.certificate,
            trust: Trust::in_root(&root),
            process,
            _folder: folder,
        }
    }

    pub(crate) fn stop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Pebble {
    fn drop(&mut self) {
        // It may have been stopped before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl LabBuilder {
    pub(crate) fn certified_by_pebble(self, pebble: &Pebble) -> Self {
        self.certified_by(&pebble.directory, Some(&pebble.voucher))
    }
}

/// Its root, as soon as it has one.
async fn root(address: IpAddr, identity: &Identity) -> CertificateDer<'static> {
    let trust = Trust::in_root(&identity.certificate);
    let ask = |path: &str| {
        let request = Request::get(format!("https://{address}{path}")).body(Body::empty()).unwrap();
        trust.send(request)
    };
    eventually("pebble", || async { ask(":14000/dir").await.is_ok() && ask(":15000/roots/0").await.is_ok() }).await;
    let (_, pem) = ask(":15000/roots/0").await.unwrap();
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}
