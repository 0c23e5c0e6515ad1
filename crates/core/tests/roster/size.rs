use std::time::{Duration, Instant};

use brihaspati_core::domain::roster::{MAX_ROSTER_BYTES, Roster, RosterProblem};

use crate::{refused, roster};

fn rows(count: usize) -> String {
    let row = |number: usize| format!("Zoë Müller {number},zoe.{number}@example.org,{}\n", number % 100);
    format!("name,e-mail,extra time\n{}", (0..count).map(row).collect::<String>())
}

#[test]
fn a_thousand_rows_are_read_in_a_moment() {
    let text = rows(1000);
    let took = || {
        let began = Instant::now();
        let read = roster(&text);
        assert!(read.rows.len() == 1000 && read.rows.iter().all(|row| row.outcome.is_ok()));
        began.elapsed()
    };
    // Some milliseconds where it is optimised. This is not, and runs beside other tests.
    let best = (0..5).map(|_| took()).min().unwrap_or_default();
    assert!(best < Duration::from_secs(1), "{best:?}");
}

#[test]
fn two_thousand_rows_are_read_and_one_more_is_one_clear_problem() {
    assert_eq!(roster(&rows(2000)).rows.len(), 2000);
    assert_eq!(refused(&rows(2001)), RosterProblem::TooManyRows);
    assert_eq!(refused(&rows(20_000)), RosterProblem::TooManyRows);
    let without_headings: String = (0..2001).map(|number| format!("Ada {number}\n")).collect();
    assert_eq!(refused(&without_headings), RosterProblem::TooManyRows);
}

#[test]
fn two_megabytes_are_read_and_one_byte_more_is_one_clear_problem() {
    let filled = |bytes: usize| {
        let start = "name,note\nAda,";
        format!("{start}{}", "x".repeat(bytes - start.len()))
    };
    assert_eq!(roster(&filled(MAX_ROSTER_BYTES)).rows.len(), 1);
    assert_eq!(refused(&filled(MAX_ROSTER_BYTES + 1)), RosterProblem::TooLarge);
}

#[test]
fn two_thousand_people_of_one_name_are_no_trouble() {
    let text: String = (0..2000).map(|number| format!("Ada,ada@{number}.example\n")).collect();
    let read = roster(&format!("name,email\n{text}"));
    assert_eq!(read.rows[1999].name, "ada-2000");
}

#[test]
fn whatever_the_bytes_reading_ends() {
    let mut dice = fastrand::Rng::with_seed(7);
    let pieces: [&[u8]; 16] = [
        b"name",
        b"e-mail",
        b",",
        b";",
        b"\t",
        b"\n",
        b"\r",
        b"\"",
        b"=1",
        b"ada@example.org",
        b"Ada",
        b"\xff",
        b"\xfe",
        b"\0",
        b"\xef\xbb\xbf",
        "é".as_bytes(),
    ];
    for _ in 0..3000 {
        let bytes: Vec<u8> =
            (0..dice.usize(0..40)).flat_map(|_| pieces[dice.usize(0..pieces.len())].to_vec()).collect();
        if let Ok(read) = Roster::read(&bytes) {
            assert!(read.rows.iter().all(|row| row.outcome.as_ref().err().is_none_or(|problems| !problems.is_empty())));
            assert!(read.rows.is_sorted_by_key(|row| row.line));
        }
    }
}
