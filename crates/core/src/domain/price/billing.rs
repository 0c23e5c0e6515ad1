//! The providers' rules of billing, each machine for itself.

use jiff::SignedDuration;

use crate::domain::placement::ProviderKind;

const HOUR: i64 = 3600;
/// DigitalOcean, since January 2026: a droplet costs at least a minute and at least a cent
/// (<https://docs.digitalocean.com/products/droplets/details/pricing/>).
const DIGITALOCEAN_LEAST_SECS: i64 = 60;
const DIGITALOCEAN_LEAST_MICRO_USD: i64 = 10_000;

/// What a machine costs that existed for `lived`, from its creation to its deletion, whether it was switched on or not.
///
/// Linode charges each started hour (<https://www.linode.com/pricing/>: "rates get rounded up to the nearest hour"),
/// DigitalOcean each second. The monthly caps of both are left out: no lab's machine lives for weeks. So is outbound
/// traffic beyond what the account's machines have included.
pub fn bill(provider: ProviderKind, hourly_micro_usd: i64, lived: SignedDuration) -> i64 {
    let hourly = u128::try_from(hourly_micro_usd).unwrap_or_default();
    let secs = lived.as_secs().saturating_add((lived.subsec_nanos() > 0).into()).max(0);
    let cost = match provider {
        ProviderKind::Linode => hourly * u128::from(secs.max(1).unsigned_abs().div_ceil(HOUR.unsigned_abs())),
        ProviderKind::DigitalOcean => {
            let secs = u128::from(secs.max(DIGITALOCEAN_LEAST_SECS).unsigned_abs());
            let used = (hourly * secs).div_ceil(u128::from(HOUR.unsigned_abs()));
            used.max(u128::from(DIGITALOCEAN_LEAST_MICRO_USD.unsigned_abs()))
        }
    };
    i64::try_from(cost).unwrap_or(i64::MAX)
}
