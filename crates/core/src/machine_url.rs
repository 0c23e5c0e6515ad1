//! Where browsers reach a machine.

use std::net::IpAddr;

use crate::config::{Settings, SettingsError};

/// `MACHINE_URL` with its placeholder: `https://{address}:443`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineUrl {
    scheme: String,
    port: u16,
}

impl MachineUrl {
    /// Reads `MACHINE_URL`. Plain http is for machines on this very computer: it needs a portal there too.
    pub fn from_settings(settings: &Settings) -> Result<Self, SettingsError> {
        let name = "MACHINE_URL";
        let wrong = || SettingsError::new(name, "does not read like https://{address}:443");
        let text = settings.require(name)?;
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let port = rest
            .strip_prefix("{address}:")
            .and_then(|port| port.parse::<u16>().ok())
            .ok_or_else(wrong)?;
        if !matches!(scheme, "http" | "https") || port == 0 || port > 65_500 {
            return Err(wrong());
        }
        if scheme == "http" && !portal_is_on_loopback(settings) {
            return Err(SettingsError::new(
                name,
                "is plain http, which is for a PORTAL_ORIGIN on a loopback address only",
            ));
        }
        Ok(Self {
            scheme: scheme.to_owned(),
            port,
        })
    }

    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where the terminal's WebSocket is.
    pub fn terminal(&self, address: IpAddr) -> String {
        let scheme = if self.scheme == "https" { "wss" } else { "ws" };
        format!(
            "{scheme}://{}/terminal",
            std::net::SocketAddr::new(address, self.port)
        )
    }

    /// Where the n-th web tab is, from 0.
    pub fn tab(&self, address: IpAddr, index: u16) -> String {
        format!(
            "{}://{}",
            self.scheme,
            std::net::SocketAddr::new(address, self.port + 1 + index)
        )
    }
}

fn portal_is_on_loopback(settings: &Settings) -> bool {
    let origin = settings
        .get("PORTAL_ORIGIN")
        .or_else(|| settings.get("CONTROL_PLANE_URL"))
        .unwrap_or_default();
    reqwest::Url::parse(origin).is_ok_and(|url| match url.host_str() {
        Some("localhost") => true,
        Some(host) => host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
        None => false,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn read(url: &str, origin: &str) -> Result<MachineUrl, SettingsError> {
        let variables = [("MACHINE_URL", url), ("PORTAL_ORIGIN", origin)];
        MachineUrl::from_settings(&Settings::from_map(
            variables
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect::<HashMap<_, _>>(),
        ))
    }

    #[test]
    fn an_address_becomes_a_terminal_and_tabs() {
        let url = read("https://{address}:443", "https://portal.example").unwrap();
        let address = "203.0.113.7".parse().unwrap();
        assert_eq!(url.terminal(address), "wss://203.0.113.7:443/terminal");
        assert_eq!(url.tab(address, 1), "https://203.0.113.7:445");
    }

    #[test]
    fn plain_http_needs_a_portal_on_loopback() {
        assert!(read("http://{address}:7080", "http://127.0.0.1:8080").is_ok());
        assert!(read("http://{address}:7080", "https://portal.example").is_err());
        assert!(read("ftp://{address}:21", "http://127.0.0.1:8080").is_err());
        assert!(read("https://example.com:443", "https://portal.example").is_err());
    }
}
