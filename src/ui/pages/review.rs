//! The page that a message's link opens: a rating, a few words, thanks. It needs no scripts and works with the keyboard alone.
//!
//! Every rating gets the same form and leads to the same review sites: asking only the content ones for a public review is forbidden
//! by Google and by the law (16 CFR 465.7), and nothing here can be set otherwise.

use crate::{
    domain::{
        contact::TEXT_MAX,
        public_words::{AfterWords, FormWords, NoticeWords},
        review::Rating,
        review_page::ReviewPage,
    },
    ui::customer::stars::stars_saying,
};
use html_escape::encode_text;
use leptos::prelude::*;

/// What the customer has filled in, and why it was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewForm {
    pub rating: Option<i16>,
    pub text: String,
    pub wrong_rating: Option<String>,
    pub wrong_text: Option<String>,
}

pub fn review_page(page: &ReviewPage, project_name: &str, words: FormWords, form: ReviewForm) -> AnyView {
    let FormWords { heading, greeting, introduction, rating, stars, ends, text, send, .. } = words;
    let content = view! {
        <h1>{heading}</h1>
        <div class="public-words">
            {greeting.map(|greeting| view! { <p>{greeting}</p> })}
            <p>{introduction}</p>
        </div>
        <form method="post">
            {rating_field(rating, stars, ends, form.rating, form.wrong_rating)}
            {text_field(text, &form.text, form.wrong_text)}
            <button class="button button-primary" type="submit">
                {send}
            </button>
        </form>
    };
    branded(page, project_name, content)
}

/// Once a review was left: the thanks for it, or what somebody sees who comes again.
pub fn after_page(page: &ReviewPage, project_name: &str, words: AfterWords, rating: Rating) -> AnyView {
    let sites = sites(page, words.sites, &words.new_tab);
    let content = view! {
        <h1>{words.heading}</h1>
        {stars_saying(rating, words.stars)}
        <p class="public-words">{words.words}</p>
        {sites}
        {words.close.map(|close| view! { <p class="muted">{close}</p> })}
    };
    branded(page, project_name, content)
}

/// For a link of the project that does no more.
pub fn notice_page(page: &ReviewPage, project_name: &str, words: NoticeWords) -> AnyView {
    branded(page, project_name, notice(words))
}

/// Without a project, because it is not known.
pub fn unbranded_page(words: NoticeWords) -> impl IntoView {
    view! {
        <main class="public">
            <div class="public-card">{notice(words)}</div>
        </main>
    }
}

fn notice(words: NoticeWords) -> impl IntoView {
    view! {
        <h1>{words.heading}</h1>
        <p>{words.sentence}</p>
        {words.last.map(|last| view! { <p class="muted">{last}</p> })}
    }
}

/// The review sites, the same for every rating.
fn sites(page: &ReviewPage, heading: String, new_tab: &str) -> Option<AnyView> {
    let site = |(name, address): (&str, &str)| {
        view! {
            <li>
                <a class="button" href=address.to_owned() target="_blank" rel="noopener noreferrer external">
                    {name.to_owned()}
                    <span class="icon i-external"></span>
                    <span class="visually-hidden">{format!(" {new_tab}")}</span>
                </a>
            </li>
        }
    };
    let all = page.sites();
    (!all.is_empty()).then(|| {
        view! {
            <section class="public-sites" aria-labelledby="sites-heading">
                <h2 id="sites-heading">{heading}</h2>
                <ul>{all.into_iter().map(site).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

fn rating_field(
    label: String,
    stars: [String; 5],
    ends: [String; 2],
    chosen: Option<i16>,
    error: Option<String>,
) -> impl IntoView {
    let described = error.is_some().then_some("rating-error");
    let star = |n: i16, words: String| {
        view! {
            <label class="rating-star">
                <input
                    type="radio"
                    name="rating"
                    value=n.to_string()
                    checked=chosen == Some(n)
                    required
                />
                <span class="icon i-star"></span>
                <span class="icon i-star-filled filled"></span>
                <span class="visually-hidden">{words}</span>
            </label>
        }
    };
    let scale: Vec<_> = (1..).zip(stars).map(|(n, words)| star(n, words)).collect();
    let [least, most] = ends;
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend class="field-label">{label}</legend>
            <div class="rating">{scale}</div>
            <p class="rating-scale muted" aria-hidden="true">
                <span>{least}</span>
                <span>{most}</span>
            </p>
            {error.map(|e| view! { <p class="field-error" id="rating-error" role="alert">{e}</p> })}
        </fieldset>
    }
}

fn text_field(label: String, text: &str, error: Option<String>) -> impl IntoView {
    let described = error.is_some().then_some("text-error");
    view! {
        <div class="field">
            <label class="field-label" for="text">
                {label}
            </label>
            <textarea
                class="input"
                id="text"
                name="text"
                rows="5"
                maxlength=TEXT_MAX.to_string()
                aria-describedby=described
                aria-invalid=described.map(|_| "true")
            >
                // Leptos does not escape the content of a text area.
                {encode_text(text).into_owned()}
            </textarea>
            {error.map(|e| view! { <p class="field-error" id="text-error" role="alert">{e}</p> })}
        </div>
    }
}

/// The layout of the pages in a project's name: its logo, or its name, and its color.
pub(super) fn branded(page: &ReviewPage, project_name: &str, content: impl IntoView) -> AnyView {
    let name = project_name.to_owned();
    let mark = match page.logo.as_str() {
        "" => view! { <p class="brand-name">{name}</p> }.into_any(),
        logo => view! { <img class="brand-logo" src=logo.to_owned() alt=name /> }.into_any(),
    };
    view! {
        <main class="public branded">
            <div class="public-card">
                <div class="brand">{mark}</div>
                {content}
            </div>
        </main>
    }
    .into_any()
}
