//! A new certificate before the old one ends, for labs that live that long.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use tokio::time::sleep;

use super::Tls;
use super::certificate::Certificate;

/// The clock is looked at this often: a machine that slept, or whose clock was set, still renews in time.
const LOOK_EVERY: Duration = Duration::from_secs(600);
const SHORTEST_PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Renews for ever; whoever runs this ends it with the machine.
pub(super) async fn keep_current(tls: Tls, address: IpAddr, mut certificate: Certificate) {
    loop {
        wait_until(certificate.renew_at()).await;
        match tls.obtain(address).await {
            Ok(renewed) => certificate = renewed,
            Err(error) => {
                let left = certificate.left(SystemTime::now());
                tracing::error!(error = %error, left_secs = left.as_secs(), "the certificate could not be renewed");
                sleep(pause(left)).await;
            }
        }
    }
}

async fn wait_until(time: SystemTime) {
    while let Ok(left) = time.duration_since(SystemTime::now())
        && !left.is_zero()
    {
        sleep(left.min(LOOK_EVERY)).await;
    }
}

/// Several tries fit into what is left of the certificate's life, and directories are not pestered after it.
fn pause(left: Duration) -> Duration {
    (left / 10).clamp(SHORTEST_PAUSE, LONGEST_PAUSE).mul_f64(rand::random_range(0.5..=1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_renewal_is_tried_again_in_time_and_not_all_the_time() {
        for left in [0, 1, 600, 192_000, 10_000_000].map(Duration::from_secs) {
            let pause = pause(left);
            assert!(pause >= SHORTEST_PAUSE / 2 && pause <= LONGEST_PAUSE, "{left:?}: {pause:?}");
        }
    }
}
