//! The filters: a form that works by itself, and answers at once with scripts (`enhance/forms.rs`).

use crate::{
    domain::{
        filter::{Chip, Direction, MessageFilter, MessagesQuery, Sort},
        message::{Channel, Template},
        project::Frame,
        status::Status,
    },
    ui::parts::icon::Icon,
};
use leptos::prelude::*;

pub fn filter_bar(query: &MessagesQuery, frame: &Frame) -> impl IntoView + use<> {
    let MessageFilter { q, location, channel, template, status, sort, dir, from, to } = query.filter.clone();
    let location = (frame.locations.len() > 1).then(|| {
        let chosen = location.map(|l| l.to_string()).unwrap_or_default();
        let all = frame.locations.iter().map(|l| (l.id.to_string(), l.name.clone()));
        choice("Location", "location", &chosen, "", all.collect())
    });
    let owned = |(value, text): (&str, &str)| (value.to_owned(), text.to_owned());
    let channels = Channel::ALL.map(|c| owned((c.slug(), c.name()))).to_vec();
    let templates = Template::ALL.map(|t| owned((t.slug(), t.name()))).to_vec();
    let statuses = Status::ALL.map(|s| owned((s.slug(), s.name()))).to_vec();
    let sorts = Sort::ALL.map(|s| owned((s.slug(), s.name()))).to_vec();
    let directions = [("desc", "Newest first"), ("asc", "Oldest first")].map(owned).to_vec();
    let complaint = query.filter.complaint();
    let wrong = complaint.is_some();
    let day = |label: &'static str, name: &'static str, value: Option<chrono::NaiveDate>| {
        let id = format!("filter-{name}");
        view! {
            <div class="field">
                <label class="field-label" for=id.clone()>
                    {label}
                </label>
                <input
                    class="input"
                    type="date"
                    id=id
                    name=name
                    value=value.map(|d| d.to_string())
                    min="1970-01-01"
                    max="9999-12-31"
                    aria-describedby="dates-error"
                    aria-invalid=wrong.then_some("true")
                />
            </div>
        }
    };
    let per = (query.page.per != 50).then(|| view! { <input type="hidden" name="per" value=query.page.per /> });
    view! {
        <form
            class="filters"
            method="get"
            action=frame.href("messages")
            role="search"
            aria-label="Filter messages"
            // The address says what is filtered by, not what the browser remembers of the form.
            autocomplete="off"
            data-filters=""
        >
            <div class="field filter-search">
                <label class="field-label" for="filter-q">
                    "Search"
                </label>
                <input
                    class="input"
                    id="filter-q"
                    type="search"
                    name="q"
                    value=q
                    maxlength="200"
                    autocomplete="off"
                    placeholder="Name, email, phone, company, subject, reason, UUID"
                />
            </div>
            {location} {choice("Channel", "channel", channel.map_or("", Channel::slug), "", channels)}
            {choice("Template", "template", template.map_or("", Template::slug), "", templates)}
            {choice("Status", "status", status.map_or("", Status::slug), "", statuses)} {day("From", "from", from)}
            {day("To", "to", to)} {choice("Sort by", "sort", sort.slug(), Sort::default().slug(), sorts)}
            {choice("Direction", "dir", dir.slug(), Direction::default().slug(), directions)} {per}
            <button class="button no-js-only" type="submit">
                "Apply"
            </button>
            <p class="field-error" id="dates-error" role="alert" hidden=!wrong>
                {complaint}
            </p>
        </form>
        {chips(query, frame)}
    }
}

/// `default` is the value that the address leaves out; where it is empty, it stands for all.
fn choice(
    label: &'static str,
    name: &'static str,
    chosen: &str,
    default: &'static str,
    list: Vec<(String, String)>,
) -> impl IntoView + use<> {
    let id = format!("filter-{name}");
    let all = default.is_empty().then(|| (String::new(), "All".to_owned()));
    let option = |(value, text): (String, String)| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {text}
            </option>
        }
    };
    let options = all.into_iter().chain(list).map(option).collect_view();
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <select class="select" id=id name=name data-default=default>
                {options}
            </select>
        </div>
    }
}

/// The filters in force, each removable.
fn chips(query: &MessagesQuery, frame: &Frame) -> Option<impl IntoView + use<>> {
    let slug = &frame.slug;
    let chips = query.filter.chips(|id| frame.location_name(id));
    let filter = &query.filter;
    let cleared = MessageFilter { sort: filter.sort, dir: filter.dir, ..MessageFilter::default() };
    let clear = query.filtered(cleared).href(slug);
    let chip = |c: Chip| {
        let name = format!("Remove filter {}: {}", c.label, c.value);
        view! {
            <li>
                <a class="chip" href=query.filtered(c.without).href(slug) aria-label=name data-noscroll="">
                    <span class="muted">{c.label}</span>
                    {c.value}
                    <Icon name="close" />
                </a>
            </li>
        }
    };
    (!chips.is_empty()).then(|| {
        view! {
            <ul class="chips" aria-label="Filters in force">
                {chips.into_iter().map(chip).collect_view()}
                <li>
                    <a class="link-button" href=clear data-noscroll="">
                        "Clear filters"
                    </a>
                </li>
            </ul>
        }
    })
}
