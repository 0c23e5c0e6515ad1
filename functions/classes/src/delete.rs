use std::sync::Arc;

use brihaspati_core::admin::{Admin, event};
use brihaspati_core::auth::{ClassAdmin, Staff};
use brihaspati_core::domain::class::Class;
use brihaspati_core::domain::deletion::{ClassDeletion, DeletedCounts, DeletedMachines};
use brihaspati_core::domain::ids::ClassId;
use brihaspati_core::http::{ApiError, ApiResult, Problem, Request, json, path_parameter};
use jiff::{SignedDuration, Timestamp};

/// What was under way when the class was archived is over by then: a function behind a route runs 25 seconds at most.
const SETTLED_AFTER: SignedDuration = SignedDuration::from_secs(30);

#[utoipa::path(delete, path = "/api/admin/classes/{class}", operation_id = "deleteClass", tag = "admin",
    params(("class" = String, Path)), responses(
    (status = 200, body = ClassDeletion, description = "the receipt; the same again where it was deleted before"),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delete(admin: Arc<Admin>, request: Request) -> ApiResult {
    let now = Timestamp::now();
    if let Some(before) = readable(&admin, &request, now).await?.filter(|deletion| deletion.verified_absent) {
        return json(&before);
    }
    let ClassAdmin { mut class, actor } = admin.class(&request, now).await?;
    archived_for_long(&class, now)?;
    let environments = admin.store.every_environment(&class.id).await?;
    let left = environments.iter().filter(|environment| !environment.phase.is_end()).count();
    if left > 0 {
        let detail =
            format!("{left} environments are not proven gone yet; stop them, and delete the class when they are");
        return Err(ApiError::conflict("class_still_running", detail));
    }
    if class.deleting.is_none() {
        class.deleting = Some((actor.clone(), now));
        let taught_by = class.settings.instructors.clone();
        let event = event(&request, &actor, "class.deletion-begun", now).on(class.code.as_str());
        admin.store.save_class(&mut class, &taught_by, &event).await?;
    }
    let begun = match admin.store.class_deletion(&class.id).await? {
        Some(begun) => begun,
        None => {
            let counts = admin.store.count_class(&class.id).await?;
            let begun = ClassDeletion {
                class_id: class.id.clone(),
                code: class.code.to_string(),
                title: class.settings.title.clone(),
                instructors: class.settings.instructors.clone(),
                deleted_by: actor.name,
                begun_at: now,
                deleted_at: None,
                counts: DeletedCounts { environments: environments.len(), ..counts },
                machines: DeletedMachines::of(&environments),
                verified_absent: false,
            };
            admin.store.begin_class_deletion(&begun).await?;
            begun
        }
    };
    json(&admin.store.delete_class(&class, &environments, begun, Timestamp::now()).await?)
}

fn archived_for_long(class: &Class, now: Timestamp) -> Result<(), ApiError> {
    let Some(archived_at) = class.archived_at else {
        return Err(ApiError::conflict(
            "class_not_archived",
            "archive the class first: nobody may work in it any more",
        ));
    };
    let since = now.duration_since(archived_at);
    if since >= SETTLED_AFTER {
        return Ok(());
    }
    let wait = u32::try_from((SETTLED_AFTER - since).as_secs() + 1).unwrap_or(1);
    let detail =
        format!("the class was archived a moment ago; delete it in {wait} seconds, when everything under way is over");
    Err(ApiError::conflict("class_archived_just_now", detail).retry_after(wait))
}

#[utoipa::path(get, path = "/api/admin/deletions/{class}", operation_id = "classDeletion", tag = "admin",
    params(("class" = String, Path)), responses(
    (status = 200, body = ClassDeletion),
    (status = "4XX", body = Problem, content_type = "application/problem+json"),
))]
pub async fn deletion(admin: Arc<Admin>, request: Request) -> ApiResult {
    let found = readable(&admin, &request, Timestamp::now()).await?;
    json(
        &found
            .ok_or_else(|| ApiError::not_found("deletion_not_found", "no class of yours was deleted under this id"))?,
    )
}

/// The receipt, for who taught the class and for the operator.
async fn readable(admin: &Admin, request: &Request, now: Timestamp) -> Result<Option<ClassDeletion>, ApiError> {
    let Staff { instructor, .. } = admin.staff(request, now).await?;
    let class: ClassId = path_parameter(request, "class")?;
    let found = admin.store.class_deletion(&class).await?;
    Ok(found.filter(|deletion| instructor.is_none_or(|instructor| deletion.instructors.contains(&instructor.id))))
}
