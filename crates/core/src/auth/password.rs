//! Passwords: argon2id with the parameters of OWASP's password storage cheat sheet (19 MiB, 2 passes, 1 lane).

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{Error, PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use sha2::{Digest, Sha256};

use crate::domain::secret::Secret;

fn argon2id() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

/// The password as PHC text (`$argon2id$v=19$m=19456,t=2,p=1$…`). Takes some tens of milliseconds of one core.
pub fn hash_password(password: &str) -> Result<Secret, Error> {
    let salt = SaltString::generate(&mut OsRng);
    Ok(Secret::from(argon2id().hash_password(password.as_bytes(), &salt)?.to_string()))
}

/// The hash of a password nobody has, of the same cost as every other.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$JgeZOY7XopoUJ421XBXlnw$+U6odPws4AQiBZvUaMFJhPpdzAarP68vhD3pjHHoR5o";

/// Whether the password is the one behind `hash`. Without a hash it does the same work and says no, so that an unknown
/// member and a wrong password take the same time.
pub fn verify_password(password: &str, hash: Option<&Secret>) -> bool {
    let stored = hash.map_or(NOBODY, Secret::expose);
    let Ok(parsed) = PasswordHash::new(stored) else { return false };
    let matches = argon2id().verify_password(password.as_bytes(), &parsed).is_ok();
    matches && hash.is_some()
}

/// A new secret of 256 random bits, in URL-safe text.
pub fn random_secret() -> Secret {
    Secret::from(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()))
}

/// SHA-256 of a secret that is random enough to need no slow hash, in hex.
pub fn sha256_hex(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A code that is read out and typed once: 60 random bits as `K7QM-2XPD-9RTA`, without letters that look alike.
pub fn one_time_code() -> Secret {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let bits: u64 = rand::random();
    let letters: Vec<char> = (0..12).map(|at| char::from(LETTERS[(bits >> (5 * at)) as usize % 32])).collect();
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    Secret::from(groups.join("-"))
}

/// What a typed code is compared by: people leave hyphens out and use small letters.
pub fn code_sha256(code: &str) -> Secret {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    Secret::from(sha256_hex(&plain.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        let code = one_time_code();
        assert_eq!(code.expose().len(), 14);
        let sloppy = code.expose().replace('-', " ").to_lowercase();
        assert_eq!(code_sha256(&sloppy), code_sha256(code.expose()));
        assert_ne!(code_sha256(one_time_code().expose()), code_sha256(code.expose()));
    }

    #[test]
    fn only_the_right_password_of_a_known_member_passes() {
        let hash = hash_password("open sesame").unwrap();
        assert!(hash.expose().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(verify_password("open sesame", Some(&hash)));
        assert!(!verify_password("open barley", Some(&hash)));
        assert!(!verify_password("open sesame", None));
    }
}
