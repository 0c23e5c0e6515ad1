//! Loopback addresses for machines: each gets its own and none comes back before all others had their turn.

use std::collections::HashSet;
use std::net::Ipv4Addr;

/// A /16 without the addresses that end in 0 or 255.
#[derive(Debug)]
pub(crate) struct AddressPool {
    network: [u8; 2],
    /// The offset given out last, kept across restarts.
    cursor: u16,
}

impl AddressPool {
    pub(crate) fn new(network: Ipv4Addr, cursor: u16) -> Self {
        let [first, second, ..] = network.octets();
        Self { network: [first, second], cursor }
    }

    pub(crate) fn cursor(&self) -> u16 {
        self.cursor
    }

    /// The next address that nobody in `taken` has, or `None` when all are taken.
    pub(crate) fn next(&mut self, taken: &HashSet<Ipv4Addr>) -> Option<Ipv4Addr> {
        for _ in 0..=u16::MAX {
            self.cursor = self.cursor.wrapping_add(1);
            let [third, fourth] = self.cursor.to_be_bytes();
            let address = Ipv4Addr::new(self.network[0], self.network[1], third, fourth);
            if fourth != 0 && fourth != 255 && !taken.contains(&address) {
                return Some(address);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_address_is_not_given_out_again_at_once() {
        let mut pool = AddressPool::new(Ipv4Addr::new(127, 64, 0, 0), 0);
        assert_eq!(pool.next(&HashSet::new()), Some(Ipv4Addr::new(127, 64, 0, 1)));
        assert_eq!(pool.next(&HashSet::new()), Some(Ipv4Addr::new(127, 64, 0, 2)));
    }

    #[test]
    fn it_wraps_around_past_taken_and_reserved_addresses() {
        let mut pool = AddressPool::new(Ipv4Addr::new(127, 64, 0, 0), 0xfffe);
        let taken = HashSet::from([Ipv4Addr::new(127, 64, 0, 1)]);
        assert_eq!(pool.next(&taken), Some(Ipv4Addr::new(127, 64, 0, 2)));
    }
}
