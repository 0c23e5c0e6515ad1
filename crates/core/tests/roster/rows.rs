use brihaspati_core::domain::roster::Field;

use crate::{people, problems, roster};

/// What is wrong with the only row.
fn problem(name: &str, login: &str, email: &str, extra: &str) -> Vec<(Field, String)> {
    let quoted = [name, login, email, extra].map(|cell| format!("\"{}\"", cell.replace('"', "\"\"")));
    let text = format!("name,login,email,extra time\n{}\n", quoted.join(","));
    problems(&text).into_iter().map(|(_, field, problem)| (field, problem)).collect()
}

#[test]
fn a_row_without_a_name_is_bad() {
    assert_eq!(problem("", "ada", "", ""), [(Field::DisplayName, "there is no name".to_owned())]);
    assert_eq!(problem(" \u{a0} ", "ada", "", "")[0].0, Field::DisplayName);
}

#[test]
fn a_name_may_have_eighty_characters() {
    assert!(problem(&"é".repeat(80), "ada", "", "").is_empty());
    let long = problem(&"é".repeat(81), "ada", "", "");
    assert_eq!(long, [(Field::DisplayName, "the name has 81 characters".to_owned())]);
    assert_eq!(problem(&"x".repeat(1_000_000), "ada", "", "").len(), 1);
}

#[test]
fn formulas_are_bad_in_every_column_that_is_read() {
    for formula in [
        "=cmd|'/c calc'!A0",
        "=HYPERLINK(\"http://example.org\",\"x\")",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        "\tAda",
        "\rAda",
        "  =1",
        "\u{a0}=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(1)",
    ] {
        let found = problem(formula, "ada", "", "");
        assert!(found[0].0 == Field::DisplayName && found[0].1.contains("would compute"), "{formula:?}: {found:?}");
    }
    for login in ["=ada", "@ada", "-ada", "+ada"] {
        assert_eq!(problem("Ada", login, "", "")[0].0, Field::Name, "{login}");
    }
    for email in
        ["=ada@example.org", "+ada@example.org", "-ada@example.org", "@example.org", "=cmd|'/c calc'!A0@example.org"]
    {
        assert_eq!(problem("Ada", "ada", email, "")[0].0, Field::Email, "{email}");
    }
    assert_eq!(problem("Ada", "ada", "", "=25")[0].0, Field::ExtraTimePercent);
    assert_eq!(problem("Ada", "ada", "", "-25")[0].0, Field::ExtraTimePercent);
}

#[test]
fn a_formula_in_a_column_that_is_not_read_is_nobodys_business() {
    assert_eq!(people("name,note\nAda,=1+1\n").len(), 1);
}

#[test]
fn control_characters_and_hidden_ones_are_bad() {
    for hidden in ["A\u{7}da", "A\u{1b}[31mda", "A\u{202e}da", "A\u{2067}da", "A\u{200b}da", "A\u{feff}da", "A\u{81}da"]
    {
        let text = format!("name,login\n\"{hidden}\",ada\n");
        let found = problems(&text);
        assert!(found.len() == 1 && found[0].2.contains("control characters"), "{hidden:?}: {found:?}");
        assert!(found[0].2.contains('\u{fffd}'), "and the message shows where: {found:?}");
    }
    let broken = problem("Ada\nLovelace", "ada", "", "");
    assert!(broken[0].1.contains("line break"), "{broken:?}");
    assert!(problem("می\u{200c}خواهم", "ada", "", "").is_empty(), "joiners are part of the script");
}

#[test]
fn spaces_are_tidied() {
    assert_eq!(people("name,login,email\n  Ada \u{a0}  Lovelace ,\" Ada \", ada@example.org \n")[0].0, "Ada Lovelace");
    assert_eq!(people("name,login,email\nAda,\" Ada \", ada@example.org \n")[0].1, "ada");
}

#[test]
fn an_invalid_address_is_bad_and_a_missing_one_is_not() {
    for wrong in [
        "ada",
        "ada@",
        "ada@@example.org",
        "ada@example.org, grace@example.org",
        "ada@example.org;grace@example.org",
        "Ada <ada@example.org>",
        "ada @example.org",
        "ada@exa mple.org",
        "ada@-example.org",
    ] {
        let found = problem("Ada", "ada", wrong, "");
        assert!(found.len() == 1 && found[0].0 == Field::Email, "{wrong}: {found:?}");
    }
    assert_eq!(problem("Ada", "ada", &format!("ada@{}.org", "x".repeat(300)), "")[0].0, Field::Email);
    for right in ["", "ada@example.org", "Ada.Lovelace+lab@sub.example.org", "ada@exämple.org", "o'neill@example.org"]
    {
        assert!(problem("Ada", "ada", right, "").is_empty(), "{right}");
    }
}

#[test]
fn extra_time_is_a_whole_percentage_up_to_three_hundred() {
    for (cell, percent) in [("", 0), ("0", 0), ("25", 25), ("25%", 25), (" 50 % ", 50), ("300", 300)] {
        assert_eq!(people(&format!("name,extra time\nAda,{cell}\n"))[0].3, percent, "{cell}");
    }
    for wrong in ["301", "-1", "0.25", "25.5", "much", "1e2", "%", "99999999999999999999", "٢٥"] {
        assert_eq!(problem("Ada", "ada", "", wrong)[0].0, Field::ExtraTimePercent, "{wrong}");
    }
}

#[test]
fn an_address_that_is_there_twice_names_the_other_row() {
    let text = "name,email\nAda,ada@example.org\nGrace,grace@example.org\nAda L.,ADA@example.org\nA.,ada@example.org\n";
    let found = problems(text);
    let lines: Vec<(u64, Field)> = found.iter().map(|(line, field, _)| (*line, *field)).collect();
    assert_eq!(lines, [(4, Field::Email), (5, Field::Email)]);
    assert!(found.iter().all(|(_, _, problem)| problem == "ada@example.org is already in row 2"), "{found:?}");
}

#[test]
fn a_login_name_that_is_there_twice_names_the_other_row() {
    let found = problems("name,login\nAda,ada\nGrace,grace\nAda Two,ADA\n");
    assert_eq!(found, [(4, Field::Name, "ada is already in row 2".to_owned())]);
}

#[test]
fn a_login_name_that_cannot_be_one_is_bad() {
    for wrong in ["ada lovelace", "adä", "ada/../x", &"a".repeat(41)] {
        assert_eq!(problem("Ada", wrong, "", "")[0].0, Field::Name, "{wrong}");
    }
}

#[test]
fn a_row_tells_all_that_is_wrong_with_it_at_once_and_shows_what_it_holds() {
    let found = problem("=Ada", "a b", "nowhere", "many");
    let fields: Vec<Field> = found.iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, [Field::DisplayName, Field::Name, Field::Email, Field::ExtraTimePercent]);
    let row = &roster("name,login\n=Ada,a b\n").rows[0];
    assert_eq!((row.display_name.as_str(), row.name.as_str()), ("=Ada", "a b"));
}
