//! The operator's AWS account in one region: from the environment, a profile, single sign-on or a credentials process.

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::tls::{Provider as TlsProvider, rustls_provider::CryptoMode};
use reqwest::{Client, Url, redirect};

use super::client::TIMEOUT;
use super::{AwsError, Kind};
use crate::failure::{Failure, wrong_usage};

#[derive(Clone)]
pub(crate) struct Aws {
    pub(super) client: Client,
    region: String,
    endpoint: Option<Url>,
    credentials: SharedCredentialsProvider,
}

impl Aws {
    /// `region` and `profile` before what the environment and the profile say; `AWS_ENDPOINT_URL` is honoured.
    pub(crate) async fn connect(region: Option<&str>, profile: Option<&str>) -> Result<Self, Failure> {
        let tls = aws_smithy_http_client::Builder::new().tls_provider(TlsProvider::Rustls(CryptoMode::Ring));
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(tls.build_https());
        if let Some(region) = region {
            loader = loader.region(Region::new(region.to_owned()));
        }
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        let config = loader.load().await;
        let region = config.region().map(ToString::to_string).filter(|region| is_region(region));
        let region = region.ok_or_else(|| wrong_usage("which AWS region? Give --region, or set AWS_REGION"))?;
        let endpoint = config.endpoint_url().map(Url::parse).transpose();
        let endpoint = endpoint.map_err(|error| wrong_usage(format!("AWS_ENDPOINT_URL is no address: {error}")))?;
        let credentials =
            config.credentials_provider().ok_or_else(|| Failure::NotSignedIn(NO_CREDENTIALS.to_owned()))?;
        let builder = Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none());
        // An endpoint of one's own is not behind the proxy that leads to AWS.
        let builder = if endpoint.is_some() { builder.no_proxy() } else { builder };
        let client = builder.build().map_err(|error| Failure::Unreachable(error.to_string()))?;
        Ok(Self { client, region, endpoint, credentials })
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// Where the service listens (<https://docs.aws.amazon.com/general/latest/gr/rande.html>), without a slash at its end.
    pub(super) fn endpoint(&self, service: &str) -> String {
        let suffix = if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        match &self.endpoint {
            Some(endpoint) => endpoint.as_str().trim_end_matches('/').to_owned(),
            None => format!("https://{service}.{}.{suffix}", self.region),
        }
    }

    pub(super) async fn credentials(&self, operation: &str) -> Result<Credentials, AwsError> {
        let credentials = self.credentials.provide_credentials().await;
        credentials.map_err(|error| AwsError {
            kind: Kind::Denied,
            operation: operation.to_owned(),
            message: format!("{NO_CREDENTIALS} ({error})"),
        })
    }
}

const NO_CREDENTIALS: &str = "there are no AWS credentials; set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`";

/// It becomes part of a host name.
fn is_region(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
