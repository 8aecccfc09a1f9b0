//! The bar above the table: how many customers there are, or how many are ticked and what can be done with them.

use super::bulk_dialog::Asked;
use crate::{
    api::customers::ChangeCustomers,
    domain::{
        CustomerId,
        bulk::Ids,
        customer::{
            CustomerRow, CustomersQuery,
            bulk::{BulkAction, CustomerSelectionForm},
            filter::{CustomerFilter, CustomerStatus, TAG_MAX},
        },
        stats::{count, thousands},
    },
    ui::{
        hooks::action::plain_refusal,
        messages::selection::{FORM, Selection, Ticked},
        parts::{
            icon::Icon,
            menu::{MenuButton, MenuItem},
        },
    },
};
use leptos::{prelude::*, server_fn::ServerFn};

/// How many customers match, as far as the page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    Exactly(u64),
    MoreThan(u64),
}

impl Known {
    pub fn sentence(self) -> String {
        match self {
            Self::Exactly(0) => String::new(),
            Self::Exactly(n) => count(n, "customer"),
            Self::MoreThan(n) => format!("More than {}", count(n, "customer")),
        }
    }
}

fn sentence(ticked: &Ticked<CustomerId>, page: &[CustomerId], known: Known) -> String {
    match (ticked, known) {
        (Ticked::Only(ids), _) if ids.is_empty() => known.sentence(),
        (Ticked::Only(_), _) => ticked.sentence(page, 0),
        (_, Known::Exactly(total)) => ticked.sentence(page, total),
        (Ticked::AllBut(ids), _) if ids.is_empty() => "All that match selected".to_owned(),
        (Ticked::AllBut(ids), _) => format!("All that match but {} selected", thousands(ids.len() as u64)),
    }
}

fn form(ticked: &Ticked<CustomerId>, filter: &CustomerFilter) -> CustomerSelectionForm {
    match ticked {
        Ticked::Only(some) => {
            CustomerSelectionForm { ids: Ids(some.iter().copied().collect()), ..CustomerSelectionForm::default() }
        }
        Ticked::AllBut(not) => CustomerSelectionForm {
            all: true,
            filter: filter.clone(),
            except: Ids(not.iter().copied().collect()),
            ..CustomerSelectionForm::default()
        },
    }
}

/// What can be done with customers of this filter.
fn actions(filter: &CustomerFilter) -> Vec<BulkAction> {
    let is_archived = filter.status == Some(CustomerStatus::Archived);
    let hidden = if is_archived { BulkAction::Archive } else { BulkAction::Unarchive };
    BulkAction::ALL.into_iter().filter(|action| *action != hidden).collect()
}

fn icon(action: BulkAction) -> &'static str {
    match action {
        BulkAction::Request => "send",
        BulkAction::Unsubscribe => "canceled",
        BulkAction::AddTag | BulkAction::RemoveTag => "tag",
        BulkAction::Archive | BulkAction::Unarchive => "archive",
        BulkAction::Delete => "trash",
    }
}

/// Without scripts, it is the form that the checkboxes of the rows belong to.
#[component]
pub fn CustomerSelectionBar(
    selection: Selection<CustomerId>,
    rows: Memo<Vec<CustomerRow>>,
    known: Memo<Known>,
    query: Memo<CustomersQuery>,
    #[prop(into)] slug: String,
    /// The question that is asked, if any.
    asked: RwSignal<Option<Asked>>,
) -> impl IntoView {
    let is_any = Memo::new(move |_| !selection.ticked().is_empty());
    let said = move || {
        let page: Vec<CustomerId> = rows.with(|rows| rows.iter().map(|row| row.id).collect());
        sentence(&selection.ticked(), &page, known.get())
    };
    let class = move || if is_any.get() { "selection-bar selection-bar-active" } else { "selection-bar" };
    let refused = plain_refusal::<ChangeCustomers>()
        .map(|error| view! { <p class="notice notice-error" role="alert">{error.to_string()}</p> }.into_any());
    let tools = {
        let slug = slug.clone();
        move || is_any.get().then(|| view! { <Tools selection known query slug=slug.clone() asked /> }.into_any())
    };
    let options = actions(&query.with_untracked(|query| query.filter.clone())).into_iter();
    let options = options.map(|action| view! { <option value=action.slug()>{action.name()}</option> }).collect_view();
    view! {
        <form
            class=class
            id=FORM
            method="post"
            action=ChangeCustomers::PATH
            autocomplete="off"
            on:submit=|event| event.prevent_default()
        >
            <input type="hidden" name="slug" value=slug />
            <span role="status">{said}</span>
            {tools}
            <span class="bulk-plain no-js-only">
                <select class="select" name="form[action]" aria-label="What to do with the ticked customers">
                    <option value="">"With the ticked ones …"</option>
                    {options}
                </select>
                <input
                    class="input"
                    name="form[tag]"
                    aria-label="Tag to add or remove"
                    placeholder="Tag"
                    maxlength=TAG_MAX.to_string()
                />
                <label class="checkbox">
                    <input type="checkbox" name="form[confirmed]" value="true" />
                    "Delete for good"
                </label>
                <button class="button" type="submit">
                    "Apply to ticked"
                </button>
            </span>
        </form>
        {refused}
    }
}

#[component]
fn Tools(
    selection: Selection<CustomerId>,
    known: Memo<Known>,
    query: Memo<CustomersQuery>,
    slug: String,
    asked: RwSignal<Option<Asked>>,
) -> impl IntoView {
    let offer = move || {
        let label = match (selection.ticked(), known.get()) {
            (Ticked::AllBut(but), _) if but.is_empty() => return None,
            (Ticked::Only(ids), Known::Exactly(total)) if ids.len() as u64 >= total => return None,
            (_, Known::Exactly(total)) => format!("Select all {} that match", thousands(total)),
            (_, Known::MoreThan(_)) => "Select all that match".to_owned(),
        };
        Some(
            view! {
                <button type="button" class="link-button" on:click=move |_| selection.select_all()>
                    {label}
                </button>
            }
            .into_any(),
        )
    };
    let offered = move || actions(&query.with_untracked(|query| query.filter.clone()));
    let items = Callback::new(move |()| {
        let item = |action: BulkAction| MenuItem {
            label: action.name(),
            icon: icon(action),
            danger: action == BulkAction::Delete,
        };
        offered().into_iter().map(item).collect()
    });
    let on_choose = Callback::new(move |index: usize| {
        let filter = query.with_untracked(|query| query.filter.clone());
        if let Some(action) = offered().get(index).copied() {
            let form = form(&selection.ticked(), &filter);
            asked.set(Some(Asked { slug: slug.clone(), action, form, selection }));
        }
    });
    view! {
        {offer}
        <MenuButton label="Select bulk action" items on_choose>
            "Select bulk action"
            <Icon name="chevron-down" />
        </MenuButton>
        <button type="button" class="link-button" on:click=move |_| selection.clear()>
            "Clear"
        </button>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_selected_is_said_without_a_number_that_nobody_knows() {
        let id = |n: u128| CustomerId(uuid::Uuid::from_u128(n));
        let mut ticked = Ticked::default();
        assert_eq!(sentence(&ticked, &[id(1)], Known::MoreThan(50)), "More than 50 customers");
        assert_eq!(sentence(&ticked, &[id(1)], Known::Exactly(1)), "1 customer");
        ticked.tick(id(7), true);
        assert_eq!(sentence(&ticked, &[id(1)], Known::MoreThan(50)), "1 selected, on other pages");
        let mut all = Ticked::AllBut(Default::default());
        assert_eq!(sentence(&all, &[id(1)], Known::MoreThan(50)), "All that match selected");
        assert_eq!(sentence(&all, &[id(1)], Known::Exactly(12)), "All 12 that match selected");
        all.tick(id(1), false);
        assert_eq!(sentence(&all, &[id(1)], Known::MoreThan(50)), "All that match but 1 selected");
        let form = form(&all, &CustomerFilter::parse("tag=vip"));
        assert!(form.all && form.ids.0.is_empty() && form.except.0 == [id(1)]);
    }

    #[test]
    fn the_archived_can_be_unarchived() {
        assert!(!actions(&CustomerFilter::default()).contains(&BulkAction::Unarchive));
        let archived = actions(&CustomerFilter::parse("status=archived"));
        assert!(archived.contains(&BulkAction::Unarchive) && !archived.contains(&BulkAction::Archive));
    }
}
