//! An instant in the project's zone: short in the page, whole in the title and for machines.

use crate::domain::LocalTime;
use chrono::NaiveDate;
use leptos::prelude::*;

#[component]
pub fn Time(at: LocalTime, today: NaiveDate) -> impl IntoView {
    view! {
        <time class="time" datetime=at.machine() title=at.full()>
            {at.short(today)}
        </time>
    }
}
