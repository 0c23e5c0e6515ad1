//! TEMP
use super::member::LoginName;
use serde::Serialize;
use utoipa::ToSchema;
pub const MAX_BYTES: usize = 2 << 20;
pub struct Columns {
    pub name: Option<String>,
    pub display_name: Option<String>,
    pub email: Option<String>,
    pub extra_time_percent: Option<String>,
}
pub struct NewPerson {
    pub name: LoginName,
    pub display_name: String,
    pub email: Option<String>,
    pub extra_time_percent: u32,
}
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RowProblem {
    pub field: String,
    pub problem: String,
    pub fix: String,
}
pub struct Row {
    pub line: usize,
    pub shown_as: Option<String>,
    pub outcome: Result<NewPerson, Vec<RowProblem>>,
}
pub struct Roster {
    pub encoding: &'static str,
    pub delimiter: char,
    pub columns: Columns,
    pub rows: Vec<Row>,
}
impl Roster {
    pub fn read(_: &[u8]) -> Result<Self, std::fmt::Error> {
        Err(std::fmt::Error)
    }
    pub fn good(&self) -> impl Iterator<Item = &NewPerson> {
        self.rows.iter().filter_map(|row| row.outcome.as_ref().ok())
    }
}
pub fn write_csv<const N: usize>(
    header: &[&str; N],
    lines: impl IntoIterator<Item = [String; N]>,
) -> Result<String, csv::Error> {
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record(header)?;
    for line in lines {
        out.write_record(&line)?;
    }
    Ok(String::from_utf8(out.into_inner().unwrap_or_default()).unwrap_or_default())
}
