//! What is wrong with a value, field by field.

use serde::Serialize;
use utoipa::ToSchema;
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

/// One wrong field: where it stands (`placements[0].region`) and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    pub field: String,
    pub message: String,
}

/// Text for people: no control characters, and not only spaces.
pub fn printable(text: &str) -> Result<(), ValidationError> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        Err(ValidationError::new("printable")
            .with_message("must be text without line breaks or control characters".into()))
    } else {
        Ok(())
    }
}

/// Flattens nested validation errors into one list, sorted by path.
pub fn field_errors(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut found = Vec::new();
    collect("", errors, &mut found);
    found.sort_by(|a, b| a.field.cmp(&b.field));
    found
}

fn collect(prefix: &str, errors: &ValidationErrors, found: &mut Vec<FieldError>) {
    for (name, kind) in errors.errors() {
        let path = if prefix.is_empty() { name.to_string() } else { format!("{prefix}.{name}") };
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(&path, inner, found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(&format!("{path}[{index}]"), inner, found);
                }
            }
            ValidationErrorsKind::Field(problems) => {
                found.extend(
                    problems.iter().map(|problem| FieldError { field: path.clone(), message: message(problem) }),
                );
            }
        }
    }
}

fn message(problem: &ValidationError) -> String {
    if let Some(message) = &problem.message {
        return message.to_string();
    }
    let bound = |name: &str| problem.params.get(name).map(ToString::to_string);
    match (problem.code.as_ref(), bound("min"), bound("max")) {
        ("length", Some(min), Some(max)) => format!("must be {min} to {max} long"),
        ("range", Some(min), Some(max)) => format!("must be from {min} to {max}"),
        (_, Some(min), None) => format!("must be at least {min}"),
        (_, None, Some(max)) => format!("must be at most {max}"),
        (code, ..) => format!("is not valid ({code})"),
    }
}
