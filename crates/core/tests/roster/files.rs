use brihaspati_core::domain::roster::{Delimiter, RosterProblem};

use crate::{names, people, problems, refused, roster};

#[test]
fn commas_semicolons_and_tabs_are_told_apart() {
    for (text, delimiter) in [
        ("name,email\nAda,ada@example.org\n", Delimiter::Comma),
        ("name;email\nAda;ada@example.org\n", Delimiter::Semicolon),
        ("name\temail\nAda\tada@example.org\n", Delimiter::Tab),
        ("Lovelace, Ada;ada@example.org\nHopper, Grace;grace@example.org\n", Delimiter::Semicolon),
        ("\"Lovelace; Ada\",ada@example.org\n\"Hopper; Grace\",grace@example.org\n", Delimiter::Comma),
        ("Name;Notes\nAda;a, b, c\nGrace;d, e, f\n", Delimiter::Semicolon),
        ("name\nAda\nGrace\n", Delimiter::Comma),
    ] {
        assert_eq!(roster(text).delimiter, delimiter, "{text:?}");
    }
}

#[test]
fn excel_may_name_the_delimiter_in_the_first_line() {
    let text = "sep=;\r\nName;E-Mail\r\nAda;ada@example.org\r\n";
    let roster = roster(text);
    assert_eq!((roster.delimiter, roster.rows[0].line), (Delimiter::Semicolon, 3));
    assert_eq!(names(text), ["Ada"]);
    assert_eq!(names("\"sep=\t\"\nName\tLogin\nAda, Countess\tada\n"), ["Ada, Countess"]);
}

#[test]
fn line_breaks_of_every_system_are_understood() {
    for text in ["name\nAda\nGrace", "name\r\nAda\r\nGrace\r\n", "name\rAda\rGrace\r"] {
        assert_eq!(names(text), ["Ada", "Grace"]);
        assert_eq!(roster(text).rows[1].line, 3, "{text:?}");
    }
}

#[test]
fn quotation_marks_hold_delimiters_quotation_marks_and_lines_together() {
    let text = "name,note,email\n\"Lovelace, \"\"Ada\"\"\",\"first\nsecond\r\nthird\",ada@example.org\nGrace,x,grace@example.org\n";
    let rows = roster(text).rows;
    assert_eq!(names(text), ["Lovelace, \"Ada\"", "Grace"]);
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5], "lines as an editor counts them");
}

#[test]
fn rows_without_any_text_are_passed_over_and_still_count_as_lines() {
    let text = "\n\nname,email\n\n,\n  , \nAda,ada@example.org\n\r\n\n\"\",\"\"\nGrace,\n\n";
    let lines: Vec<u64> = roster(text).rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [7, 11]);
}

#[test]
fn a_quotation_mark_that_is_never_closed_is_found_where_it_opens() {
    for text in ["name,email\nAda,a@example.org\n\"Grace,g@example.org\nLin,l@example.org\n", "name\nAda\n\"Grace"] {
        assert_eq!(refused(text), RosterProblem::OpenQuote { line: 3 }, "{text:?}");
    }
    assert_eq!(refused("\"name\nAda\n"), RosterProblem::OpenQuote { line: 1 });
}

#[test]
fn a_quotation_mark_that_swallows_other_rows_makes_a_bad_row_and_nobody_is_lost_unseen() {
    let text = "name,email\n\"Ada,a@example.org\nGrace\",g@example.org\nLin,l@example.org\n";
    let found = problems(text);
    assert_eq!(found.len(), 1);
    assert!(found[0].0 == 2 && found[0].2.contains("line break"), "{found:?}");
}

#[test]
fn a_row_with_more_cells_than_headings_is_bad_and_one_with_fewer_is_not() {
    let text = "name,email\nLovelace, Ada,ada@example.org\nGrace\nLin,lin@example.org,,\n";
    let found = problems(text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert_eq!((found[0].0, found[0].2.as_str()), (2, "has 3 cells, where the first row has 2"));
    let rest: Vec<bool> = roster(text).rows.iter().map(|row| row.outcome.is_ok()).collect();
    assert_eq!(rest, [false, true, true]);
}

#[test]
fn headings_without_people_are_told() {
    assert_eq!(refused("name,email\n"), RosterProblem::NoRows);
    assert_eq!(refused("name,email\n\n,\n"), RosterProblem::NoRows);
}

#[test]
fn a_roster_that_this_program_exported_can_be_imported() {
    use brihaspati_core::domain::spreadsheet::to_csv;
    let rows =
        [["Ada \"the first\", Countess".to_owned(), "ada".to_owned(), "ada@example.org".to_owned(), "25".to_owned()]];
    let exported = to_csv(["display name", "login name", "e-mail", "extra time %"], rows).unwrap();
    let ada = ("Ada \"the first\", Countess".to_owned(), "ada".to_owned(), Some("ada@example.org".to_owned()), 25);
    assert_eq!(people(&exported), [ada]);
}
