//! The value that every handler and every machine's task holds, and what can be done to machines with it.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info};

use crate::addresses::AddressPool;
use crate::console::Consoles;
use crate::disks::Disks;
use crate::faults::Faults;
use crate::inventory::Inventory;
use crate::isolation::sandbox::SandboxHost;
use crate::ledger::Ledger;
use crate::lifecycle::{self, Order};
use crate::machine::{Machine, MachineRequest, Phase, Provider};
use crate::options::Options;
use crate::records::Records;
use crate::{digitalocean, linode};

/// Why a validated create came to nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CreateError {
    #[error("label in use")]
    LabelTaken,
    #[error("no free address")]
    NoAddress,
    #[error("the record can't be written")]
    Storage(#[from] io::Error),
    #[error("the pocket cloud is stopping")]
    Stopping,
}

#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) options: Options,
    pub(crate) faults: Faults,
    pub(crate) consoles: Consoles,
    pub(crate) ledger: Ledger,
    pub(crate) sandboxes: Option<SandboxHost>,
    pub(crate) client: reqwest::Client,
    pub(crate) stop: CancellationToken,
    pub(crate) records: Records,
    pub(crate) disks: Disks,
    pub(crate) linode_meters: linode::Meters,
    pub(crate) digitalocean_meters: digitalocean::Meters,
    inventory: Mutex<Inventory>,
    orders: Mutex<HashMap<u64, mpsc::Sender<Order>>>,
    pub(crate) tasks: TaskTracker,
}

impl Cloud {
    pub(crate) fn new(
        options: Options,
        records: Records,
        disks: Disks,
        inventory: Inventory,
        sandboxes: Option<SandboxHost>,
    ) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).no_proxy().build()?;
        Ok(Self {
            faults: Faults::default(),
            consoles: Consoles::default(),
            ledger: Ledger::default(),
            linode_meters: linode::Meters::new(&options.limits),
            digitalocean_meters: digitalocean::Meters::new(&options.limits),
            inventory: Mutex::new(inventory),
            orders: Mutex::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            options,
            records,
            disks,
            sandboxes,
            client,
        })
    }

    pub(crate) fn inventory(&self) -> MutexGuard<'_, Inventory> {
        self.inventory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn machine(&self, id: u64) -> Option<Machine> {
        self.inventory().machines.get(&id).cloned()
    }

    /// Creates a machine and has it recorded before it answers. Runs to its end even when the caller goes away.
    pub(crate) async fn create(self: &Arc<Self>, request: MachineRequest) -> Result<Machine, CreateError> {
        let cloud = self.clone();
        let created = self.tasks.spawn(async move { cloud.create_now(request).await }).await;
        created.unwrap_or(Err(CreateError::Stopping))
    }

    async fn create_now(self: Arc<Self>, request: MachineRequest) -> Result<Machine, CreateError> {
        let (machine, ports) = loop {
            let machine = self.admit(&request)?;
            match &self.sandboxes {
                None => break (machine, None),
                Some(host) => match host.bind_ports(machine.address).await {
                    Ok(ports) => break (machine, Some(ports)),
                    Err(error) => {
                        info!(%error, address = %machine.address, "address in use on this host, taking the next");
                        self.inventory().machines.remove(&machine.id);
                    }
                },
            }
        };
        let recorded = async {
            self.save_account().await?;
            self.save(machine.id).await
        };
        if let Err(error) = recorded.await {
            self.inventory().machines.remove(&machine.id);
            return Err(error.into());
        }
        info!(machine.id = machine.id, machine.address = %machine.address, "machine created");
        self.ledger.began(&machine);
        self.employ(machine.id, request.booted.then_some(Order::Boot), ports);
        Ok(machine)
    }

    /// Gives a machine its id, label and address. Label check and entry happen under one lock.
    fn admit(&self, request: &MachineRequest) -> Result<Machine, CreateError> {
        let mut guard = self.inventory();
        let inventory = &mut *guard;
        if request.provider == Provider::Linode
            && inventory.of(Provider::Linode).any(|other| Some(&other.label) == request.label.as_ref())
        {
            return Err(CreateError::LabelTaken);
        }
        let mut pool = AddressPool::new(self.options.address_pool, inventory.account.address_cursor);
        let address = pool.next(&inventory.addresses()).ok_or(CreateError::NoAddress)?;
        inventory.account.address_cursor = pool.cursor();
        inventory.account.tags.extend(request.tags.iter().cloned());
        let id = inventory.account.next_id();
        let now = Timestamp::now();
        let machine = Machine {
            id,
            provider: request.provider,
            label: request.label.clone().unwrap_or_else(|| format!("linode{id}")),
            tags: request.tags.clone(),
            region: request.region.clone(),
            size: request.size.clone(),
            image: request.image.clone(),
            address,
            created_at: now,
            updated_at: now,
            user_data: request.user_data.clone(),
            phase: Phase::Provisioning,
            activated: false,
        };
        inventory.machines.insert(id, machine.clone());
        Ok(machine)
    }

    /// Takes over label and tags of `changed`; false when its label is in use at Linode.
    pub(crate) async fn update(&self, changed: &Machine) -> io::Result<bool> {
        {
            let mut inventory = self.inventory();
            let taken =
                inventory.of(Provider::Linode).any(|other| other.id != changed.id && other.label == changed.label);
            if changed.provider == Provider::Linode && taken {
                return Ok(false);
            }
            if let Some(machine) = inventory.machines.get_mut(&changed.id) {
                machine.label.clone_from(&changed.label);
                machine.tags.clone_from(&changed.tags);
                machine.updated_at = Timestamp::now();
            }
        }
        self.save(changed.id).await?;
        Ok(true)
    }

    /// Marks a machine as being deleted and has that recorded, so that a restart goes on deleting it.
    pub(crate) async fn delete(&self, id: u64) {
        if self.faults.ignores_delete() {
            return;
        }
        self.advance(id, Phase::Deleting).await;
        self.order(id, Order::Delete);
    }

    /// Tells a machine's task what to do. An order to a machine that has just gone is no error.
    pub(crate) fn order(&self, id: u64, order: Order) {
        let orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = orders.get(&id)
            && sender.try_send(order).is_err()
        {
            info!(machine.id = id, ?order, "machine has orders enough");
        }
    }

    pub(crate) async fn advance(&self, id: u64, phase: Phase) {
        let taken = self.inventory().advance(id, phase);
        if taken && let Err(error) = self.save(id).await {
            error!(machine.id = id, %error, "the machine's record can't be written");
        }
    }

    pub(crate) async fn remove(&self, id: u64) {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
        {
            let mut inventory = self.inventory();
            // Before anybody can be told that it is not there.
            self.ledger.ended(id);
            inventory.machines.remove(&id);
            for firewall in inventory.account.firewalls.values_mut() {
                firewall.machines.retain(|&machine| machine != id);
            }
        }
        self.consoles.forget(id);
        if let Err(error) = self.disks.remove(id) {
            error!(machine.id = id, %error, "the machine's disk can't be removed");
        }
        if let Err(error) = self.save(id).await {
            error!(machine.id = id, %error, "the machine's record can't be removed");
        }
    }

    pub(crate) async fn save_account(&self) -> io::Result<()> {
        self.records.save_account(|| self.inventory().account.clone()).await
    }

    async fn save(&self, id: u64) -> io::Result<()> {
        self.records.save_machine(id, || self.machine(id)).await
    }

    /// Puts every recorded machine back where it was: a power cycle, or the rest of a deletion.
    pub(crate) fn restore(self: &Arc<Self>) {
        let mut due = Vec::new();
        for machine in self.inventory().machines.values_mut() {
            let first = match machine.phase {
                Phase::Deleting => Some(Order::Delete),
                Phase::Offline | Phase::ShuttingDown => None,
                Phase::Provisioning | Phase::Booting | Phase::Running => Some(Order::Boot),
            };
            machine.phase = match machine.phase {
                Phase::Running => Phase::Booting,
                Phase::ShuttingDown => Phase::Offline,
                Phase::Provisioning | Phase::Booting | Phase::Offline | Phase::Deleting => machine.phase,
            };
            self.ledger.began(machine);
            due.push((machine.id, first));
        }
        for (id, first) in due {
            self.employ(id, first, None);
        }
    }

    /// Starts the task that looks after one machine.
    fn employ(self: &Arc<Self>, id: u64, first: Option<Order>, ports: Option<Vec<TcpListener>>) {
        let (sender, orders) = mpsc::channel(8);
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).insert(id, sender);
        // Who deleted it between its entry and this moment found nobody to tell.
        if self.machine(id).is_some_and(|machine| machine.phase == Phase::Deleting) {
            self.order(id, Order::Delete);
        }
        self.tasks.spawn(lifecycle::drive(self.clone(), id, first, ports, orders));
    }
}
