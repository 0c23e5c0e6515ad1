//! Where browsers reach a machine.

use std::net::IpAddr;

use crate::config::{Settings, SettingsError};

/// Where a directory looks whether an address belongs to who asks for its certificate (RFC 8737, section 3).
const VALIDATED_PORT: u16 = 443;

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
        let port = rest.strip_prefix("{address}:").and_then(|port| port.parse::<u16>().ok()).ok_or_else(wrong)?;
        if !matches!(scheme, "http" | "https") || port == 0 || port > 65_500 {
            return Err(wrong());
        }
        if scheme == "https" && port != VALIDATED_PORT {
            return Err(SettingsError::new(name, "must have port 443: certificates are given for what listens there"));
        }
        if scheme == "http" && !portal_is_on_loopback(settings) {
            return Err(SettingsError::new(
                name,
                "is plain http, which is for a PORTAL_ORIGIN on a loopback address only",
            ));
        }
        Ok(Self { scheme: scheme.to_owned(), port })
    }

    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether browsers may be sent to this address: a loopback one for plain http, a public IPv4 or IPv6 one otherwise. An
    /// access secret must not go to whatever listens on a trainee's own computer or network.
    pub fn may_lead_to(&self, address: IpAddr) -> bool {
        if self.scheme == "http" { address.is_loopback() } else { is_public(address) }
    }

    /// Where the terminal's WebSocket is.
    pub fn terminal(&self, address: IpAddr) -> String {
        let scheme = if self.scheme == "https" { "wss" } else { "ws" };
        format!("{scheme}://{}/terminal", std::net::SocketAddr::new(address, self.port))
    }

    /// Where the n-th web tab is, from 0.
    pub fn tab(&self, address: IpAddr, index: u16) -> String {
        format!("{}://{}", self.scheme, std::net::SocketAddr::new(address, self.port + 1 + index))
    }
}

/// Not one of the special-purpose addresses of the IANA registries (RFC 6890).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, third, _] = v4.octets();
            let shared = first == 100 && (64..128).contains(&second);
            let benchmark = first == 198 && (second == 18 || second == 19);
            let protocol = first == 192 && ((second == 0 && third == 0) || (second == 88 && third == 99));
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_documentation()
                || v4.is_multicast()
                || shared
                || benchmark
                || protocol
                || first == 0
                || first >= 240)
        }
        // Global unicast is 2000::/3, but for protocols (2001::/23), 6to4 (2002::/16) and documentation.
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            let documentation = (first == 0x2001 && second == 0xdb8) || (first == 0x3fff && second < 0x1000);
            let protocol = (first == 0x2001 && second < 0x200) || first == 0x2002;
            first & 0xe000 == 0x2000 && !documentation && !protocol
        }
    }
}

fn portal_is_on_loopback(settings: &Settings) -> bool {
    let origin = settings.get("PORTAL_ORIGIN").or_else(|| settings.get("CONTROL_PLANE_URL")).unwrap_or_default();
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
            variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<HashMap<_, _>>(),
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

    #[test]
    fn https_is_where_certificates_are_validated() {
        assert!(read("https://{address}:8443", "https://portal.example").is_err());
    }

    #[test]
    fn browsers_are_sent_to_public_addresses_only() {
        let public = read("https://{address}:443", "https://portal.example").unwrap();
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "192.0.0.9",
            "192.88.99.1",
            "2001:db8::1",
            "2002::1",
            "2001::1",
            "3fff::1",
            "::1",
            "fe80::1",
        ] {
            assert!(!public.may_lead_to(address.parse().unwrap()), "{address}");
        }
        for address in ["172.104.1.2", "8.8.8.8", "2a01:7e00::1"] {
            assert!(public.may_lead_to(address.parse().unwrap()), "{address}");
        }
        let local = read("http://{address}:7080", "http://127.0.0.1:8080").unwrap();
        assert!(local.may_lead_to("127.64.0.1".parse().unwrap()));
        assert!(!local.may_lead_to("8.8.8.8".parse().unwrap()));
    }
}
