//! Changing a customer's name and contact.

use super::{
    address_dialog::{AddressDialog, DialogFoot},
    form::CustomerTarget,
};
use crate::{
    domain::{
        customer::{Customer, CustomerForm},
        project::Frame,
    },
    ui::{
        pages::customer_form::CustomerFields,
        parts::post::{Post, PostForm},
    },
};
use leptos::prelude::*;

#[component]
pub fn EditDialog(customer: Customer, frame: Frame, action: Post, #[prop(into)] back: Signal<String>) -> impl IntoView {
    let form = CustomerForm {
        name: customer.name,
        company: customer.company,
        email: customer.email,
        phone: customer.phone,
        location: customer.location.map(|l| l.to_string()).unwrap_or_default(),
    };
    view! {
        <AddressDialog title="Edit customer" back>
            <div class="dialog-body">
                <p class="muted">"Messages that are not sent yet go to the new address."</p>
                <PostForm to=action>
                    <CustomerTarget slug=frame.slug id=customer.id />
                    <CustomerFields form locations=frame.locations error=action.refusal() />
                    <DialogFoot back submit="Save changes" pending=action.pending() />
                </PostForm>
            </div>
        </AddressDialog>
    }
}
