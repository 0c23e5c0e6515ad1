//! The agent against a small control plane, browsers and lab applications, all on loopback. Nothing here makes users
//! or switches anything off: account, folders and the power-off command are given by the tests.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod activity;
mod application;
mod browser;
mod certificates;
mod checks;
mod control_plane;
mod deadline;
mod directory;
mod ends;
mod gate;
mod lab;
mod pebble;
mod stages;
mod terminal;
mod trust;
mod watching;
