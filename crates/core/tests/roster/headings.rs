use brihaspati_core::domain::roster::RosterProblem;

use crate::{names, people, problems, refused, roster};

#[test]
fn headings_are_known_in_four_languages() {
    for headings in [
        "Name,Login,E-Mail,Extra time %",
        "Display name,User name,Email address,Extra time (percent)",
        "FULL NAME,username,e_mail,extra_time_percent",
        "Vollständiger Name,Benutzername,E-Mail-Adresse,Zeitzuschlag in %",
        "Anzeigename,Kennung,Mail,Zeitverlängerung",
        "Nom complet,Identifiant,Adresse e-mail,Temps supplémentaire",
        "Nom et prénom,Nom d'utilisateur,Courriel,Temps majoré (%)",
        "Nombre completo,Usuario,Correo electrónico,Tiempo adicional",
        "Nombre y apellidos,Nombre de usuario,Dirección de correo electrónico,Tiempo extra",
    ] {
        let text = format!("{headings}\nAda Lovelace,ada,ada@example.org,25%\n");
        let ada = ("Ada Lovelace".to_owned(), "ada".to_owned(), Some("ada@example.org".to_owned()), 25);
        assert_eq!(people(&text), [ada], "{headings}");
        let columns = roster(&text).columns;
        let told = [columns.display_name, columns.name, columns.email, columns.extra_time_percent];
        assert_eq!(told.map(Option::unwrap).join(","), headings);
    }
}

#[test]
fn first_and_last_names_are_joined_whatever_they_are_called() {
    for headings in [
        "First name,Last name",
        "Given name,Surname",
        "Vorname,Nachname",
        "Vorname,Name",
        "Prénom,Nom",
        "Prénom,Nom de famille",
        "Nombre,Apellidos",
        "Name,Surname",
    ] {
        let text = format!("{headings}\nAda,Lovelace\n");
        assert_eq!(names(&text), ["Ada Lovelace"], "{headings}");
        assert_eq!(roster(&text).columns.display_name.unwrap(), headings.replace(',', " + "));
    }
    assert_eq!(names("Nachname;Vorname\nLovelace;Ada\n"), ["Ada Lovelace"]);
    assert_eq!(names("Name,Surname\nAda Lovelace,Lovelace\nGrace,\n"), ["Ada Lovelace", "Grace"]);
}

#[test]
fn a_display_name_goes_before_first_and_last_and_they_help_out_where_it_is_missing() {
    let text = "Full name,First name,Last name\nAda King,Ada,Lovelace\n,Grace,Hopper\n";
    assert_eq!(names(text), ["Ada King", "Grace Hopper"]);
}

#[test]
fn name_alone_is_the_whole_name() {
    for heading in ["Name", "Nom", "Nombre"] {
        assert_eq!(names(&format!("{heading},E-Mail\nAda Lovelace,ada@example.org\n")), ["Ada Lovelace"]);
    }
}

#[test]
fn columns_that_are_not_read_are_told() {
    let roster = roster("Group,Name,,Room\nA,Ada,x,12\n");
    assert_eq!(roster.columns.ignored, ["Group", "column 3", "Room"]);
    assert_eq!(roster.notices, ["these columns are not read: Group, column 3, Room"]);
}

#[test]
fn a_file_without_headings_is_understood_where_its_first_row_is_plainly_a_person() {
    let email = |name: &str| Some(format!("{name}@example.org"));
    let ada = ("Ada Lovelace".to_owned(), "ada".to_owned(), email("ada"), 0);
    for text in ["Ada Lovelace,ada@example.org\n", "ada@example.org;Ada Lovelace\n", "Ada,Lovelace,ada@example.org\n"] {
        assert_eq!(people(text), std::slice::from_ref(&ada), "{text:?}");
    }
    let lin = ("Lin Chen".to_owned(), "lin".to_owned(), email("lin"), 50);
    assert_eq!(people("Ada Lovelace,ada@example.org,\nLin Chen,lin@example.org,50\n"), [ada, lin]);
    assert_eq!(names("Ada Lovelace\nLin Chen\n"), ["Ada Lovelace", "Lin Chen"]);
    let columns = roster("Ada Lovelace,ada@example.org\n").columns;
    assert_eq!((columns.display_name.as_deref(), columns.email.as_deref()), (Some("column 1"), Some("column 2")));
}

#[test]
fn a_file_that_cannot_be_understood_says_what_was_found_and_what_to_write() {
    for text in [
        "Kürzel,Raum\nAL,12\n",
        "Ada,Lovelace\nGrace,Hopper\n",
        "Wer,Wo\nAda,ada@example.org\n",
        "a,b,c,ada@example.org\n",
    ] {
        let refused = refused(text);
        assert!(matches!(refused, RosterProblem::NoHeadings { .. }), "{text:?}: {refused}");
        let first = text.split([',', '\n']).next().unwrap();
        assert!(refused.to_string().contains(first) && refused.to_string().contains("e-mail"), "{refused}");
    }
    let nameless = refused("login,e-mail\nada,ada@example.org\n");
    assert!(matches!(nameless, RosterProblem::NoNames { .. }), "{nameless}");
    assert!(matches!(refused("ada@example.org\n"), RosterProblem::NoHeadings { .. } | RosterProblem::NoNames { .. }));
}

#[test]
fn two_columns_of_one_kind_are_told() {
    let twice = refused("Name,E-Mail,Mail\nAda,a@example.org,b@example.org\n");
    let second = RosterProblem::TwoColumns { what: "e-mail address", first: "E-Mail".into(), second: "Mail".into() };
    assert_eq!(twice, second);
    assert!(matches!(refused("Name,Display name\nA,B\n"), RosterProblem::TwoColumns { what: "name", .. }));
}

#[test]
fn a_heading_of_any_length_is_no_trouble() {
    let long = "x".repeat(100_000);
    let columns = roster(&format!("name,{long}\nAda,1\n")).columns;
    assert!(columns.ignored[0].chars().count() < 100);
    assert!(problems(&format!("name,{long}\nAda,1\n")).is_empty());
}
