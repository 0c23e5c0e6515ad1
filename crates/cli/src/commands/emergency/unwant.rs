//! Telling the API, if it answers, that nobody wants an environment any more: otherwise those that were still starting
//! would get a machine again when the brake is released.

use std::time::Duration;

use serde_json::{Value, json};

use crate::api::class::{ClassRef, ClassSummary};
use crate::aws::Aws;
use crate::commands::{Context, room};
use crate::config::connect;
use crate::deployment::Deployment;
use crate::failure::Failure;
use crate::output::{Output, many, plain};

const LIMIT: Duration = Duration::from_secs(180);

pub(super) struct Unwanted {
    stopped: usize,
    trouble: Option<String>,
}

impl Unwanted {
    pub(super) fn document(&self) -> Value {
        json!({ "stopped": self.stopped, "trouble": self.trouble })
    }

    pub(super) fn words(&self) -> String {
        match &self.trouble {
            None => format!("stopped: {}", many(self.stopped, "environment")),
            Some(trouble) => format!(
                "stopped: {}, not all ({}): whoever was starting a lab gets a new machine after the \
                 release; archive the classes first if that must not be",
                many(self.stopped, "environment"),
                plain(trouble)
            ),
        }
    }
}

pub(super) async fn everything(at_aws: Option<(&Aws, &Deployment)>, output: &Output) -> Unwanted {
    let mut unwanted = Unwanted { stopped: 0, trouble: None };
    let Some((_, deployment)) = at_aws else {
        unwanted.trouble = Some("the installation's address is not known".to_owned());
        return unwanted;
    };
    let stopping = async {
        let (context, classes) = reach(deployment, output).await?;
        for class in classes.into_iter().filter(|class| class.state != "archived") {
            let class = ClassRef { id: class.id, code: class.code };
            unwanted.stopped += room::stop_everybody(&context, &class).await?;
        }
        Ok::<_, Failure>(())
    };
    let late = |_| Err(Failure::Unreachable("it took too long".to_owned()));
    let trouble = tokio::time::timeout(LIMIT, stopping).await.unwrap_or_else(late).err();
    unwanted.trouble = trouble.map(|failure| failure.to_string());
    unwanted
}

/// The API by its own address, which answers where the portal's host is down, or else by the portal's, for which a stored
/// session is.
async fn reach<'a>(deployment: &Deployment, output: &'a Output) -> Result<(Context<'a>, Vec<ClassSummary>), Failure> {
    let mut trouble = Failure::NotFound("the stack tells no address".to_owned());
    for address in ["ApiUrl", "PortalOrigin"].into_iter().filter_map(|name| deployment.value(name)) {
        let listed = async {
            let api = connect(Some(address))?;
            let classes = api.classes().await?.value;
            Ok((Context { api, output }, classes))
        };
        match listed.await {
            Ok(reached) => return Ok(reached),
            Err(failure) => trouble = failure,
        }
    }
    Err(trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_counts_one_environment_as_one() {
        let unwanted = |stopped, trouble| Unwanted { stopped, trouble }.words();
        assert_eq!(unwanted(1, None), "stopped: 1 environment");
        let some = unwanted(2, Some("it took too long".to_owned()));
        assert!(some.starts_with("stopped: 2 environments, not all (it took too long): "), "{some}");
    }
}
