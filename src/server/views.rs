//! Saved views of the Messages page: what the page that lists them shows, and what members change.

use super::{
    clock,
    store::{guard::Viewer, id::NewId, views},
};
use crate::domain::{
    AppError, AppResult, ViewId,
    done::Done,
    filter::MessageFilter,
    role::Role,
    view::{SavedView, ViewForm, ViewsPage},
};

const NO_SHARING: &str = "Sharing a view needs the Manager role.";

pub async fn page(viewer: &Viewer) -> AppResult<ViewsPage> {
    Ok(ViewsPage { views: views::list(viewer).await?, version: viewer.version })
}

/// # Errors
/// `Invalid` for `name`, also where another of the views that the member sees has it, and for `is_shared` without the role for it;
/// `Conflict` where the member has too many.
pub async fn save(viewer: &Viewer, filter: &MessageFilter, form: &ViewForm) -> AppResult<Done> {
    let name = checked(viewer, form, None).await?;
    let id = ViewId::new();
    views::add(viewer, id, &name, filter, form.is_shared, clock::now()).await?;
    if form.is_default {
        views::set_default(viewer, Some(id)).await?;
    }
    let whose = if form.is_shared { "All members of the project have it." } else { "Only you have it." };
    Ok(Done::new(format!("The view {name} is saved. {whose}")))
}

/// # Errors
/// As [`save`]; `NotFound` for a view that the member does not see, `Forbidden` for somebody else's.
pub async fn change(viewer: &Viewer, id: ViewId, form: &ViewForm) -> AppResult<Done> {
    let view = own(viewer, id).await?;
    let name = checked(viewer, form, Some(&view)).await?;
    views::change(viewer, id, &name, form.is_shared).await?;
    Ok(Done::new(format!("The view {name} is changed.")))
}

/// # Errors
/// `NotFound` for a view that the member does not see, `Forbidden` for somebody else's.
pub async fn remove(viewer: &Viewer, id: ViewId) -> AppResult<Done> {
    let view = own(viewer, id).await?;
    views::remove(viewer, id).await?;
    Ok(Done::new(format!("The view {} is removed. The messages stay.", view.link.name)))
}

/// Makes a view the one that the link Messages leads to; or, where it is that already, all messages.
pub async fn toggle_default(viewer: &Viewer, id: ViewId) -> AppResult<Done> {
    let view = find(viewer, id).await?;
    let is_default = !view.link.is_default;
    views::set_default(viewer, is_default.then_some(id)).await?;
    Ok(Done::new(match is_default {
        true => format!("The link Messages leads you to {} from now on.", view.link.name),
        false => "The link Messages leads you to all messages again.".to_owned(),
    }))
}

async fn find(viewer: &Viewer, id: ViewId) -> AppResult<SavedView> {
    let found = views::list(viewer).await?.into_iter().find(|view| view.id == id);
    found.ok_or_else(|| AppError::no_such("view"))
}

async fn own(viewer: &Viewer, id: ViewId) -> AppResult<SavedView> {
    let view = find(viewer, id).await?;
    if view.may_change {
        Ok(view)
    } else {
        Err(AppError::Forbidden(format!(
            "{} saved this view; only they and Managers, once it is shared, change it.",
            view.owner
        )))
    }
}

/// The name, which none of the other views that the member sees has.
async fn checked(viewer: &Viewer, form: &ViewForm, this: Option<&SavedView>) -> AppResult<String> {
    let name = form.check()?;
    // Who may not share a view may still rename one that a Manager has shared for them.
    if form.is_shared && viewer.role < Role::Manager && !this.is_some_and(|view| view.is_shared) {
        return Err(AppError::invalid("is_shared", NO_SHARING));
    }
    let lower = name.to_lowercase();
    let views = views::list(viewer).await?;
    let other =
        views.iter().find(|view| Some(view.id) != this.map(|this| this.id) && view.link.name.to_lowercase() == lower);
    match other {
        Some(other) => {
            Err(AppError::invalid("name", format!("There is a view {} already. Choose another name.", other.link.name)))
        }
        None => Ok(name),
    }
}
