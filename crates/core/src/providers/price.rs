//! Prices as providers write them: US dollars, as decimal numbers. They are believed and kept only within bounds.

use super::machine::Name;
use crate::domain::price::SizePrices;

/// The longest name of a size or region that a lab can ask for.
const MAX_NAME_BYTES: usize = 64;
/// Prices kept of one provider, those of regions included. All of them fit into one item of the table (400 kB); either
/// provider has some hundred.
const MAX_PRICES: usize = 3000;
/// No size of either provider comes near it; a price beyond is a mistake, and a budget must not be built on it.
const DEAREST_HOUR_USD: f64 = 10_000.0;
const NANO_USD: f64 = 1e9;

/// Whole micro-USD, rounded up; nothing where it is no price. A machine is never free: a price of zero is a mistake, and
/// would make a budget endless.
pub(super) fn micro_usd(dollars: Option<f64>) -> Option<i64> {
    let dollars = dollars.filter(|dollars| *dollars > 0.0 && *dollars <= DEAREST_HOUR_USD)?;
    // Providers count in 32-bit floats here and there (0.00743999984115362): what is beyond a nano-dollar is noise.
    #[expect(clippy::cast_possible_truncation, reason = "between 0 and 1e13")]
    let nano = (dollars * NANO_USD).round() as i64;
    Some(nano.unsigned_abs().div_ceil(1000).max(1).cast_signed())
}

/// The name of a size or region, if a lab can ask for it.
pub(super) fn name(name: Name) -> Option<String> {
    Some(String::from(name)).filter(|name| (1..=MAX_NAME_BYTES).contains(&name.len()))
}

pub(super) fn too_many(sizes: &SizePrices) -> bool {
    sizes.values().map(|size| 1 + size.regions.len()).sum::<usize>() > MAX_PRICES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_become_micro_dollars_and_never_fewer() {
        let exact = [(0.0075, 7500), (0.018, 18_000), (0.00893, 8930), (0.00595, 5950), (1.1, 1_100_000)];
        for (dollars, micro) in exact {
            assert_eq!(micro_usd(Some(dollars)), Some(micro), "{dollars}");
        }
        assert_eq!(micro_usd(Some(0.007_439_999_841_153_62)), Some(7440), "a 32-bit float's noise is none");
        assert_eq!(micro_usd(Some(0.007_440_1)), Some(7441), "a part of a micro-dollar is a whole one");
        assert_eq!(micro_usd(Some(1e-9)), Some(1));
        assert_eq!(micro_usd(Some(1e-300)), Some(1));
    }

    #[test]
    fn what_is_no_price_is_none() {
        for wrong in [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, 10_000.1] {
            assert_eq!(micro_usd(Some(wrong)), None, "{wrong}");
        }
        assert_eq!(micro_usd(None), None);
    }
}
