//! An installation as its stack describes it: outputs first, parameters where an older template had no output for it.

use crate::aws::{Aws, Stack};
use crate::clouds::CloudKind;
use crate::failure::Failure;

#[derive(Clone, Debug)]
pub(crate) struct Deployment {
    pub(crate) stack: Stack,
}

impl Deployment {
    /// # Errors
    /// Where there is no stack of this name.
    pub(crate) async fn read(aws: &Aws, name: &str) -> Result<Self, Failure> {
        match aws.stack(name).await? {
            Some(stack) => Ok(Self { stack }),
            None => Err(Failure::NotFound(format!(
                "there is no stack “{name}” in {}; give --stack and --region as in samconfig.toml",
                aws.region()
            ))),
        }
    }

    /// What the stack calls `name`, if it is not empty.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        let found = self.stack.outputs.get(name).or_else(|| self.stack.parameters.get(name));
        found.map(String::as_str).filter(|value| !value.is_empty())
    }

    /// # Errors
    /// Where the stack is older than this program.
    pub(crate) fn require(&self, name: &str) -> Result<&str, Failure> {
        self.value(name).ok_or_else(|| {
            Failure::Refused(format!("the stack has no output {name}: deploy the template of this program's version"))
        })
    }

    pub(crate) fn installation(&self) -> Result<Installation, Failure> {
        self.require("Installation")?.parse()
    }

    pub(crate) fn portal(&self) -> Result<&str, Failure> {
        self.require("PortalOrigin").map(|origin| origin.trim_end_matches('/'))
    }

    pub(crate) fn data_is_protected(&self) -> bool {
        self.value("ProtectData") != Some("false")
    }

    /// Whether the reaper has an execution set aside for it.
    pub(crate) fn reserves_concurrency(&self) -> bool {
        self.value("ReserveConcurrency") != Some("false")
    }

    /// The name of the secret with this provider's token; `None` where the provider is not used.
    pub(crate) fn token_secret(&self, cloud: CloudKind) -> Option<&str> {
        self.value(match cloud {
            CloudKind::Linode => "LinodeTokenSecret",
            CloudKind::DigitalOcean => "DigitalOceanTokenSecret",
        })
    }

    pub(crate) fn cloud_url(&self, cloud: CloudKind) -> Option<&str> {
        self.value(match cloud {
            CloudKind::Linode => "LinodeApiUrl",
            CloudKind::DigitalOcean => "DigitalOceanApiUrl",
        })
    }
}

/// An installation's name: what tells its machines from everybody else's in the same cloud account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Installation(String);

impl Installation {
    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// What every machine of the installation carries at both providers.
    pub(crate) fn tag(&self) -> String {
        format!("brihaspati:{}", self.0)
    }
}

impl std::str::FromStr for Installation {
    type Err = Failure;

    /// The template's own rule. Anything else would be the tag of nothing, or of somebody else's machines.
    fn from_str(text: &str) -> Result<Self, Failure> {
        let valid = (3..=20).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        match valid {
            true => Ok(Self(text.to_owned())),
            false => Err(Failure::WrongUsage(format!(
                "“{text}” is no installation's name: 3 to 20 lower-case letters, digits and hyphens"
            ))),
        }
    }
}
