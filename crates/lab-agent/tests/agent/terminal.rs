//! The terminal, as a browser sees it.

use std::time::Duration;

use avt::Color;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::browser::{Browser, connect};
use crate::lab::{LabBuilder, PORTAL, SECRET, eventually};

async fn ready() -> crate::lab::Lab {
    LabBuilder::new().setup("true").ready().await
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_run_in_the_lab_users_home() {
    let lab = ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    browser.types(1, "echo [$PWD] [$TERM] [$COLORTERM] [$LANG] $(printf '\\xe2\\x82\\xac')\r").await;
    browser.sees("[xterm-256color] [truecolor] [C.UTF-8] €").await;
    browser.hears("ack").await;
    browser.types(2, "pwd > out\r").await;
    eventually("pwd", || async {
        lab.home_text("out").trim_end() == lab.home("").to_str().unwrap().trim_end_matches('/')
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_origin_is_refused() {
    let lab = ready().await;
    for origin in ["http://evil.example", "null", "http://portal.example:80800"] {
        match connect(&lab, origin).await {
            Err(Error::Http(answer)) => assert_eq!(answer.status(), 403),
            other => panic!("{origin}: {:?}", other.map(|_| ())),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_and_broken_messages_are_refused() {
    let lab = ready().await;
    let mut browser = connect(&lab, PORTAL).await.unwrap();
    browser.hello("not-the-secret", "a", 80, 24).await;
    assert_eq!(browser.is_closed_with().await, 4401);
    for first in [json!({"type": "input", "seq": 1, "data": "x"}), json!({"type": "hello"}), json!(7)] {
        let mut browser = connect(&lab, PORTAL).await.unwrap();
        browser.send(&first).await;
        assert_eq!(browser.is_closed_with().await, 4400, "{first}");
    }
    let mut browser = Browser::open(&lab, "a").await;
    futures::SinkExt::send(&mut browser.socket, Message::binary(vec![1])).await.unwrap();
    assert_eq!(browser.is_closed_with().await, 4400);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_say_hello_in_time_may_come_again() {
    let lab = LabBuilder::new().setup("true").hello_limit(Duration::from_millis(200)).ready().await;
    let mut browser = connect(&lab, PORTAL).await.unwrap();
    assert_eq!(browser.is_closed_with().await, 4408);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_that_is_too_long_is_not_waited_for() {
    let lab = ready().await;
    let mut browser = connect(&lab, PORTAL).await.unwrap();
    // A text frame of 1 MiB with its mask, and nothing of its content (RFC 6455, section 5.2).
    let announced = [0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 1, 2, 3, 4];
    browser.socket.get_mut().write_all(&announced).await.unwrap();
    assert_eq!(browser.is_closed_with().await, 1006);
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_keep_no_viewer_out() {
    let lab = ready().await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.extend(connect(&lab, PORTAL).await.ok());
    }
    let mut browser = Browser::open(&lab, "a").await;
    let mut longest_silent = silent.swap_remove(0);
    assert_eq!(longest_silent.is_closed_with().await, 1006, "it made room for others");
    for _ in 0..40 {
        silent.extend(connect(&lab, PORTAL).await.ok());
    }
    browser.types(1, "echo still $((40 + 2))\r").await;
    browser.sees("still 42").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_before_the_lab_is_set_up_make_room_for_each_other() {
    let lab = LabBuilder::new().setup("exit 1").start().await;
    lab.reaches("failed").await;
    let mut strangers = Vec::new();
    for _ in 0..40 {
        strangers.push(connect(&lab, "http://evil.example").await.unwrap());
    }
    let mut browser = connect(&lab, PORTAL).await.unwrap();
    assert_eq!(browser.is_closed_with().await, 4503);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_viewer_too_many_may_come_again_when_another_has_left() {
    let lab = ready().await;
    let mut viewers = Vec::new();
    for number in 0..32 {
        viewers.push(Browser::open(&lab, &format!("viewer-{number}")).await);
    }
    let mut late = connect(&lab, PORTAL).await.unwrap();
    late.hello(SECRET, "late", 80, 24).await;
    assert_eq!(late.is_closed_with().await, 1013);
    viewers.pop();
    eventually("a place", || async {
        let mut late = connect(&lab, PORTAL).await.unwrap();
        late.hello(SECRET, "late", 80, 24).await;
        late.read().await;
        late.closed.is_none()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_lab_is_set_up_the_terminal_asks_to_come_back() {
    let lab = LabBuilder::new().setup("exit 1").start().await;
    lab.reaches("failed").await;
    let mut browser = connect(&lab, PORTAL).await.unwrap();
    assert_eq!(browser.is_closed_with().await, 4503);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_sees_the_same_screen() {
    let lab = ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    browser.types(1, "PS1='> '; clear; seq 1 60; printf '\\033[1;31mred\\033[0m and \\033[38;2;1;2;3mdeep\\n'\r").await;
    browser.sees("red and deep").await;
    browser.types(2, "printf '\\033[?1049h\\033[2J\\033[5;10Hfull screen'; read; printf '\\033[?1049l'\r").await;
    browser.until("full screen", |browser| browser.text().lines().nth(4) == Some("         full screen")).await;
    drop(browser);

    let mut browser = Browser::open(&lab, "a").await;
    assert_eq!(browser.text().lines().nth(4), Some("         full screen"));
    browser.types(3, "\r").await;
    browser.sees("red and deep").await;
    let numbers: Vec<String> = (1..=60).map(|number| number.to_string()).collect();
    assert!(browser.text().starts_with(&numbers.join("\n")), "a line is missing:\n{}", browser.text());
    let line = browser.screen.lines().find(|line| line.text().starts_with("red and")).unwrap();
    assert_eq!(line.cells()[0].pen().foreground(), Some(Color::Indexed(1)));
    assert!(line.cells()[0].pen().is_bold());
    assert_eq!(line.cells()[8].pen().foreground(), Some(Color::rgb(1, 2, 3)));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_typed_twice_after_a_lost_connection() {
    let lab = ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    browser.types(1, "echo one >> log\r").await;
    browser.types(2, "echo two >> log\r").await;
    eventually("both arrive", || async { lab.home_text("log") == "one\ntwo\n" }).await;
    drop(browser);

    let mut browser = connect(&lab, PORTAL).await.unwrap();
    browser.hello(SECRET, "a", 80, 24).await;
    assert_eq!(browser.hears("welcome").await["applied"], 2);
    for (seq, word) in [(1, "one"), (2, "two"), (3, "three")] {
        browser.types(seq, &format!("echo {word} >> log\r")).await;
    }
    browser.until("ack of 3", |browser| browser.messages.contains(&json!({"type": "ack", "seq": 3}))).await;
    browser.types(4, "echo end >> log\r").await;
    eventually("the end", || async { lab.home_text("log").ends_with("end\n") }).await;
    assert_eq!(lab.home_text("log"), "one\ntwo\nthree\nend\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_connection_of_a_client_replaces_the_older() {
    let lab = ready().await;
    let mut old = Browser::open(&lab, "a").await;
    let mut new = Browser::open(&lab, "a").await;
    assert_eq!(old.is_closed_with().await, 4409);
    new.types(1, "echo here\r").await;
    assert_eq!(new.hears("ack").await["seq"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_viewers_share_a_screen_and_count_for_themselves() {
    let lab = ready().await;
    let mut first = Browser::open(&lab, "a").await;
    let mut second = Browser::open(&lab, "b").await;
    first.types(1, "echo from-$((1))\r").await;
    second.sees("from-1").await;
    second.types(1, "echo from-$((2))\r").await;
    first.sees("from-2").await;
    assert_eq!(second.hears("ack").await["seq"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_resize_wins_and_everybody_hears_of_it() {
    let lab = ready().await;
    let mut first = Browser::open(&lab, "a").await;
    let mut second = Browser::open_sized(&lab, "b", 100, 30).await;
    assert_eq!(first.hears("size").await, json!({"type": "size", "cols": 100, "rows": 30}));
    first.send(&json!({"type": "resize", "cols": 120, "rows": 40})).await;
    assert_eq!(second.hears("size").await["cols"], 120);
    first.types(1, "stty size\r").await;
    first.sees("40 120").await;
    first.send(&json!({"type": "resize", "cols": 0, "rows": 60000})).await;
    assert_eq!(second.hears("size").await, json!({"type": "size", "cols": 2, "rows": 200}));
    first.send(&json!({"type": "ping"})).await;
    first.hears("pong").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_that_ends_has_a_successor_at_the_next_input() {
    let lab = ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    browser.types(1, "X=old; printf '\\033[?1049h'; sleep 600 & echo $! > pid; exit\r").await;
    browser.hears("exit").await;
    browser.types(2, "echo new-${X:-shell}\r").await;
    browser.sees("new-shell").await;
    let ended = std::process::Command::new("kill").arg(lab.home_text("pid").trim()).status().unwrap();
    assert!(ended.success(), "a background job outlives its shell");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shell_that_ends_has_a_successor_at_the_next_hello() {
    let lab = ready().await;
    let mut browser = Browser::open(&lab, "a").await;
    browser.types(1, "exit\r").await;
    browser.hears("exit").await;
    drop(browser);
    let mut browser = Browser::open(&lab, "a").await;
    browser.types(2, "echo back-$((1))\r").await;
    browser.sees("back-1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_that_reads_too_slowly_does_not_hold_up_the_others() {
    let lab = ready().await;
    let mut slow = Browser::open(&lab, "slow").await;
    let mut quick = Browser::open(&lab, "quick").await;
    quick.types(1, "head -c 16000000 /dev/zero | tr '\\0' x; echo; echo finis | rev\r").await;
    let finished = |browser: &Browser| {
        browser.drawn.ends_with(b"sinif") || browser.drawn.windows(5).rev().take(400).any(|w| w == b"sinif")
    };
    while !finished(&quick) {
        assert_eq!(quick.closed, None, "the quick viewer was closed");
        quick.read_raw().await;
    }
    loop {
        slow.read_raw().await;
        if let Some(code) = slow.closed {
            assert!(code == 4408 || code == 1006, "{code}");
            break;
        }
    }
    let mut again = Browser::open(&lab, "slow").await;
    again.sees("sinif").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_machine_with_root_the_shell_is_the_lab_users() {
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let lab = LabBuilder::new().setup("id -u > $LAB_HOME/setup-user").shell_of_another_user().file("files/a/b", "x");
    let lab = lab.ready().await;
    assert_eq!(lab.home_text("setup-user"), "0\n");
    let mut browser = Browser::open(&lab, "a").await;
    browser.types(1, "echo user-$(id -u)-$(id -g)-$(stat -c %u a/b); echo by-name > $(tty)\r").await;
    browser.sees("user-65534-65534-65534").await;
    browser.sees("\nby-name").await;
}
