//! The Linode and the DigitalOcean client against scripted answers, and against the providers' own API descriptions.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking, in its helpers too")]

mod allowance;
mod bodies;
mod contract;
mod digitalocean;
mod documents;
mod failures;
mod linode;
mod logging;
mod pages;
mod prices;
mod prism;
mod scripted;
mod strangers;

use brihaspati_core::domain::placement::{Placement, ProviderKind};
use brihaspati_core::providers::{DigitalOcean, Linode, MachineSpec, Provider};

const TOKEN: &str = "token-that-must-not-be-printed";
const USER_DATA: &str = "#!/bin/sh\necho machine-secret\n";

fn linode(url: &str) -> Linode {
    Linode::new(url, TOKEN.into()).unwrap()
}

fn digitalocean(url: &str) -> DigitalOcean {
    DigitalOcean::new(url, TOKEN.into()).unwrap()
}

fn client(provider: ProviderKind, url: &str) -> Box<dyn Provider> {
    match provider {
        ProviderKind::Linode => Box::new(linode(url)),
        ProviderKind::DigitalOcean => Box::new(digitalocean(url)),
    }
}

/// Both clients, for what they must do alike.
fn both(url: &str) -> [Box<dyn Provider>; 2] {
    ProviderKind::ALL.map(|provider| client(provider, url))
}

fn spec(provider: ProviderKind) -> MachineSpec {
    let (region, size, image) = match provider {
        ProviderKind::Linode => ("eu-central", "g6-nanode-1", "linode/debian12"),
        ProviderKind::DigitalOcean => ("fra1", "s-1vcpu-1gb", "debian-12-x64"),
    };
    MachineSpec {
        label: "lab-01jd9-1".to_owned(),
        tags: vec!["brihaspati-demo".to_owned(), "env-01jd9".to_owned()],
        placement: Placement { provider, region: region.to_owned(), size: size.to_owned(), image: image.to_owned() },
        user_data: USER_DATA.to_owned(),
    }
}
