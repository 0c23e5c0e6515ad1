//! The demo class, made through the admin API as any operator would make it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use reqwest::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const CODE: &str = "DEMO-2026";

struct Person {
    name: &'static str,
    display_name: &'static str,
    role: &'static str,
}

const MEMBERS: [Person; 3] = [
    Person { name: "ada", display_name: "Ada", role: "trainee" },
    Person { name: "lin", display_name: "Lin", role: "trainee" },
    Person { name: "grace", display_name: "Grace", role: "instructor" },
];

/// What a person needs to come in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    pub class_code: String,
    pub members: Vec<DemoMember>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoMember {
    pub name: String,
    pub role: String,
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
        Ok(Self { api: format!("{origin}/api/admin/classes"), operator_token: operator_token.to_owned(), client })
    }

    /// Brings the class, its labs and members to what they should be; doing it again changes nothing.
    pub(crate) async fn seed(
        &self,
        labs: &Path,
        memory: &Path,
        mut password: impl FnMut(&str) -> Result<String>,
    ) -> Result<Demo> {
        let folders = lab_folders(labs)?;
        let class = self.class(&folders, memory).await?;
        let mut demo = Demo { class_code: class.code.clone(), members: Vec::new() };
        for person in &MEMBERS {
            let password = password(person.name)?;
            self.member(&class, person, &password).await?;
            demo.members.push(DemoMember { name: person.name.to_owned(), role: person.role.to_owned(), password });
        }
        Ok(demo)
    }

    /// The remembered class if the table still has it, or a new one, with its labs.
    async fn class(&self, folders: &[PathBuf], memory: &Path) -> Result<Remembered> {
        if let Some(class) = fs::read(memory).ok().and_then(|bytes| serde_json::from_slice::<Remembered>(&bytes).ok())
            && self.labs(&class, folders).await?
        {
            return Ok(class);
        }
        let class = self.create_class().await?;
        fs::write(memory, serde_json::to_vec_pretty(&class)?).with_context(|| memory.display().to_string())?;
        if !self.labs(&class, folders).await? {
            bail!("the class that was just made is not there");
        }
        Ok(class)
    }

    /// Makes a class under the demo's code, or under one like it where that is taken by a class nobody remembers.
    async fn create_class(&self) -> Result<Remembered> {
        let spare = format!("{CODE}-{:04}", rand::random_range(0..10_000));
        for code in [CODE.to_owned(), spare] {
            let body = json!({"code": code, "title": "DevSecOps lab day"});
            match self.call(Method::POST, "", &body).await? {
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
            match self.call(Method::PUT, &format!("/{}/labs/{slug}", class.class_id), &body).await? {
                (StatusCode::OK, _) => {}
                (_, problem) if problem["code"] == "class_not_found" => return Ok(false),
                (status, problem) => bail!("lab {slug} was refused: {}", told(status, &problem)),
            }
        }
        Ok(true)
    }

    async fn member(&self, class: &Remembered, person: &Person, password: &str) -> Result<()> {
        let body = json!({
            "name": person.name,
            "display_name": person.display_name,
            "role": person.role,
            "password": password,
        });
        match self.call(Method::POST, &format!("/{}/members", class.class_id), &body).await? {
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

/// What belongs to a lab; authors may keep other files (a solution, notes) beside it.
fn lab_files(folder: &Path) -> Result<Vec<Value>> {
    let mut files = Vec::new();
    for name in ["lab.yaml", "guide.md", "setup.sh"] {
        files.push(lab_file(folder, &folder.join(name))?);
    }
    for name in ["files", "checks"] {
        let part = folder.join(name);
        if part.is_dir() {
            collect(folder, &part, &mut files)?;
        }
    }
    Ok(files)
}

fn collect(folder: &Path, directory: &Path, files: &mut Vec<Value>) -> Result<()> {
    let mut paths = fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        if path.symlink_metadata()?.is_dir() {
            collect(folder, &path, files)?;
        } else {
            files.push(lab_file(folder, &path)?);
        }
    }
    Ok(())
}

fn lab_file(folder: &Path, file: &Path) -> Result<Value> {
    let shown = || file.display().to_string();
    let path = file.strip_prefix(folder)?.to_str().with_context(shown)?;
    let executable = fs::metadata(file).with_context(shown)?.permissions().mode() & 0o100 != 0;
    Ok(json!({
        "path": path,
        "executable": executable,
        "content": BASE64_STANDARD.encode(fs::read(file).with_context(shown)?),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_is_its_manifest_guide_setup_files_and_checks() {
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path();
        fs::create_dir_all(folder.join("files/deep")).unwrap();
        for name in ["lab.yaml", "guide.md", "setup.sh", "solution.sh", "files/deep/a.txt"] {
            fs::write(folder.join(name), name).unwrap();
        }
        fs::set_permissions(folder.join("setup.sh"), fs::Permissions::from_mode(0o755)).unwrap();
        let files = lab_files(folder).unwrap();
        let paths: Vec<&str> = files.iter().filter_map(|file| file["path"].as_str()).collect();
        assert_eq!(paths, ["lab.yaml", "guide.md", "setup.sh", "files/deep/a.txt"]);
        assert_eq!((&files[2]["executable"], &files[0]["executable"]), (&json!(true), &json!(false)));
    }

    #[test]
    fn a_lab_without_a_guide_is_named() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("lab.yaml"), "").unwrap();
        let error = format!("{:#}", lab_files(directory.path()).unwrap_err());
        assert!(error.contains("guide.md"), "{error}");
    }
}
