//! Customers, and what staff do with them.

use super::client::PatientClient;
use crate::domain::{
    AppError, ChargeId, CustomerId, MessageId, NoteId,
    charge::ChargeForm,
    customer::{
        CustomerForm, CustomersPage, CustomersQuery, Profile, ProfileQuery,
        bulk::{BulkForm, CustomerSelectionForm},
    },
    done::Done,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer.
#[server(endpoint = "load_customers", client = PatientClient, input = GetUrl)]
pub async fn load_customers(slug: String, #[server(default)] query: CustomersQuery) -> Result<CustomersPage, AppError> {
    use crate::server::{auth, store};
    let viewer = auth::viewer(&slug).await?;
    store::customers::page(&viewer, &auth::with_chosen_size(query)).await
}

/// Role: viewer.
#[server(endpoint = "load_profile", client = PatientClient, input = GetUrl)]
pub async fn load_profile(
    slug: String,
    id: CustomerId,
    #[server(default)] query: ProfileQuery,
) -> Result<Profile, AppError> {
    use crate::server::{auth, store};
    let viewer = auth::viewer(&slug).await?;
    store::customers::profile(&viewer, id, query).await
}

/// Role: operator. Redirects to the profile of the new customer.
#[server(endpoint = "add_customer", client = PatientClient)]
pub async fn add_customer(slug: String, #[server(default)] form: CustomerForm) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    let id = actions::add_customer(&operator, &form).await?;
    leptos_axum::redirect(&ProfileQuery::default().href(&slug, id));
    auth::answer_about(&operator, Ok(Done::new("Customer added.")), Some(id)).await
}

/// Role: operator. `was` is what the form showed when it was opened: what is still so in `form` is not changed. With `message`, one that
/// failed: the answer offers to send it again, where that is possible now.
#[server(endpoint = "edit_customer", client = PatientClient)]
pub async fn edit_customer(
    slug: String,
    id: CustomerId,
    #[server(default)] form: CustomerForm,
    #[server(default)] was: Option<CustomerForm>,
    #[server(default)] message: Option<MessageId>,
) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::edit_customer(&operator, id, &form, was.as_ref(), message).await).await
}

/// Role: operator. Unsubscribing cancels the customer's unsent messages.
#[server(endpoint = "set_unsubscribed", client = PatientClient)]
pub async fn set_unsubscribed(slug: String, id: CustomerId, #[server(default)] on: bool) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::set_unsubscribed(&operator, id, on).await).await
}

/// Role: operator. Archiving cancels the customer's unsent messages.
#[server(endpoint = "set_archived", client = PatientClient)]
pub async fn set_archived(slug: String, id: CustomerId, #[server(default)] on: bool) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::set_archived(&operator, id, on).await).await
}

/// Role: operator. Deletes the customer with every message, note and review, for good. Redirects to the Customers page.
#[server(endpoint = "delete_customer", client = PatientClient)]
pub async fn delete_customer(slug: String, id: CustomerId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    let done = actions::delete_customer(&operator, id).await?;
    leptos_axum::redirect(&format!("/projects/{slug}/customers"));
    auth::answer(&operator, Ok(done)).await
}

/// Role: admin. Erases the person for good: what is counted stays. `confirm` is the word that the dialog asks for.
#[server(endpoint = "erase_customer", client = PatientClient)]
pub async fn erase_customer(
    slug: String,
    id: CustomerId,
    #[server(default)] confirm: String,
) -> Result<Done, AppError> {
    use crate::server::{auth, erasure};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, erasure::erase_customer(&admin, id, &confirm).await).await
}

/// Role: manager. How many customers [`change_customers`] would find, at this moment. POST, because an address is too short for a
/// thousand ids.
#[server(endpoint = "preview_customers", client = PatientClient)]
pub async fn preview_customers(
    slug: String,
    #[server(default)] selection: CustomerSelectionForm,
) -> Result<u64, AppError> {
    use crate::server::{auth, store};
    let manager = auth::manager(&slug).await?;
    store::customers::count_selection(&manager, &selection.check()?).await
}

/// Role: manager. Unsubscribes, tags, archives or deletes the customers of a selection.
#[server(endpoint = "change_customers", client = PatientClient)]
pub async fn change_customers(
    slug: String,
    #[server(default)] selection: CustomerSelectionForm,
    #[server(default)] form: BulkForm,
) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let manager = auth::manager(&slug).await?;
    auth::answer(&manager, actions::change_customers(&manager, selection, &form).await).await
}

/// Role: operator.
#[server(endpoint = "cancel_unsent", client = PatientClient)]
pub async fn cancel_unsent(slug: String, id: CustomerId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::cancel_unsent(&operator, id).await).await
}

/// Role: operator.
#[server(endpoint = "add_note", client = PatientClient)]
pub async fn add_note(slug: String, id: CustomerId, #[server(default)] text: String) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::add_note(&operator, id, &text).await).await
}

/// Role: operator.
#[server(endpoint = "delete_note", client = PatientClient)]
pub async fn delete_note(slug: String, id: CustomerId, note: NoteId) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::delete_note(&operator, id, note).await).await
}

/// Role: operator.
#[server(endpoint = "add_charge", client = PatientClient)]
pub async fn add_charge(slug: String, id: CustomerId, #[server(default)] form: ChargeForm) -> Result<Done, AppError> {
    use crate::server::{auth, charges};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, charges::add(&operator, id, &form).await).await
}

/// Role: operator.
#[server(endpoint = "remove_charge", client = PatientClient)]
pub async fn remove_charge(slug: String, id: CustomerId, charge: ChargeId) -> Result<Done, AppError> {
    use crate::server::{auth, charges};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, charges::remove(&operator, id, charge).await).await
}

/// Role: operator. `tags` is a comma-separated list that replaces the present tags.
#[server(endpoint = "set_tags", client = PatientClient)]
pub async fn set_tags(slug: String, id: CustomerId, #[server(default)] tags: String) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::set_tags(&operator, id, &tags).await).await
}

/// Role: operator. Adds a review that reached the business in another way.
#[server(endpoint = "add_review", client = PatientClient)]
pub async fn add_review(
    slug: String,
    id: CustomerId,
    #[server(default)] rating: String,
    #[server(default)] text: String,
) -> Result<Done, AppError> {
    use crate::server::{actions, auth};
    let operator = auth::operator(&slug).await?;
    auth::answer(&operator, actions::add_review(&operator, id, &rating, &text).await).await
}
