//! Getting a certificate from whichever directory gives one.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rustls::crypto::CryptoProvider;
use tokio::time::{Instant, sleep, timeout_at};

use super::certificate::Certificate;
use super::client::AcmeClient;
use super::directory::Directory;
use super::refusal::Refusal;
use super::shown::Shown;
use crate::backoff::Backoff;

/// A directory that hangs must leave time for the next one.
const DIRECTORY_LIMIT: Duration = Duration::from_secs(60);
/// Let's Encrypt allows five failed validations of an address in an hour
/// (<https://letsencrypt.org/docs/rate-limits/>).
const MOST_LOOKS: u32 = 4;
const MOST_ROUNDS: u32 = 30;

/// The directories in the order in which they are asked.
pub(super) struct Issuer {
    pub(super) directories: Vec<Directory>,
    pub(super) client: AcmeClient,
    pub(super) shown: Arc<Shown>,
    pub(super) provider: Arc<CryptoProvider>,
    /// For all tries of one certificate.
    pub(super) limit: Duration,
}

/// No directory gave a certificate. Says which directory refused with what words.
#[derive(Debug)]
pub(crate) struct NoCertificate {
    address: IpAddr,
    refusals: Vec<(String, String)>,
}

impl std::error::Error for NoCertificate {}

impl fmt::Display for NoCertificate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "no certificate for {}", self.address)?;
        for (index, (directory, why)) in self.refusals.iter().enumerate() {
            write!(formatter, "{} {directory}: {why}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

/// What one directory has said so far.
#[derive(Default)]
struct Asked {
    refusal: Option<Refusal>,
    looks: u32,
}

impl Asked {
    fn may_be_asked(&self) -> bool {
        match self.refusal {
            Some(Refusal::Final(_)) => false,
            Some(Refusal::Unseen(_) | Refusal::Passing(_)) | None => self.looks < MOST_LOOKS,
        }
    }

    fn refused(&mut self, refusal: Refusal) {
        self.looks += u32::from(matches!(refusal, Refusal::Unseen(_)));
        self.refusal = Some(refusal);
    }

    fn words(self) -> String {
        self.refusal.map_or_else(|| "not asked in time".to_owned(), |refusal| refusal.to_string())
    }
}

impl Issuer {
    /// Asks each directory in turn, and those whose refusal may pass again after a pause, until one gives a certificate
    /// or the time is over.
    pub(super) async fn obtain(&self, address: IpAddr) -> Result<Certificate, NoCertificate> {
        let end = Instant::now() + self.limit;
        let mut backoff = Backoff::patient();
        let mut asked: Vec<Asked> = self.directories.iter().map(|_| Asked::default()).collect();
        for _ in 0..MOST_ROUNDS {
            for (directory, asked) in self.directories.iter().zip(&mut asked) {
                if !asked.may_be_asked() || Instant::now() >= end {
                    continue;
                }
                match self.ask(directory, address, end).await {
                    Ok(certificate) => return Ok(certificate),
                    Err(refusal) => {
                        tracing::warn!(acme.directory = directory.name(), error = %refusal, "no certificate from here");
                        asked.refused(refusal);
                    }
                }
            }
            let pause = backoff.next(None);
            if !asked.iter().any(Asked::may_be_asked) || Instant::now() + pause >= end {
                break;
            }
            sleep(pause).await;
        }
        let names = self.directories.iter().map(|directory| directory.name().to_owned());
        Err(NoCertificate { address, refusals: names.zip(asked.into_iter().map(Asked::words)).collect() })
    }

    async fn ask(&self, directory: &Directory, address: IpAddr, end: Instant) -> Result<Certificate, Refusal> {
        let started = Instant::now();
        let limit = end.min(started + DIRECTORY_LIMIT);
        let order = directory.order(address, &self.shown, &self.client, &self.provider);
        let pem =
            timeout_at(limit, order).await.unwrap_or_else(|_| Err(Refusal::Passing("it took too long".to_owned())))?;
        let certificate = Certificate::from_pem(pem, address, SystemTime::now(), &self.provider)
            .map_err(|error| Refusal::Final(format!("what it gave is no use: {error}")))?;
        let duration_ms = started.elapsed().as_millis();
        tracing::info!(acme.directory = directory.name(), duration_ms, "the certificate is there");
        Ok(certificate)
    }
}
