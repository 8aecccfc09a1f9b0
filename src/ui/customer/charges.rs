//! What a customer paid: what it comes to, the newest charges, and the form that adds one.

use super::fields::CustomerTarget;
use crate::{
    api::customers::{AddCharge, RemoveCharge},
    domain::{
        CustomerId,
        charge::{Charge, Charges, EXTERNAL_ID_MAX},
        customer::Profile,
        stats::{count, thousands},
        time::date_words,
    },
    ui::{
        hooks::{action::FormAction, focus},
        messages::steering::use_steering,
        parts::{
            field::{FormNotice, TextField},
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, html, prelude::*};

const HEADING: &str = "charges-heading";

#[component]
pub fn Charges(slug: String, profile: Memo<Profile>, today: NaiveDate, may_change: bool) -> impl IntoView {
    let id = profile.with_untracked(|profile| profile.customer.id);
    let charges = Memo::new(move |_| profile.with(|profile| profile.charges.clone()));
    let remove = ServerAction::<RemoveCharge>::new();
    let steering = use_steering();
    let project = slug.clone();
    remove.on_done(move |done| {
        // The button that was pressed goes with its charge.
        if let Some(heading) = focus::by_id(HEADING) {
            focus::without_scrolling(&heading);
        }
        steering.done(&project, done);
    });
    let add = may_change.then(|| view! { <AddChargeForm slug=slug.clone() id charges today /> }.into_any());
    let item = move |charge: Charge| {
        let remove = may_change.then(|| {
            view! { <RemoveChargeForm slug=slug.clone() id charge=charge.clone() action=remove /> }.into_any()
        });
        let mut facts = vec![date_words(charge.on)];
        facts.extend(charge.is_subscription.then(|| "subscription".to_owned()));
        facts.extend((!charge.external_id.is_empty()).then(|| format!("ID {}", charge.external_id)));
        view! {
            <li class="note">
                <p class="note-text">{charge.money}</p>
                <p class="muted">{facts.join(", ")}</p>
                {remove}
            </li>
        }
    };
    let is_empty = Memo::new(move |_| charges.with(|charges| charges.number == 0));
    view! {
        <section class="card" aria-labelledby=HEADING>
            <h2 id=HEADING tabindex="-1">
                "Charges"
            </h2>
            <FormNotice error=remove.refusal() />
            <p class="muted">{move || charges.with(sums)}</p>
            <ul class="notes" hidden=move || is_empty.get()>
                <For each=move || charges.with(|charges| charges.newest.clone()) key=|charge| charge.id children=item />
            </ul>
            {add}
        </section>
    }
}

/// `3 charges: 120.00 EUR, 40.00 EUR on average.`
fn sums(charges: &Charges) -> String {
    if charges.number == 0 {
        return "No charges yet.".to_owned();
    }
    let sum = |(total, average): &(String, String)| format!("{total}, {average} on average");
    let sums: Vec<String> = charges.sums.iter().map(sum).collect();
    let shown = charges.newest.len() as u64;
    let newest = if shown < charges.number { format!(" The newest {}:", thousands(shown)) } else { String::new() };
    format!("{}: {}.{newest}", count(charges.number, "charge"), sums.join("; "))
}

#[component]
fn RemoveChargeForm(slug: String, id: CustomerId, charge: Charge, action: ServerAction<RemoveCharge>) -> impl IntoView {
    let label = format!("Remove charge: {}, {}", charge.money, date_words(charge.on));
    view! {
        <ActionForm action>
            <CustomerTarget slug id />
            <input type="hidden" name="charge" value=charge.id.to_string() />
            <button class="link-button" type="submit" aria-label=label>
                "Remove"
            </button>
        </ActionForm>
    }
}

/// Behind a disclosure, which closes when the charge is added.
#[component]
fn AddChargeForm(slug: String, id: CustomerId, charges: Memo<Charges>, today: NaiveDate) -> impl IntoView {
    let action = ServerAction::<AddCharge>::new();
    let steering = use_steering();
    let (details, form) = (NodeRef::<html::Details>::new(), NodeRef::<html::Form>::new());
    let summary = NodeRef::<html::Summary>::new();
    let project = slug.clone();
    action.on_done(move |done| {
        if let Some(details) = details.get_untracked() {
            details.set_open(false);
        }
        if let Some(form) = form.get_untracked() {
            form.reset();
        }
        if let Some(summary) = summary.get_untracked() {
            focus::without_scrolling(&summary);
        }
        steering.done(&project, done);
    });
    let error = action.refusal();
    let currency = Signal::derive(move || charges.with(|charges| charges.currency.clone()));
    // After a refusal without scripts, it is open and says why.
    let is_open = error.with_untracked(Option::is_some);
    view! {
        <details class="edit" node_ref=details open=is_open>
            <summary node_ref=summary>"Add a charge"</summary>
            <ActionForm action node_ref=form attr:novalidate="">
                <CustomerTarget slug id />
                <FormNotice error fields=&["amount", "currency", "on", "external_id"] />
                <div class="times">
                    <TextField id="charge-amount" label="Amount" name="form[amount]" field="amount" error required=true />
                    <TextField
                        id="charge-currency"
                        label="Currency"
                        name="form[currency]"
                        field="currency"
                        error
                        value=currency
                        maxlength=3
                    />
                </div>
                <TextField
                    id="charge-on"
                    label="Date"
                    name="form[on]"
                    field="on"
                    error
                    value=today.to_string()
                    kind="date"
                    required=true
                />
                <TextField
                    id="charge-external-id"
                    label="External ID (optional)"
                    name="form[external_id]"
                    field="external_id"
                    error
                    hint="The invoice's number, say: an import with it adds no second charge."
                    maxlength=EXTERNAL_ID_MAX
                />
                <label class="checkbox">
                    <input type="checkbox" name="form[subscription]" value="true" />
                    "Part of a subscription"
                </label>
                <SubmitButton label="Add charge" class=PLAIN pending=action.pending() />
            </ActionForm>
        </details>
    }
}
