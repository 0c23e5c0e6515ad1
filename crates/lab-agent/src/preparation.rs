//! Between the bundle and a lab that is ready: the certificate and `setup.sh`, side by side.

use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::report::{Report, Stage};
use crate::reporter::Reporter;
use crate::tls::{Secured, Tls};

/// A machine with a trainee's work on it asks again for a certificate after this long.
const PAUSE: Duration = Duration::from_mins(5);

/// What a machine needs before it can be ready.
pub(crate) struct Preparation<'a> {
    /// None for machines that are reached by plain HTTP.
    pub(crate) tls: Option<&'a Tls>,
    /// The machine's own, if the control plane knows it already.
    pub(crate) address: Option<IpAddr>,
    pub(crate) was_set_up: bool,
    pub(crate) stop: &'a CancellationToken,
}

impl Preparation<'_> {
    /// Does what is missing, and tells which of the two is being waited for: first the certificate, then the setup.
    pub(crate) async fn run(
        self,
        set_up: impl Future<Output = Result<(), Failure>>,
        reporter: &Reporter,
    ) -> Result<(), Failure> {
        let mut set_up = pin!(set_up);
        let mut is_set_up = self.was_set_up;
        if let Some(tls) = self.tls {
            let address = Tls::address(self.address).map_err(Failure::Address)?;
            let secured = match tls.resume(address) {
                Some(secured) => secured,
                None => {
                    reporter.tell(Report::stage(Stage::Certificate)).await;
                    let mut secured = pin!(self.secure(tls, address));
                    loop {
                        tokio::select! {
                            secured = &mut secured => break secured?,
                            done = &mut set_up, if !is_set_up => {
                                done?;
                                is_set_up = true;
                            }
                        }
                    }
                }
            };
            tls.keep_current(secured, self.stop.clone());
        }
        if !is_set_up {
            reporter.tell(Report::stage(Stage::SettingUp)).await;
            set_up.await?;
        }
        Ok(())
    }

    /// Where the lab was set up before, a trainee's work lies: that machine asks on until its deadline.
    async fn secure(&self, tls: &Tls, address: IpAddr) -> Result<Secured, Failure> {
        loop {
            match tls.secure(address).await {
                Ok(secured) => return Ok(secured),
                Err(error) if !self.was_set_up => return Err(error.into()),
                Err(error) => tracing::error!(error = %error, "the lab cannot be reached"),
            }
            sleep(PAUSE.mul_f64(rand::random_range(0.5..=1.0))).await;
        }
    }
}
