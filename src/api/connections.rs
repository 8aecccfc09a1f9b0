//! The connections to providers: what messages leave by.

use super::client::PatientClient;
use crate::domain::{
    AppError,
    connection::{form::ConnectionForm, page::ConnectionsPage},
    done::Done,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Role: viewer. Only Admins get the settings.
#[server(endpoint = "load_connections", client = PatientClient, input = GetUrl)]
pub async fn load_connections(slug: String) -> Result<ConnectionsPage, AppError> {
    use crate::server::{auth, connections};
    let viewer = auth::viewer(&slug).await?;
    connections::page(&viewer).await
}

/// Role: admin. `follows` is the revision that the form showed; 0 for a new connection.
#[server(endpoint = "save_connection", client = PatientClient)]
pub async fn save_connection(
    slug: String,
    #[server(default)] form: ConnectionForm,
    #[server(default)] follows: i32,
) -> Result<Done, AppError> {
    use crate::server::{auth, connections};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, connections::save(&admin, &form, follows).await).await
}

/// Role: admin.
#[server(endpoint = "remove_connection", client = PatientClient)]
pub async fn remove_connection(slug: String, channel: String) -> Result<Done, AppError> {
    use crate::server::{auth, connections};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, connections::remove(&admin, connections::channel(&channel)?).await).await
}

/// Role: admin. Also for the server's connection.
#[server(endpoint = "retry_connection", client = PatientClient)]
pub async fn retry_connection(slug: String, channel: String) -> Result<Done, AppError> {
    use crate::server::{auth, connections};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, connections::retry(&admin, connections::channel(&channel)?).await).await
}

/// Role: admin. Also for the server's connection. `to` is the number that an SMS goes to.
#[server(endpoint = "test_connection", client = PatientClient)]
pub async fn test_connection(slug: String, channel: String, #[server(default)] to: String) -> Result<Done, AppError> {
    use crate::server::{auth, connections};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, connections::send_test(&admin, connections::channel(&channel)?, &to).await).await
}

/// Role: admin.
#[server(endpoint = "check_domain", client = PatientClient)]
pub async fn check_domain(slug: String) -> Result<Done, AppError> {
    use crate::server::{auth, connections};
    let admin = auth::admin(&slug).await?;
    auth::answer(&admin, connections::check_domain(&admin).await).await
}
