use brihaspati_core::domain::roster::{Field, numbered};

use crate::{logins, problems, roster};

#[test]
fn login_names_are_made_from_addresses_and_else_from_names() {
    let text = "name,email\nAda Lovelace,Ada.King@example.org\nGrace,grace+lab@example.org\nJosé O’Neill-García,\n\
                李小龙,\nЛев Толстой,\nDr. Zoë  Müller (2),\nStraße,\n";
    assert_eq!(
        logins(text),
        ["ada.king", "grace", "jose.oneill-garcia", "li.xiao.long", "lev.tolstoi", "dr.zoe.muller.2", "strasse"]
    );
}

#[test]
fn a_login_name_in_the_file_is_kept_and_the_others_keep_clear_of_it() {
    let text = "name,login,email\nOne,,ada@one.example\nTwo,ada,two@example.org\nThree,,ada@three.example\n";
    assert_eq!(logins(text), ["ada-2", "ada", "ada-3"]);
    let given: Vec<bool> = roster(text).rows.iter().map(|row| row.outcome.as_ref().unwrap().name_is_given).collect();
    assert_eq!(given, [false, true, false]);
}

#[test]
fn people_who_are_clearly_two_get_numbers() {
    assert_eq!(logins("name,email\nAda,ada@one.example\nAda,ada@two.example\n"), ["ada", "ada-2"]);
    assert_eq!(
        logins("name\nJosé García\nJose Garcia\nJosé  Garcia\n"),
        ["jose.garcia", "jose.garcia-2", "jose.garcia-3"]
    );
}

#[test]
fn people_whom_nothing_tells_apart_are_one_row_too_many() {
    let found = problems("name\nAda Lovelace\nGrace\nada  lovelace\n");
    let told = "is already in row 2, and nothing tells the two apart".to_owned();
    assert_eq!(found, [(4, Field::DisplayName, told)]);
}

#[test]
fn the_same_file_makes_the_same_names_and_a_bad_row_takes_its_own() {
    let text = "name,email,extra time\nAda,ada@one.example,lots\nAda,ada@two.example,0\n";
    assert_eq!(roster(text).rows[1].name, "ada-2");
    assert_eq!(roster(&text.replace("lots", "0")).rows[1].name, "ada-2");
}

#[test]
fn long_names_are_cut_and_numbered_within_forty_characters() {
    let long = "a".repeat(70);
    let text = format!("name\n{long}\n{}\n", long.to_uppercase().replacen('A', "Á", 1));
    let made = logins(&text);
    assert_eq!(made, ["a".repeat(40), format!("{}-2", "a".repeat(38))]);
}

#[test]
fn a_name_of_which_no_login_name_can_be_made_says_what_to_do() {
    let found = problems("name\n…\n");
    assert_eq!((found[0].0, found[0].1), (2, Field::Name));
}

#[test]
fn numbers_go_on_after_what_the_class_has_already() {
    let name = "ada".parse().unwrap();
    let free = |taken: &[&str]| numbered(&name, |name| taken.contains(&name)).unwrap().as_str().to_owned();
    assert_eq!(free(&[]), "ada");
    assert_eq!(free(&["ada", "ada-2", "ada-4"]), "ada-3");
    assert_eq!(numbered(&name, |_| true), None);
}
