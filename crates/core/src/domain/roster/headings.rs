//! What people write above their columns, in English, German, French and Spanish.

use deunicode::deunicode;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    Login,
    FullName,
    FirstName,
    LastName,
    /// `Name` or `nom`: the last name, where another column holds the first names.
    NameOrLast,
    /// `Nombre`: the first name, where another column holds the last names.
    NameOrFirst,
    Email,
    ExtraTime,
}

/// Without accents, spaces and signs, in lower case.
const HEADINGS: &[(Heading, &[&str])] = &[
    (
        Heading::Login,
        &[
            "login",
            "loginname",
            "username",
            "user",
            "userid",
            "userlogin",
            "account",
            "accountname",
            "benutzername",
            "benutzer",
            "benutzerkennung",
            "anmeldename",
            "kennung",
            "loginkennung",
            "identifiant",
            "nomdutilisateur",
            "utilisateur",
            "usuario",
            "nombredeusuario",
        ],
    ),
    (
        Heading::FullName,
        &[
            "fullname",
            "displayname",
            "realname",
            "student",
            "studentname",
            "trainee",
            "traineename",
            "participant",
            "participantname",
            "attendee",
            "learner",
            "vollername",
            "vollstandigername",
            "vorundnachname",
            "vornamenachname",
            "anzeigename",
            "teilnehmer",
            "teilnehmerin",
            "teilnehmername",
            "teilnehmende",
            "schuler",
            "studierende",
            "studierender",
            "nomcomplet",
            "nometprenom",
            "prenometnom",
            "nomprenom",
            "prenomnom",
            "nomaffiche",
            "etudiant",
            "participante",
            "participants",
            "apprenant",
            "eleve",
            "stagiaire",
            "nombrecompleto",
            "nombreyapellido",
            "nombreyapellidos",
            "apellidosynombre",
            "nombrevisible",
            "alumno",
            "alumna",
            "estudiante",
        ],
    ),
    (Heading::NameOrLast, &["name", "names", "nom", "noms"]),
    (Heading::NameOrFirst, &["nombre", "nombres"]),
    (
        Heading::FirstName,
        &[
            "firstname",
            "firstnames",
            "first",
            "givenname",
            "givennames",
            "given",
            "forename",
            "vorname",
            "vornamen",
            "rufname",
            "prenom",
            "prenoms",
            "nombredepila",
            "primernombre",
        ],
    ),
    (
        Heading::LastName,
        &[
            "lastname",
            "last",
            "surname",
            "familyname",
            "family",
            "nachname",
            "nachnamen",
            "familienname",
            "zuname",
            "nomdefamille",
            "apellido",
            "apellidos",
            "primerapellido",
        ],
    ),
    (
        Heading::Email,
        &[
            "email",
            "emails",
            "mail",
            "emailaddress",
            "mailaddress",
            "emailaddresses",
            "emailadresse",
            "mailadresse",
            "epost",
            "epostadresse",
            "adresseemail",
            "adressemail",
            "adresseelectronique",
            "adressecourriel",
            "courriel",
            "courrielelectronique",
            "correo",
            "correoelectronico",
            "direcciondecorreo",
            "direcciondecorreoelectronico",
            "direccionemail",
        ],
    ),
];

/// With whatever follows: "extra time in %".
const EXTRA_TIME: &[&str] = &[
    "extratime",
    "additionaltime",
    "timeaccommodation",
    "extrazeit",
    "zeitzuschlag",
    "zeitverlangerung",
    "zusatzzeit",
    "mehrzeit",
    "nachteilsausgleich",
    "tempssupplementaire",
    "tempsadditionnel",
    "tempsmajore",
    "majorationdetemps",
    "majorationdutemps",
    "tiempoextra",
    "tiempoadicional",
    "tiemposuplementario",
];

impl Heading {
    /// What a cell announces, if it is a heading.
    pub(super) fn of(cell: &str) -> Option<Self> {
        // Nobody writes longer headings, and transliterating long cells takes time.
        if cell.len() > 120 {
            return None;
        }
        let before_brackets = cell.split(['(', '[', '{']).next().unwrap_or_default();
        let letters: String = deunicode(before_brackets)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_lowercase())
            .collect();
        if EXTRA_TIME.iter().any(|start| letters.starts_with(start)) {
            return Some(Self::ExtraTime);
        }
        let found = HEADINGS.iter().find(|(_, texts)| texts.contains(&letters.as_str()));
        found.map(|(heading, _)| *heading)
    }
}
