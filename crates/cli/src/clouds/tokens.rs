//! Where the providers' tokens come from: the environment first, so that nothing of AWS is needed; else the stack's secrets.

use super::{Cloud, CloudKind};
use crate::aws::Aws;
use crate::deployment::Deployment;

/// The accounts that can be asked, and those that cannot.
pub(crate) struct Tokens {
    pub(crate) clouds: Vec<Cloud>,
    /// Providers that the installation uses, or may use, without a token at hand, and why.
    pub(crate) missing: Vec<(CloudKind, String)>,
}

/// `installation`: what could be read of the stack.
pub(crate) async fn tokens(installation: Option<(&Aws, &Deployment)>) -> Tokens {
    let mut tokens = Tokens { clouds: Vec::new(), missing: Vec::new() };
    for kind in CloudKind::ALL {
        let variables = match kind {
            CloudKind::Linode => ("LINODE_TOKEN", "LINODE_API_URL"),
            CloudKind::DigitalOcean => ("DIGITALOCEAN_TOKEN", "DIGITALOCEAN_API_URL"),
        };
        let deployment = installation.map(|(_, deployment)| deployment);
        let url = set(variables.1).or_else(|| deployment?.cloud_url(kind).map(str::to_owned));
        let token = match (set(variables.0), installation) {
            (Some(token), _) => Ok(token),
            (None, None) => Err(format!("no token: set {}", variables.0)),
            (None, Some((aws, deployment))) => match deployment.token_secret(kind) {
                // The installation does not use it.
                None => continue,
                Some(name) => stored(aws, name).await,
            },
        };
        let cloud = token.and_then(|token| Cloud::new(kind, url.as_deref(), token).map_err(|error| error.to_string()));
        match cloud {
            Ok(cloud) => tokens.clouds.push(cloud),
            Err(why) => tokens.missing.push((kind, why)),
        }
    }
    tokens
}

async fn stored(aws: &Aws, name: &str) -> Result<String, String> {
    let text = aws.secret(name).await.map_err(|error| error.to_string())?;
    let token = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    token.ok_or_else(|| format!("the secret {name} is empty"))
}

fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}
