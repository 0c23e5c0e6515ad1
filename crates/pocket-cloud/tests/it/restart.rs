use pocket_cloud::{Phase, PocketCloud};
use tokio::net::TcpListener;

use crate::support::{TestCloud, options};

#[tokio::test]
async fn machines_survive_a_restart_with_their_addresses_and_ids_go_on() {
    let state = tempfile::tempdir().expect("a folder");
    let mut options = options();
    options.state_dir = Some(state.path().to_owned());

    let first = TestCloud::start(options.clone()).await;
    let kept = first.linode("kept", "").await;
    let deleted = first.linode("deleted", "").await;
    let off = first.linode("off", "").await;
    for id in [kept, off] {
        first.wait_for(id, |machine| machine.is_some_and(|machine| machine.status == Phase::Running)).await;
    }
    first.delete(&format!("/v4/linode/instances/{deleted}")).await;
    first.post(&format!("/v4/linode/instances/{off}/shutdown"), serde_json::json!({})).await;
    first.wait_for(deleted, |machine| machine.is_none()).await;
    first.wait_for(off, |machine| machine.is_some_and(|machine| machine.status == Phase::Offline)).await;
    let address = first.machine(kept).expect("it exists").address;
    first.cloud.shutdown().await;

    let second = TestCloud::start(options).await;
    second.wait_for(kept, |machine| machine.is_some_and(|machine| machine.status == Phase::Running)).await;
    assert_eq!(second.machine(kept).expect("it exists").address, address);
    assert_eq!(second.machine(off).expect("it exists").status, Phase::Offline);
    assert!(second.machine(deleted).is_none());
    let fresh = second.linode("fresh", "").await;
    assert!(fresh > off);
    assert_ne!(second.machine(fresh).expect("it exists").address, address);
}

#[tokio::test]
async fn two_pocket_clouds_never_share_records() {
    let state = tempfile::tempdir().expect("a folder");
    let mut options = options();
    options.state_dir = Some(state.path().to_owned());
    let _first = TestCloud::start(options.clone()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let refused = PocketCloud::start(listener, options).await.expect_err("refused");
    assert!(format!("{:#}", anyhow::Error::from(refused)).contains("another pocket cloud"));
}
