//! An instant in the project's time zone: short in the page, in full in its title and its `datetime`.

use crate::domain::LocalTime;
use chrono::NaiveDate;
use leptos::prelude::*;

#[component]
pub fn Time(at: LocalTime, today: NaiveDate) -> impl IntoView {
    view! {
        <time datetime=at.machine() title=at.full()>
            {at.short(today)}
        </time>
    }
}
