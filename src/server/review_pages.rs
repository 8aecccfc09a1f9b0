//! What staff choose for the review page.

use super::{
    auth,
    store::{
        guard::{Manager, Viewer},
        review_pages, templates,
    },
};
use crate::domain::{
    AppError, AppResult,
    done::Done,
    review::Invitation,
    review_page::{ReviewPage, ReviewPageSettings},
    role::Role,
    template::first_name,
};

pub async fn page(viewer: &Viewer) -> AppResult<ReviewPageSettings> {
    let entered = if viewer.role >= Role::Manager { auth::take_entered() } else { None };
    Ok(ReviewPageSettings { page: review_pages::of(viewer).await?, entered, version: viewer.version })
}

/// # Errors
/// `Invalid` with the name of the field.
pub async fn save(manager: &Manager, form: &ReviewPage) -> AppResult<Done> {
    let checked = form.checked();
    if matches!(checked, Err(AppError::Invalid { .. })) {
        auth::keep_entered(form);
    }
    review_pages::save(manager, &checked?).await?;
    Ok(Done::new("The review page is saved. Customers see it from now on."))
}

/// What the page shows to the newest customer: as it is saved, or as it is being changed.
///
/// # Errors
/// `Invalid` where `draft` can't be saved.
pub async fn preview(viewer: &Viewer, draft: Option<ReviewPage>) -> AppResult<(ReviewPage, Invitation)> {
    let page = match draft {
        Some(draft) => draft.checked()?,
        None => review_pages::of(viewer).await?,
    };
    let (customer, location_name) = templates::newest_customer(viewer).await?.unzip();
    let invitation = Invitation {
        project_name: viewer.project_name.clone(),
        location_name: location_name.flatten(),
        first_name: customer.as_deref().map_or("", first_name).to_owned(),
        left: None,
    };
    Ok((page, invitation))
}
