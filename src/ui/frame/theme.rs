//! Light, dark, or as the system has it; remembered in a cookie, so that the server sends the page in it.

use crate::ui::{
    IS_SERVER,
    hooks::{
        changing::changing,
        cookie::{YEAR, set_cookie},
    },
};
use leptos::prelude::*;

/// The theme that the request's cookie asks for; the server provides it.
#[derive(Clone)]
pub struct Theme(pub Option<&'static str>);

/// The look of the tables of messages that the request's cookies ask for (domain/table_look.rs); the server provides it.
#[derive(Clone, Default)]
pub struct TableLook {
    pub density: Option<&'static str>,
    pub hidden: Option<String>,
}

/// The names and what the document's root says of them; nothing for the system's.
const CHOICES: [(&str, Option<&str>); 3] = [("Light", Some("light")), ("Dark", Some("dark")), ("System", None)];

#[component]
pub fn ThemeChoice() -> impl IntoView {
    let chosen = RwSignal::new(now());
    let choice = move |(name, theme): (&'static str, Option<&'static str>)| {
        let choose = move |_| {
            chosen.set(theme.map(str::to_owned));
            apply(theme);
        };
        view! {
            <label class="theme-choice">
                <input
                    type="radio"
                    name="theme"
                    value=name
                    checked=chosen.get_untracked().as_deref() == theme
                    prop:checked=changing(move || chosen.get().as_deref() == theme)
                    on:change=choose
                />
                <span>{name}</span>
            </label>
        }
        .into_any()
    };
    view! {
        <fieldset class="theme js-only">
            <legend>"Theme"</legend>
            {CHOICES.map(choice).into_iter().collect_view()}
        </fieldset>
    }
}

/// On the server, what the request's cookie asks for; in the browser, what the document says.
fn now() -> Option<String> {
    if IS_SERVER {
        return use_context::<Theme>().and_then(|theme| theme.0).map(str::to_owned);
    }
    document().document_element()?.get_attribute("data-theme")
}

fn apply(theme: Option<&str>) {
    let Some(root) = document().document_element() else { return };
    let _ = match theme {
        Some(theme) => root.set_attribute("data-theme", theme),
        None => root.remove_attribute("data-theme"),
    };
    set_cookie("theme", theme.unwrap_or_default(), theme.map(|_| YEAR));
}
