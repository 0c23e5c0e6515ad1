//! Instructors' accounts, for the operator.

use serde_json::{Value, json};

use super::Context;
use super::session::new_password;
use crate::api::session::Instructor;
use crate::api::{Answer, Payload, all_pages, segment};
use crate::args::InstructorCommand;
use crate::failure::Failure;
use crate::output::{Table, plain};

const ACCOUNTS: &str = "/api/admin/instructors";

pub(super) async fn run(context: &Context<'_>, command: InstructorCommand) -> Result<(), Failure> {
    let Context { api, output } = context;
    match command {
        InstructorCommand::Create { name, display_name } => {
            let password = new_password(&name)?;
            let body = json!({ "name": name, "display_name": display_name, "password": password });
            let answer: Answer<Instructor> = api.post(ACCOUNTS, Payload::json(&body)).await?;
            output.show(&answer.json, |output| output.line(format!("created {}", words(&answer.value))))
        }
        InstructorCommand::List => {
            let answer: Answer<Vec<Instructor>> = all_pages(api, ACCOUNTS, "instructors").await?;
            output.show(&answer.json, |output| {
                let mut table = Table::new(["name", "display name", "state", "id"]);
                for instructor in &answer.value {
                    let state = if instructor.disabled { "disabled" } else { "active" };
                    table.row([
                        (&*instructor.name).into(),
                        (&*instructor.display_name).into(),
                        state.into(),
                        (&*instructor.id).into(),
                    ]);
                }
                output.table(&table)
            })
        }
        InstructorCommand::Edit { instructor, display_name, disable, enable, new_password: renew } => {
            let account = find(context, &instructor).await?;
            let disabled = if disable || enable { disable } else { account.disabled };
            let display_name = display_name.unwrap_or_else(|| account.display_name.clone());
            let mut body = json!({ "display_name": display_name, "disabled": disabled });
            if renew {
                body["password"] = json!(new_password(&account.name)?);
            }
            let path = format!("{ACCOUNTS}/{}", segment(&account.id)?);
            let answer: Answer<Value> = api.put(&path, Payload::json(&body)).await?;
            output.show(&answer.json, |output| output.line(format!("changed {}", words(&account))))
        }
    }
}

async fn find(context: &Context<'_>, wanted: &str) -> Result<Instructor, Failure> {
    let accounts: Answer<Vec<Instructor>> = all_pages(&context.api, ACCOUNTS, "instructors").await?;
    let found = accounts.value.into_iter().find(|one| one.id == wanted || one.name.eq_ignore_ascii_case(wanted));
    found.ok_or_else(|| Failure::NotFound(format!("no instructor is called “{wanted}”")))
}

fn words(instructor: &Instructor) -> String {
    format!("{} ({}), {}", plain(&instructor.display_name), plain(&instructor.name), plain(&instructor.id))
}
