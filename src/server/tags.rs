//! The Tags page: what it shows, and what staff change.

use super::store::{
    guard::{Manager, Viewer},
    tags,
};
use crate::domain::{
    AppError, AppResult,
    done::Done,
    stats::count,
    tag::{RenameTagForm, TagsPage},
};

pub async fn page(viewer: &Viewer) -> AppResult<TagsPage> {
    let (rows, has_more) = tags::list(viewer).await?;
    Ok(TagsPage { rows, has_more, version: viewer.version })
}

/// # Errors
/// `Invalid` for `to`, also where there is a tag of that name and nobody has said that the two become one.
pub async fn rename(manager: &Manager, form: &RenameTagForm) -> AppResult<Done> {
    let to = form.check()?;
    if to == form.tag {
        return Err(AppError::invalid("to", "This is its name already."));
    }
    let other = tags::like(manager, &to, &form.tag).await?;
    if let Some(other) = &other
        && !form.merge
    {
        return Err(AppError::invalid(
            "to",
            format!("There is a tag {other} already. Tick “Merge” if the two are to become one; that can't be undone."),
        ));
    }
    let name = other.as_ref().unwrap_or(&to);
    let customers = count(tags::rename(manager, &form.tag, name).await?, "customer");
    Ok(Done::new(match other {
        Some(_) => format!("{} and {name} are one tag now: {customers} had {}.", form.tag, form.tag),
        None => format!("{} is called {name} from now on, with {customers}.", form.tag),
    }))
}

pub async fn remove(manager: &Manager, tag: &str) -> AppResult<Done> {
    let customers = tags::remove(manager, tag).await?;
    Ok(Done::new(format!("The tag {tag} is removed from {}.", count(customers, "customer"))))
}
