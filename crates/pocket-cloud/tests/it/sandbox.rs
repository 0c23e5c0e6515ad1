//! From inside: what a machine can do, and what it can't.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{TestCloud, sandboxed};

/// A listener that counts who gets through to it, and greets.
async fn canary(address: &str) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(address).await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let reached = Arc::new(AtomicUsize::new(0));
    let counter = reached.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            let mut request = [0; 1024];
            let _read = stream.read(&mut request).await;
            let _written =
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\nconnection: close\r\n\r\nreached").await;
        }
    });
    (address, reached)
}

async fn inside(cloud: &TestCloud, label: &str, script: &str) -> String {
    let id = cloud.linode(label, script).await;
    cloud.output(id).await
}

#[tokio::test]
async fn user_data_runs_as_the_lab_user_on_a_machine_of_its_own() {
    let cloud = TestCloud::start(sandboxed()).await;
    let output = inside(
        &cloud,
        "my-machine",
        "set -eu\nid -un; hostname; echo home=$HOME; python3 -c 'import sys; print(sys.prefix)'\n\
         git --version; vim --version | head -n 1; man -w ls; touch /opt/a /tmp/b /run/c /etc/systemd/system/d ~/e\n\
         bash -ic 'echo \"prompt ${PS1@P}\"' 2>/dev/null\ngrep -c processor /proc/cpuinfo\necho all fine\n",
    )
    .await;
    for part in ["lab\n", "my-machine\n", "home=/home/lab", "/usr\n", "git version", "VIM", "lab@lab", "all fine"] {
        assert!(output.contains(part), "{part} is missing in {output}");
    }
}

#[tokio::test]
async fn the_control_plane_is_reached_and_nothing_else_of_the_host() {
    let (allowed, welcomed) = canary("127.0.0.1:0").await;
    let (forbidden, trespassed) = canary("127.0.0.1:0").await;
    let (everywhere, seen) = canary("0.0.0.0:0").await;
    let mut options = sandboxed();
    options.egress = vec![allowed];
    let cloud = TestCloud::start(options).await;

    let script = format!(
        "curl -s -m 5 http://{allowed}/ && echo ' by the allowed way'\n\
         for target in {forbidden} 127.0.0.1:{everywhere} 127.64.0.1:{everywhere} 10.0.0.1:{everywhere} [::1]:{everywhere} {api}; do\n\
         curl -s -m 2 http://$target/ && echo TRESPASS || echo refused; done\n\
         for file in /run/pocket/*.sock; do echo socket $file; done\n",
        everywhere = everywhere.port(),
        api = cloud.cloud.address(),
    );
    let output = inside(&cloud, "explorer", &script).await;
    assert!(output.contains("reached by the allowed way"), "{output}");
    assert_eq!(output.matches("refused").count(), 6, "{output}");
    assert_eq!(welcomed.load(Ordering::SeqCst), 1);
    assert_eq!(trespassed.load(Ordering::SeqCst) + seen.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_service_on_the_machine_is_reached_from_outside_and_from_no_other_machine() {
    let mut options = sandboxed();
    options.agent_port = 17_180;
    let cloud = TestCloud::start(options).await;
    let server = "cat > /etc/systemd/system/web.service <<'UNIT'\n[Service]\n\
        ExecStart=/usr/bin/python3 -m http.server 17180 --bind 127.0.0.1\nWorkingDirectory=/home/lab\nRestart=always\nUNIT\n\
        echo from the machine > ~/index.html\nsystemctl enable --now web.service\n";
    let id = cloud.linode("server", server).await;
    let address = cloud.machine(id).expect("it exists").address;
    let url = format!("http://{address}:17180/");
    let started = std::time::Instant::now();
    let page = loop {
        if let Ok(response) = cloud.client.get(&url).send().await {
            break response.text().await.expect("text");
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{}", cloud.cloud.console(id));
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!(page, "from the machine\n");

    let output = inside(&cloud, "neighbour", &format!("curl -s -m 2 {url} && echo TRESPASS || echo refused\n")).await;
    assert!(output.contains("refused") && !output.contains("TRESPASS"), "{output}");

    cloud.delete(&format!("/v4/linode/instances/{id}")).await;
    cloud.wait_for(id, |machine| machine.is_none()).await;
    assert!(tokio::net::TcpStream::connect((address, 17_180)).await.is_err(), "the listener went with the machine");
}

#[tokio::test]
async fn files_processes_and_environment_of_the_host_are_not_there() {
    let secret = tempfile::Builder::new().prefix("host-secret-").tempdir().expect("a folder");
    let cloud = TestCloud::start(sandboxed()).await;
    let script = format!(
        "ls {host} /work /srv /mnt /boot /sys /usr/local/games 2>/dev/null | grep . && echo LEAK\n\
         ls -A /root /home /var/lib | grep -v -e : -e '^lab$' | grep . && echo LEAK\n\
         cat /etc/shadow /etc/ssh/* 2>/dev/null && echo LEAK\n\
         ls /proc | grep -c '^[0-9]' \n\
         kill -0 {pid} 2>/dev/null && echo LEAK\n\
         ps ax | grep -e cargo -e rustc -e pocket-cloud -e {host} | grep -v grep && echo LEAK\n\
         tr '\\0' '\\n' < /proc/1/environ | grep -e CARGO -e HOME= && echo LEAK\n\
         touch /usr/bin/x /etc/x /x /dev/x /run/pocket/x 2>/dev/null && echo LEAK\n\
         unshare -U true 2>/dev/null && echo LEAK\n\
         mount -t tmpfs none /mnt 2>/dev/null && echo LEAK\n\
         grep -E '^Cap(Inh|Prm|Eff|Bnd|Amb):.*[1-9a-f]' /proc/self/status && echo LEAK\n\
         echo NoNewPrivs $(grep -c 'NoNewPrivs:.1' /proc/self/status)\necho looked\n",
        host = secret.path().display(),
        pid = std::process::id(),
    );
    let output = inside(&cloud, "prisoner", &script).await;
    assert!(output.contains("looked") && output.contains("NoNewPrivs 1"), "{output}");
    assert!(!output.contains("LEAK"), "{output}");
}

#[tokio::test]
async fn a_fork_bomb_a_full_home_and_a_memory_hog_hit_their_limits() {
    let cloud = TestCloud::start(sandboxed()).await;
    let script = "for n in $(seq 400); do sleep 60 & done 2>/dev/null; echo sleepers $(pgrep -c sleep)\npkill sleep\n\
        until set -- /proc/[0-9]*; [ $# -lt 100 ]; do :; done\n\
        dd if=/dev/zero of=/home/lab/full bs=1M count=400 2>&1 | tail -n 1; df --output=pcent /home/lab | tail -n 1\n\
        rm /home/lab/full\n\
        python3 -c 'bytearray(5 * 1024 ** 3)' 2>&1 | tail -n 1\n\
        dd if=/dev/zero of=/dev/shm/full bs=1M count=400 2>/dev/null || echo shared memory is bounded\n";
    // dash gives up at the first fork that fails, so the bomb goes off in a shell of its own, and nothing is started before
    // its sleepers are gone.
    let script = script.replacen(
        "for n in $(seq 400); do sleep 60 & done 2>/dev/null;",
        "sh -c 'for n in $(seq 400); do sleep 60 & done' 2>/dev/null;",
        1,
    );
    let output = inside(&cloud, "greedy", &script).await;
    let sleepers: u32 = output
        .lines()
        .find_map(|line| line.strip_prefix("sleepers ")?.trim().parse().ok())
        .unwrap_or_else(|| panic!("{output}"));
    assert!((100..256).contains(&sleepers), "{output}");
    assert!(output.contains("100%"), "{output}");
    assert!(output.contains("MemoryError"), "{output}");
    assert!(output.contains("shared memory is bounded"), "{output}");
}

#[tokio::test]
async fn a_machine_powers_itself_off_and_its_ports_close() {
    let cloud = TestCloud::start(sandboxed()).await;
    let id = cloud.linode("tired", "shutdown -h +90\nshutdown -c\nsystemctl poweroff\n").await;
    cloud.wait_for(id, |machine| machine.is_some_and(|it| it.status == pocket_cloud::Phase::Offline)).await;
    let address = cloud.machine(id).expect("it still exists, and is billed").address;
    assert!(tokio::net::TcpStream::connect((address, 7080)).await.is_err());
}

#[tokio::test]
async fn a_service_that_ends_is_started_again() {
    let cloud = TestCloud::start(sandboxed()).await;
    let script = "cat > /etc/systemd/system/short.service <<'UNIT'\n[Service]\nExecStart=/bin/sh -c 'echo run >> /tmp/runs'\n\
        Restart=always\nRestartSec=10ms\nUNIT\nsystemctl enable --now short\n\
        until [ $(wc -l < /tmp/runs || echo 0) -ge 3 ]; do sleep 0.05; done 2>/dev/null\necho three runs\n";
    assert!(inside(&cloud, "restless", script).await.contains("three runs"));
}

#[tokio::test]
async fn a_power_cycle_takes_all_that_a_machine_wrote_but_the_file_that_its_agent_needs() {
    let state = tempfile::tempdir().expect("a folder");
    let mut options = sandboxed();
    options.state_dir = Some(state.path().to_owned());
    let first = TestCloud::start(options.clone()).await;
    let script = "cd /opt/lab-agent\necho \"found $(ls) with $(cat token)\"\necho kept >token\necho lost >other\n";
    let id = first.linode("cycled", script).await;
    assert!(first.output(id).await.contains("found token with \n"));
    first.cloud.shutdown().await;
    let second = TestCloud::start(options).await;
    assert!(second.output(id).await.contains("found token with kept\n"));
}
