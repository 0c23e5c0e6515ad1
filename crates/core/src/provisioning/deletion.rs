//! Deleting a machine, and asking until the provider says that it does not exist: only that answer counts.

use jiff::SignedDuration;

use super::Provisioner;
use crate::domain::environment::Environment;
use crate::domain::placement::ProviderKind;
use crate::providers::{Lookup, ProviderError};
use crate::store::StoreError;

/// Each look at DigitalOcean is one of few requests, and a droplet takes some seconds to go.
const LOOK_AFTER: SignedDuration = SignedDuration::from_secs(3);

impl Provisioner {
    /// One step: asks for the deletion where that is due, then looks.
    pub(super) async fn delete(&self, environment: &mut Environment) -> Result<(), StoreError> {
        let Some((provider, machine)) = self.provider_of(environment) else {
            tracing::error!("a machine exists at a provider that has no token; it can't be deleted");
            environment.deletion_unproven(self.clock.now());
            return Ok(());
        };
        let turn = self.turn(environment, provider.kind()).await?;
        let now = self.clock.now();
        if turn > now {
            environment.delete_at(turn);
            return Ok(());
        }
        if environment.must_ask_to_delete() {
            let asked = provider.delete(&machine.id).await;
            let now = self.clock.now();
            match asked {
                Ok(()) => {
                    let look_at = match provider.kind() {
                        ProviderKind::Linode => now,
                        ProviderKind::DigitalOcean => now + LOOK_AFTER,
                    };
                    environment.delete_accepted(look_at, now);
                    if look_at > now {
                        return Ok(());
                    }
                }
                Err(error) => {
                    self.not_deleted(environment, &error).await;
                    return Ok(());
                }
            }
        }
        match provider.get(&machine.id).await {
            Ok(Lookup::Absent { evidence }) => environment.machine_absent(evidence, self.clock.now()),
            Ok(Lookup::Exists(_)) => {
                tracing::info!(machine.id = machine.id, "the machine still exists");
                environment.still_exists(self.clock.now());
            }
            Err(error) => self.not_deleted(environment, &error).await,
        }
        Ok(())
    }

    async fn not_deleted(&self, environment: &mut Environment, error: &ProviderError) {
        tracing::warn!(%error, "the machine could not be deleted yet");
        if let (ProviderError::Unauthorized, Some(machine)) = (error, environment.phase.machine()) {
            self.learn_of_token(machine.provider, Some(error)).await;
        }
        environment.deletion_unproven(self.clock.now());
        if let ProviderError::RateLimited { retry_after: Some(wait) } = error {
            let wait = SignedDuration::try_from(*wait).unwrap_or(SignedDuration::MAX);
            environment.delete_not_before(self.clock.now() + wait.min(SignedDuration::from_mins(1)));
        }
    }
}
