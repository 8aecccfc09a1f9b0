//! Changing a customer's name and contact.

use super::fields::{customer_fields, target};
use crate::{
    api::customers::EditCustomer,
    domain::{
        customer::{Customer, CustomerForm},
        project::Frame,
    },
    ui::parts::{
        dialog::{AddressDialog, dialog_foot},
        post::Post,
    },
};
use leptos::prelude::*;

/// `back` is the address without the dialog.
pub fn edit_dialog(customer: &Customer, frame: &Frame, back: String) -> impl IntoView + use<> {
    let post = Post::to::<EditCustomer>();
    let form = CustomerForm {
        name: customer.name.clone(),
        company: customer.company.clone(),
        email: customer.email.clone(),
        phone: customer.phone.clone(),
        location: customer.location.map(|l| l.to_string()).unwrap_or_default(),
    };
    let content = view! {
        <p class="muted">"Messages that are not sent yet go to the new address."</p>
        <form method="post" action=post.path>
            {target(&frame.slug, customer.id)} {customer_fields(form, &frame.locations, &post)}
            {dialog_foot(&back, "Save changes", false)}
        </form>
    };
    view! {
        <AddressDialog title="Edit customer" back>
            {content}
        </AddressDialog>
    }
}
