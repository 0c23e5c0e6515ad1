use brihaspati_core::domain::roster::{Encoding, Roster, RosterProblem};

const TEXT: &str = "Name;E-Mail\r\nZoë Müller;zoe@example.org\r\nŁucja Żak;lucja@example.org\r\n";
const LATIN: &str = "Name;E-Mail\r\nZoë Müller – “Zö”;zoe@example.org\r\n";

fn utf_16(text: &str, bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes_of).collect()
}

fn marked(mark: &[u8], text: Vec<u8>) -> Vec<u8> {
    [mark.to_vec(), text].concat()
}

fn reads_as(bytes: &[u8], encoding: Encoding) -> Roster {
    let roster = Roster::read(bytes).unwrap();
    assert_eq!(roster.encoding, encoding);
    assert_eq!(roster.columns.display_name.as_deref(), Some("Name"), "no mark sticks to the first heading");
    roster
}

#[test]
fn a_file_is_read_in_whatever_unicode_it_was_saved() {
    for (bytes, encoding) in [
        (TEXT.as_bytes().to_vec(), Encoding::Utf8),
        (marked(b"\xef\xbb\xbf", TEXT.into()), Encoding::Utf8),
        (marked(b"\xff\xfe", utf_16(TEXT, u16::to_le_bytes)), Encoding::Utf16Le),
        (marked(b"\xfe\xff", utf_16(TEXT, u16::to_be_bytes)), Encoding::Utf16Be),
        (utf_16(TEXT, u16::to_le_bytes), Encoding::Utf16Le),
        (utf_16(TEXT, u16::to_be_bytes), Encoding::Utf16Be),
    ] {
        let roster = reads_as(&bytes, encoding);
        let names: Vec<&str> = roster.rows.iter().map(|row| row.display_name.as_str()).collect();
        assert_eq!(names, ["Zoë Müller", "Łucja Żak"]);
        assert!(roster.rows.iter().all(|row| row.outcome.is_ok()));
        assert!(roster.notices.is_empty(), "{:?}", roster.notices);
    }
}

#[test]
fn names_in_other_scripts_are_read_from_utf_16_without_a_mark() {
    let text = "Name,E-Mail\nАнна Каренина,anna@example.org\n李小龙,li@example.org\n";
    let roster = reads_as(&utf_16(text, u16::to_le_bytes), Encoding::Utf16Le);
    assert_eq!(roster.rows[1].display_name, "李小龙");
}

#[test]
fn what_is_no_unicode_is_read_as_windows_1252_with_a_notice() {
    let bytes: Vec<u8> = LATIN
        .chars()
        .map(|c| match c {
            '–' => 0x96,
            '“' => 0x93,
            '”' => 0x94,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    let roster = reads_as(&bytes, Encoding::Windows1252);
    assert_eq!(roster.rows[0].display_name, "Zoë Müller – “Zö”");
    assert!(roster.notices[0].contains("Windows-1252"), "{:?}", roster.notices);
}

#[test]
fn a_row_with_characters_that_cannot_be_read_is_bad_and_the_others_are_good() {
    let mut bytes = b"\xef\xbb\xbfName\nAda\nL\xffn\nGrace\n".to_vec();
    let roster = Roster::read(&bytes).unwrap();
    assert_eq!(roster.rows.iter().map(|row| row.outcome.is_ok()).collect::<Vec<_>>(), [true, false, true]);

    // Half a character at the end of UTF-16.
    bytes = marked(b"\xff\xfe", utf_16("Name\nAda\nLin", u16::to_le_bytes));
    bytes.push(b'x');
    let roster = Roster::read(&bytes).unwrap();
    assert_eq!(roster.rows.iter().map(|row| row.outcome.is_ok()).collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_file_that_is_no_text_is_refused_by_its_kind() {
    let kinds: [(&[u8], &str); 6] = [
        (b"PK\x03\x04\x14\0\x06\0\x08\0", "an Excel or OpenDocument file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel file"),
        (b"%PDF-1.7\n", "a PDF file"),
        (b"\xff\xfe\0\0N\0\0\0", "text in UTF-32"),
        (b"Name\n\x00\x01\x02\x00\xff\xfe\x00Ada", "a file with binary data"),
        (b"\0\0\0\0\0\0\0\0", "a file with binary data"),
    ];
    for (bytes, what) in kinds {
        let refused = Roster::read(bytes).unwrap_err();
        assert_eq!(refused, RosterProblem::NotText { what });
        assert!(refused.to_string().contains("CSV UTF-8"), "{refused}");
    }
}

#[test]
fn nothing_is_an_empty_file() {
    for nothing in ["", "\u{feff}", "  \r\n\r\n", ",,,\n;;\n", "\"\",\n"] {
        let refused = Roster::read(nothing.as_bytes()).unwrap_err();
        assert_eq!(refused, RosterProblem::Empty, "{nothing:?}");
    }
    assert_eq!(Roster::read(b"\xff\xfe").unwrap_err(), RosterProblem::Empty);
}
