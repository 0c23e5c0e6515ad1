//! A class's settings, put together from what is, a file, and flags.

use std::io::Read;
use std::path::Path;

use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::times::{moment, none_or};
use crate::api::class::ClassSettings;
use crate::args::SettingsFlags;
use crate::failure::{Failure, wrong_usage};

/// What `class show --json` prints beside the settings: taken back without complaint, and without effect.
const READ_ONLY: [&str; 8] = ["id", "code", "state", "created_at", "archived_at", "spending", "people", "etag"];
const FILE_LIMIT: u64 = 64 << 10;

/// Settings from a file: some or all of them.
#[derive(Debug, Default)]
pub(super) struct SettingsFile {
    fields: Map<String, Value>,
    /// What the file was made from.
    pub(super) etag: Option<String>,
}

impl SettingsFile {
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let trouble = |what: &dyn std::fmt::Display| wrong_usage(format!("{}: {what}", path.display()));
        let text = read_file(path, FILE_LIMIT)?;
        let document: Value = serde_json::from_slice(&text).map_err(|error| trouble(&error))?;
        let Value::Object(mut fields) = document else {
            return Err(trouble(&"holds no JSON object"));
        };
        let etag = fields.get("etag").and_then(Value::as_str).map(str::to_owned);
        fields.retain(|name, _| !READ_ONLY.contains(&name.as_str()));
        Ok(Self { fields, etag })
    }

    /// `current` with the file's settings over it. A name that is no setting is refused: it is a setting misspelt.
    fn over(self, current: Value) -> Result<ClassSettings, Failure> {
        let Value::Object(mut settings) = current else {
            return Err(wrong_usage("the settings are no JSON object"));
        };
        for (name, value) in self.fields {
            match settings.get_mut(&name) {
                Some(setting) => *setting = value,
                None => return Err(wrong_usage(format!("“{name}” is not a setting of a class"))),
            }
        }
        ClassSettings::deserialize(Value::Object(settings))
            .map_err(|error| wrong_usage(format!("the settings in the file: {error}")))
    }
}

/// All of a file, or of the standard input for `-`, up to `limit` bytes.
pub(super) fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, Failure> {
    let mut content = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut content)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut content))
    };
    match read {
        Ok(size) if size as u64 > limit => {
            Err(wrong_usage(format!("{} is longer than {} KiB", path.display(), limit / 1024)))
        }
        Ok(_) => Ok(content),
        Err(error) => Err(wrong_usage(format!("{} cannot be read: {error}", path.display()))),
    }
}

/// What a new class has where nothing else is said, as the API documents it.
fn defaults() -> Value {
    json!({ "title": "", "time_zone": "UTC", "opens_at": null, "closes_at": null, "seats": 100,
        "environments_per_trainee": 2, "idle_minutes": null, "max_extra_minutes": 60,
        "trainee_extension_minutes": 0, "providers": ["linode", "digitalocean"], "budget_micro_usd": null,
        "viewing": "ask", "instructors": [] })
}

pub(super) fn for_new_class(file: SettingsFile, flags: &SettingsFlags) -> Result<Value, Failure> {
    let settings = with_flags(file.over(defaults())?, flags)?;
    if settings.title.trim().is_empty() {
        return Err(wrong_usage("give the class a --title"));
    }
    let mut body = as_json(&settings)?;
    if settings.instructors.is_empty()
        && let Value::Object(fields) = &mut body
    {
        // Who creates a class teaches it; an empty list would say nobody does.
        fields.remove("instructors");
    }
    Ok(body)
}

/// `current` with the file's settings over it, and the flags over those.
pub(super) fn edited(
    current: &ClassSettings,
    file: SettingsFile,
    flags: &SettingsFlags,
) -> Result<ClassSettings, Failure> {
    with_flags(file.over(as_json(current)?)?, flags)
}

pub(super) fn as_json(settings: &ClassSettings) -> Result<Value, Failure> {
    serde_json::to_value(settings).map_err(|error| wrong_usage(error.to_string()))
}

fn with_flags(mut settings: ClassSettings, flags: &SettingsFlags) -> Result<ClassSettings, Failure> {
    let set = |from: &Option<String>, to: &mut String| {
        if let Some(text) = from {
            to.clone_from(text);
        }
    };
    set(&flags.title, &mut settings.title);
    set(&flags.time_zone, &mut settings.time_zone);
    let zone = || {
        let named = TimeZone::get(&settings.time_zone);
        named.map_err(|_| wrong_usage(format!("“{}” is no time zone such as Europe/Berlin", settings.time_zone)))
    };
    if let Some(text) = &flags.opens_at {
        settings.opens_at = none_or(text, |text| moment(text, &zone()?))?;
    }
    if let Some(text) = &flags.closes_at {
        settings.closes_at = none_or(text, |text| moment(text, &zone()?))?;
    }
    if let Some(text) = &flags.idle_minutes {
        settings.idle_minutes = none_or(text, |text| count(text, "--idle-minutes"))?;
    }
    if let Some(text) = &flags.budget {
        settings.budget_micro_usd = none_or(text, micro_usd)?;
    }
    settings.seats = flags.seats.unwrap_or(settings.seats);
    settings.environments_per_trainee = flags.environments_per_trainee.unwrap_or(settings.environments_per_trainee);
    settings.max_extra_minutes = flags.max_extra_minutes.unwrap_or(settings.max_extra_minutes);
    settings.trainee_extension_minutes = flags.trainee_extension_minutes.unwrap_or(settings.trainee_extension_minutes);
    if !flags.providers.is_empty() {
        settings.providers = flags.providers.iter().map(|provider| provider.name().to_owned()).collect();
    }
    if let Some(viewing) = flags.viewing {
        viewing.name().clone_into(&mut settings.viewing);
    }
    if !flags.instructors.is_empty() {
        settings.instructors.clone_from(&flags.instructors);
    }
    Ok(settings)
}

pub(super) fn count(text: &str, flag: &str) -> Result<u32, Failure> {
    text.trim().parse().map_err(|_| wrong_usage(format!("{flag}: “{text}” is neither a number nor `none`")))
}

/// `49.50` as millionths, without the rounding of binary fractions.
fn micro_usd(text: &str) -> Result<i64, Failure> {
    let trouble = || wrong_usage(format!("--budget: “{text}” is no amount such as 49.50"));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) =
        text.trim().trim_start_matches('$').split_once('.').unwrap_or((text.trim().trim_start_matches('$'), ""));
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 6 {
        return Err(trouble());
    }
    let dollars: i64 = whole.parse().map_err(|_| trouble())?;
    let micros: i64 = format!("{part:0<6}").parse().map_err(|_| trouble())?;
    dollars.checked_mul(1_000_000).and_then(|dollars| dollars.checked_add(micros)).ok_or_else(trouble)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(document: Value) -> SettingsFile {
        let Value::Object(fields) = document else { panic!("no object") };
        SettingsFile { fields, etag: None }
    }

    #[test]
    fn flags_go_over_the_file_and_the_file_over_the_defaults() {
        let flags = SettingsFlags { seats: Some(30), ..SettingsFlags::default() };
        let body =
            for_new_class(file(json!({ "title": "DevSecOps", "seats": 20, "viewing": "open" })), &flags).unwrap();
        assert_eq!(body["seats"], 30);
        assert_eq!(body["viewing"], "open");
        assert_eq!(body["environments_per_trainee"], 2);
        assert_eq!(body.get("instructors"), None);
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let failure = for_new_class(file(json!({ "title": "x", "seat": 20 })), &SettingsFlags::default()).unwrap_err();
        assert!(failure.to_string().contains("“seat”"), "{failure}");
    }

    #[test]
    fn money_is_exact() {
        for (text, micro) in [("49.50", 49_500_000), ("0.1", 100_000), ("$5", 5_000_000), ("0.000001", 1)] {
            assert_eq!(micro_usd(text).unwrap(), micro, "{text}");
        }
        for text in ["", ".", "-1", "1e3", "1,50", "0.0000001", "99999999999999999999"] {
            assert!(micro_usd(text).is_err(), "{text}");
        }
    }
}
