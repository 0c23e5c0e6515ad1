//! Where an installation is.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

/// A portal's origin, below which the API lives. A token is sent there: so plain HTTP only on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(Url);

#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    #[error("is not a web address such as https://portal.example: {0}")]
    Malformed(String),
    #[error("must begin with https:// (http:// is for this machine only): the password would travel readable for all")]
    Plain,
}

impl Address {
    /// `path` begins with a slash and is already encoded.
    pub(super) fn join(&self, path: &str) -> String {
        format!("{self}{path}")
    }

    pub(crate) fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default();
        let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
        host == "localhost" || address.is_some_and(|address| address.is_loopback())
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let spelled = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let url = Url::parse(&spelled).map_err(|error| AddressError::Malformed(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !url.username().is_empty() {
            return Err(AddressError::Malformed("give scheme and host only".to_owned()));
        }
        if !matches!(url.path(), "/" | "/api" | "/api/") || url.query().is_some() || url.fragment().is_some() {
            return Err(AddressError::Malformed("leave out everything after the host".to_owned()));
        }
        let address = Self(url);
        if address.0.scheme() == "http" && !address.is_loopback() {
            return Err(AddressError::Plain);
        }
        Ok(address)
    }
}

/// Without a slash at its end.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.origin().ascii_serialization())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_origin_however_it_was_typed() {
        for text in
            ["https://portal.example", "https://portal.example/", "portal.example", " https://portal.example/api "]
        {
            assert_eq!(text.parse::<Address>().unwrap().to_string(), "https://portal.example", "{text}");
        }
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        assert!("http://127.0.0.1:8080".parse::<Address>().is_ok());
        assert!("http://[::1]:8080".parse::<Address>().is_ok());
        assert!("http://localhost:8080".parse::<Address>().is_ok());
        assert!(matches!("http://portal.example".parse::<Address>(), Err(AddressError::Plain)));
        assert!(matches!("http://127.0.0.1.example".parse::<Address>(), Err(AddressError::Plain)));
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in ["", "ftp://portal.example", "https://ada:secret@portal.example", "https://portal.example/labs"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
