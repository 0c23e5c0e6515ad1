//! One ACME directory (RFC 8555), asked for a certificate for an IP address (RFC 8738).

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Error, Identifier, NewAccount, NewOrder, Order, OrderStatus,
    RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, DistinguishedName, KeyPair};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use tokio::sync::OnceCell;

use super::client::AcmeClient;
use super::refusal::Refusal;
use super::shown::{Answering, Shown};
use crate::secret::Secret;

/// Let's Encrypt issues for addresses under this profile alone (<https://letsencrypt.org/docs/profiles/>).
const PROFILE: &str = "shortlived";
const POLLING: RetryPolicy =
    RetryPolicy::new().initial_delay(Duration::from_millis(250)).backoff(1.5).timeout(Duration::from_secs(30));

/// A directory and this machine's account there.
pub(super) struct Directory {
    url: String,
    /// Made at the first order and used from then on: directories limit new accounts, too.
    account: OnceCell<Account>,
}

impl Directory {
    pub(super) fn new(url: String) -> Self {
        Self { url, account: OnceCell::new() }
    }

    /// What people call it.
    pub(super) fn name(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        rest.split_once('/').map_or(rest, |(host, _)| host)
    }

    /// Orders a certificate: its private key and its chain, in PEM.
    pub(super) async fn order(
        &self,
        address: IpAddr,
        shown: &Arc<Shown>,
        client: &AcmeClient,
        provider: &CryptoProvider,
    ) -> Result<Secret, Refusal> {
        let account = self.account.get_or_try_init(|| self.join(client.clone())).await?;
        let identifiers = [Identifier::Ip(address)];
        let mut wanted = NewOrder::new(&identifiers);
        // Directories without profiles pass over the field without a word.
        if account.profiles().any(|profile| profile.name == PROFILE) {
            wanted = wanted.profile(PROFILE);
        }
        let mut order = account.new_order(&wanted).await?;
        let answering = answer(&mut order, address, shown, provider).await?;
        let validated = order.poll_ready(&POLLING).await;
        drop(answering);
        match validated {
            Ok(OrderStatus::Ready) => {}
            Ok(_) => return Err(why_invalid(&mut order).await),
            Err(error) => return Err(error.into()),
        }
        let key = order.finalize().await?;
        let chain = order.poll_certificate(&POLLING).await?;
        Ok(Secret::new(format!("{key}{chain}")))
    }

    async fn join(&self, client: AcmeClient) -> Result<Account, Error> {
        let account = NewAccount { contact: &[], terms_of_service_agreed: true, only_return_existing: false };
        let (account, _) =
            Account::builder_with_http(Box::new(client)).create(&account, self.url.clone(), None).await?;
        Ok(account)
    }
}

/// Lays the answers to the order's challenges out and asks the directory to look. A directory that still remembers the
/// address needs no answer.
async fn answer(
    order: &mut Order,
    address: IpAddr,
    shown: &Arc<Shown>,
    provider: &CryptoProvider,
) -> Result<Option<Answering>, Refusal> {
    let mut answering = None;
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let mut challenge = authorization
            .challenge(ChallengeType::TlsAlpn01)
            .ok_or_else(|| Refusal::Final("it offers no tls-alpn-01 for addresses".to_owned()))?;
        let proof = proof(address, challenge.key_authorization().digest().as_ref(), provider)
            .map_err(|error| Refusal::Final(error.to_string()))?;
        answering = Some(shown.answer(proof));
        challenge.set_ready().await?;
    }
    Ok(answering)
}

/// The certificate that RFC 8737, section 3, wants to see, for an address (RFC 8738, section 6).
fn proof(address: IpAddr, digest: &[u8], provider: &CryptoProvider) -> Result<CertifiedKey, Error> {
    let other = |error: rcgen::Error| Error::Other(Box::new(error));
    let mut params = CertificateParams::new([address.to_string()]).map_err(other)?;
    params.distinguished_name = DistinguishedName::new();
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate().map_err(other)?;
    let certificate = params.self_signed(&key).map_err(other)?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let key = provider.key_provider.load_private_key(key).map_err(|error| Error::Other(Box::new(error)))?;
    Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
}

/// The reason stands with the challenge that failed.
async fn why_invalid(order: &mut Order) -> Refusal {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        if let Ok(state) = authorization.refresh().await
            && let Some(problem) = state.challenges.iter().find_map(|challenge| challenge.error.clone())
        {
            return Error::Api(problem).into();
        }
    }
    Refusal::Unseen("it did not accept the answer to its challenge".to_owned())
}
