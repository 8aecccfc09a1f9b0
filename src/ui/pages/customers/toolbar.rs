//! The filters: a form that works without scripts, and applies at once with them. The address is its only store.

use crate::{
    domain::{
        customer::{
            CustomersQuery,
            filter::{CustomerFilter, CustomerSort, CustomerStatus, ReviewStage, stars_words},
        },
        filter::Direction,
        project::Frame,
    },
    ui::{
        hooks::changing::changing,
        messages::{
            filter_fields::{Choice, Day, owned, with_all},
            filter_form::FilterForm,
            search_field::SearchField,
        },
        parts::chips::{ShownChip, chip_list},
    },
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

#[component]
pub fn CustomerToolbar(
    /// What the address asks for.
    query: Memo<CustomersQuery>,
    /// The page's own path.
    path: Signal<String>,
    /// The project's tags.
    tags: Memo<Vec<String>>,
    frame: Frame,
) -> impl IntoView {
    let slug = StoredValue::new(frame.slug.clone());
    let navigate = use_navigate();
    let go = Callback::new(move |(filter, replace): (CustomerFilter, bool)| {
        let now = query.get_untracked();
        if filter != now.filter {
            let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
            navigate(&slug.with_value(|slug| now.filtered(filter).href(slug)), options);
        }
    });
    // A value that cannot be read falls back to the default, as in the address.
    let change = move |name: &'static str| {
        Callback::new(move |value: String| {
            go.run((query.with_untracked(|query| query.filter.with_value(name, &value)), false));
        })
    };
    let search = Callback::new(move |words: String| {
        let now = query.get_untracked();
        // Back leads from the first search to all customers; the keys after it replace its entry of the history.
        go.run((now.filter.with_value("q", &words), !now.filter.q.is_empty()));
    });
    let locations = (frame.locations.len() > 1).then(|| {
        let all = frame.locations.iter().map(|location| (location.id.to_string(), location.name.clone()));
        let value = of(query, |f| f.location.map(|location| location.to_string()).unwrap_or_default());
        let options = with_all(all.collect());
        view! { <Choice label="Location" name="location" options value on_change=change("location") /> }.into_any()
    });
    // Made again where the project has other tags.
    let offered = Memo::new(move |_| offered(tags.get(), &query.with(|query| query.filter.tag.clone())));
    let tag = changing(move || {
        let tags = offered.get();
        let value = of(query, |f| f.tag.clone());
        (!tags.is_empty()).then(|| {
            let options = with_all(tags.into_iter().map(|tag| (tag.clone(), tag)).collect());
            view! { <Choice label="Tag" name="tag" options value on_change=change("tag") /> }.into_any()
        })
    });
    let stars = (1..=5).rev().map(|n: i16| (n.to_string(), stars_words(n))).collect();
    let mut statuses = vec![(String::new(), "Not archived".to_owned())];
    statuses.extend(owned(CustomerStatus::ALL.map(|status| (status.slug(), status.name()))));
    let validation_error = Memo::new(move |_| query.with(|query| query.filter.validation_error()));
    let sort = Memo::new(move |_| query.with(|query| query.filter.sort));
    let direction = changing(move || {
        let sort = sort.get();
        let options =
            owned([Direction::Ascending, Direction::Descending].map(|dir| (dir.slug(), sort.direction_name(dir))));
        let value = of(query, |f| f.dir().slug().to_owned());
        view! { <Choice label="Direction" name="dir" options value on_change=change("dir") /> }.into_any()
    });
    let per = changing(move || {
        let per = query.with(|query| query.per);
        per.map(|per| view! { <input type="hidden" name="per" value=per.to_string() /> }.into_any())
    });
    let in_force = Signal::derive(move || query.with(|query| query.filter.count_beside_search()));
    let search = view! {
        <SearchField
            id="filter-q"
            label="Search customers"
            placeholder="Name, company, email or phone"
            searched=of(query, |f| f.q.clone())
            path
            search
        />
    }
    .into_any();
    let fields = view! {
        <Choice
            label="Review"
            name="review"
            options=with_all(owned(ReviewStage::ALL.map(|stage| (stage.slug(), stage.name()))))
            value=of(query, |f| f.review.map_or("", ReviewStage::slug).to_owned())
            on_change=change("review")
        />
        <Choice
            label="Rating"
            name="rating"
            options=with_all(stars)
            value=of(query, |f| f.rating.map(|rating| rating.stars().to_string()).unwrap_or_default())
            on_change=change("rating")
        />
        <Choice
            label="Status"
            name="status"
            options=statuses
            value=of(query, |f| f.status.map_or("", CustomerStatus::slug).to_owned())
            on_change=change("status")
        />
        {tag}
        {locations}
        <div class="filter-group" role="group" aria-label="Date added">
            <Day
                label="Added from"
                name="from"
                value=of(query, |f| f.from.map(|day| day.to_string()).unwrap_or_default())
                on_change=change("from")
                validation_error
            />
            <Day
                label="Added to"
                name="to"
                value=of(query, |f| f.to.map(|day| day.to_string()).unwrap_or_default())
                on_change=change("to")
                validation_error
            />
        </div>
        <div class="filter-group filter-order" role="group" aria-label="Order">
            <Choice
                label="Sort by"
                name="sort"
                options=owned(CustomerSort::ALL.map(|sort| (sort.slug(), sort.name())))
                value=of(query, |f| f.sort.slug().to_owned())
                on_change=change("sort")
            />
            {direction}
        </div>
        {per}
    }
    .into_any();
    FilterForm {
        label: "Filter customers",
        class: "filters filters-customers",
        path,
        search,
        in_force,
        fields,
        validation_error,
    }
    .view()
}

/// The project's tags, with the one that is filtered by.
fn offered(mut tags: Vec<String>, chosen: &str) -> Vec<String> {
    if !chosen.is_empty() && !tags.iter().any(|tag| tag == chosen) {
        tags.push(chosen.to_owned());
    }
    tags
}

/// One control's value as the address has it.
fn of(query: Memo<CustomersQuery>, read: fn(&CustomerFilter) -> String) -> Signal<String> {
    Memo::new(move |_| query.with(|query| read(&query.filter))).into()
}

/// The filters in force, each removable.
#[component]
pub fn CustomerChips(query: Memo<CustomersQuery>, frame: Frame) -> impl IntoView {
    changing(move || {
        let query = query.get();
        let href = |filter| query.filtered(filter).href(&frame.slug);
        let chips = query.filter.chips(|id| frame.location_name(id)).into_iter();
        let shown = chips.map(|chip| ShownChip { label: chip.label, value: chip.value, href: href(chip.without) });
        chip_list(shown.collect(), href(query.filter.cleared()), None)
    })
}

#[cfg(test)]
mod tests {
    use super::offered;

    #[test]
    fn the_chosen_tag_can_be_seen() {
        let tags = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(offered(tags.clone(), ""), tags);
        assert_eq!(offered(tags.clone(), "b"), tags);
        assert_eq!(offered(tags, "gone"), ["a", "b", "gone"]);
    }
}
