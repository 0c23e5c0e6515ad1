//! The machine's own address, where nobody has told it.

use std::io;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};

/// Anywhere in the internet: a documentation address (RFC 5737), to which nothing is sent.
const ANYWHERE: (Ipv4Addr, u16) = (Ipv4Addr::new(203, 0, 113, 1), 443);

/// The address from which this machine talks to the internet, if the internet can talk to it there. At Linode and
/// DigitalOcean a machine's public IPv4 address is its interface's own.
pub(super) fn of_the_route() -> io::Result<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
    socket.connect(ANYWHERE)?;
    match socket.local_addr()?.ip() {
        IpAddr::V4(address) if is_public(address) => Ok(address.into()),
        address => Err(io::Error::other(format!("{address} is no public address"))),
    }
}

/// Leaves out private, shared (RFC 6598) and special addresses.
fn is_public(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    !(address.is_private() || address.is_loopback() || address.is_link_local() || shared || first == 0 || first >= 224)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_internet_reaches_is_public() {
        for address in ["10.0.0.5", "127.0.0.1", "100.64.0.1", "169.254.1.1", "192.168.1.2", "0.0.0.0", "224.0.0.1"] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        assert!(is_public("172.104.1.2".parse().unwrap()));
    }
}
