//! The demo class, made through the admin API as any operator would make it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use brihaspati_lab::{Gathered, LabFile};
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const CODE: &str = "DEMO-2026";

struct Person {
    name: &'static str,
    display_name: &'static str,
}

const TRAINEES: [Person; 2] =
    [Person { name: "ada", display_name: "Ada" }, Person { name: "lin", display_name: "Lin" }];
const INSTRUCTOR: Person = Person { name: "grace", display_name: "Grace" };

/// What a person needs to come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    pub class_code: String,
    pub trainees: Vec<DemoPerson>,
    pub instructor: DemoPerson,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoPerson {
    pub name: String,
    pub password: String,
}

/// The class of an earlier start.
#[derive(Serialize, Deserialize)]
struct Remembered {
    class_id: String,
    code: String,
}

pub(crate) struct Seeder {
    api: String,
    operator_token: String,
    client: reqwest::Client,
}

impl Seeder {
    pub(crate) fn new(origin: &str, operator_token: &str) -> Result<Self> {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build()?;
        Ok(Self { api: format!("{origin}/api/admin"), operator_token: operator_token.to_owned(), client })
    }

    /// Brings the class, its labs and members to what they should be; doing it again changes nothing.
    pub(crate) async fn seed(
        &self,
        labs: &Path,
        memory: &Path,
        mut password: impl FnMut(&str) -> Result<String>,
    ) -> Result<Demo> {
        let folders = lab_folders(labs)?;
        let mut known = |person: &Person| {
            Ok::<_, anyhow::Error>(DemoPerson { name: person.name.to_owned(), password: password(person.name)? })
        };
        let instructor = known(&INSTRUCTOR)?;
        let teaches = self.instructor(&instructor.password).await?;
        let class = self.class(&folders, memory, &teaches).await?;
        let mut trainees = Vec::new();
        for person in &TRAINEES {
            let trainee = known(person)?;
            self.member(&class, person, &trainee.password).await?;
            trainees.push(trainee);
        }
        Ok(Demo { class_code: class.code, trainees, instructor })
    }

    /// The remembered class if the table still has it, or a new one, with its labs.
    async fn class(&self, folders: &[PathBuf], memory: &Path, instructor: &str) -> Result<Remembered> {
        if let Some(class) = fs::read(memory).ok().and_then(|bytes| serde_json::from_slice::<Remembered>(&bytes).ok())
            && self.labs(&class, folders).await?
        {
            return Ok(class);
        }
        let class = self.create_class(instructor).await?;
        fs::write(memory, serde_json::to_vec_pretty(&class)?).with_context(|| memory.display().to_string())?;
        if !self.labs(&class, folders).await? {
            bail!("the class that was just made is not there");
        }
        Ok(class)
    }

    /// Makes a class under the demo's code, or under one like it where that is taken by a class nobody remembers.
    async fn create_class(&self, instructor: &str) -> Result<Remembered> {
        let spare = format!("{CODE}-{:04}", rand::random_range(0..10_000));
        for code in [CODE.to_owned(), spare] {
            let body = json!({
                "code": code,
                "title": "DevSecOps lab day",
                "instructors": [instructor],
                "trainee_extension_minutes": 15,
            });
            match self.call(Method::POST, "/classes", &body).await? {
                (StatusCode::CREATED, answer) => {
                    let class_id = answer["id"].as_str().context("the new class has no id")?.to_owned();
                    return Ok(Remembered { class_id, code });
                }
                (_, problem) if problem["code"] == "class_code_taken" => {}
                (status, problem) => bail!("the demo class was refused: {}", told(status, &problem)),
            }
        }
        bail!("both class codes of the demo are taken; run make clean")
    }

    /// Stores every lab; false where the class does not exist.
    async fn labs(&self, class: &Remembered, folders: &[PathBuf]) -> Result<bool> {
        for folder in folders {
            let slug =
                folder.file_name().and_then(|name| name.to_str()).context("a lab's folder needs a UTF-8 name")?;
            let body = json!({ "files": lab_files(folder).with_context(|| format!("lab {slug}"))? });
            match self.call(Method::PUT, &format!("/classes/{}/labs/{slug}", class.class_id), &body).await? {
                (StatusCode::OK, _) => {}
                (_, problem) if problem["code"] == "class_not_found" => return Ok(false),
                (status, problem) => bail!("lab {slug} was refused: {}", told(status, &problem)),
            }
        }
        Ok(true)
    }

    /// The instructor's id.
    async fn instructor(&self, password: &str) -> Result<String> {
        let Person { name, display_name } = INSTRUCTOR;
        let body = json!({ "name": name, "display_name": display_name, "password": password });
        let known = match self.call(Method::POST, "/instructors", &body).await? {
            (StatusCode::CREATED, made) => made,
            (_, problem) if problem["code"] == "instructor_exists" => {
                let (_, all) = self.call(Method::GET, "/instructors", &Value::Null).await?;
                let all = all["instructors"].as_array().cloned().unwrap_or_default();
                all.into_iter().find(|known| known["name"] == name).context("the instructor is not listed")?
            }
            (status, problem) => bail!("instructor {name} was refused: {}", told(status, &problem)),
        };
        Ok(known["id"].as_str().context("the instructor has no id")?.to_owned())
    }

    async fn member(&self, class: &Remembered, person: &Person, password: &str) -> Result<()> {
        let body = json!({
            "name": person.name,
            "display_name": person.display_name,
            "password": password,
        });
        match self.call(Method::POST, &format!("/classes/{}/members", class.class_id), &body).await? {
            (StatusCode::CREATED, _) => Ok(()),
            (_, problem) if problem["code"] == "member_exists" => Ok(()),
            (status, problem) => bail!("member {} was refused: {}", person.name, told(status, &problem)),
        }
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Result<(StatusCode, Value)> {
        let request = self.client.request(method, format!("{}{path}", self.api)).bearer_auth(&self.operator_token);
        let response = request.json(body).send().await.context("the admin API does not answer")?;
        let status = response.status();
        Ok((status, response.json().await.unwrap_or_default()))
    }
}

fn told(status: StatusCode, problem: &Value) -> String {
    let detail = problem["detail"].as_str().or_else(|| problem["message"].as_str()).unwrap_or("no reason given");
    format!("{status}, {detail}")
}

/// The folders of `labs/` that hold a lab, by name.
fn lab_folders(labs: &Path) -> Result<Vec<PathBuf>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(labs).with_context(|| format!("{} cannot be read", labs.display()))? {
        let folder = entry?.path();
        if folder.join("lab.yaml").is_file() {
            folders.push(folder);
        }
    }
    folders.sort();
    Ok(folders)
}

/// A lab's files, or everything that keeps them from being one.
fn lab_files(folder: &Path) -> Result<Vec<LabFile>> {
    let examined = Gathered::from_folder(folder).examine();
    let problems: Vec<String> = examined.errors().map(ToString::to_string).collect();
    match examined.folder {
        Some(lab) => Ok(lab.files),
        None => bail!("{}", problems.join("\n")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_without_a_guide_is_named() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("lab.yaml"), "").unwrap();
        let error = format!("{:#}", lab_files(directory.path()).unwrap_err());
        assert!(error.contains("guide.md: the file is missing"), "{error}");
    }
}
