//! The page that a message's link opens: a rating, a few words, thanks. It needs no scripts and works with the keyboard alone.
//!
//! Every rating gets the same form and leads to the same review sites: asking only the content ones for a public review is forbidden
//! by Google and by the law (16 CFR 465.7), and nothing here can be set otherwise.

use crate::domain::{
    AppError,
    contact::TEXT_MAX,
    review::{Invitation, Rating},
    review_page::ReviewPage,
};
use html_escape::encode_text;
use leptos::prelude::*;

/// What each number of stars means, from one to five.
const MEANINGS: [&str; 5] = ["Poor", "Fair", "Good", "Very good", "Excellent"];

/// What the customer has filled in, and why it was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReviewForm {
    pub rating: Option<i16>,
    pub text: String,
    pub error: Option<AppError>,
}

/// The form, or a sentence if the customer has already left a review.
pub fn review_page(page: &ReviewPage, invitation: Invitation, form: ReviewForm) -> AnyView {
    if let Some(rating) = invitation.left {
        return left_page(page, &invitation, rating);
    }
    let hello = (!invitation.first_name.is_empty()).then(|| format!("Hello {},", invitation.first_name));
    let hello = hello.map(|hello| view! { <p>{hello}</p> });
    let introduction = match page.introduction.as_str() {
        "" => "Your honest opinion helps us, and everyone who comes after you.".to_owned(),
        words => words.to_owned(),
    };
    let place = place(&invitation);
    let error = form.error.as_ref();
    let for_rating = error.and_then(|e| e.for_field("rating")).map(str::to_owned);
    let for_text = error.and_then(|e| e.for_field("text")).map(str::to_owned);
    let for_all = error.filter(|_| for_rating.is_none() && for_text.is_none()).map(ToString::to_string);
    let content = view! {
        <h1>{format!("How was your visit to {place}?")}</h1>
        <div class="public-words">
            {hello}
            <p>{introduction}</p>
        </div>
        {for_all.map(|e| view! { <p class="notice notice-error" role="alert">{e}</p> })}
        <form method="post">
            {rating_field(form.rating, for_rating)}
            {text_field(&form.text, for_text)}
            <button class="button button-primary" type="submit">"Send review"</button>
        </form>
    };
    branded(page, &invitation.project_name, content)
}

/// After a review was sent.
pub fn thanks_page(page: &ReviewPage, invitation: Invitation, rating: Rating) -> AnyView {
    let heading = match invitation.first_name.as_str() {
        "" => "Thank you".to_owned(),
        name => format!("Thank you, {name}"),
    };
    let project = &invitation.project_name;
    let words = match (page.thanks.as_str(), rating.stars()) {
        ("", 4..) => format!("We are glad that you liked it. {project} looks forward to seeing you again."),
        ("", 3) => format!("{project} reads every review, and yours will help us do better."),
        ("", _) => {
            format!("We are sorry that it was not better. {project} reads every review, and will take yours to heart.")
        }
        (words, _) => words.to_owned(),
    };
    let content = view! {
        <h1>{heading}</h1>
        {stars(rating)}
        <p class="public-words">{words}</p>
        {sites(page)}
        <p class="muted">"You can close this page now."</p>
    };
    branded(page, project, content)
}

/// The review sites, the same for every rating.
fn sites(page: &ReviewPage) -> Option<AnyView> {
    let site = |(name, address): (&str, &str)| {
        view! {
            <li>
                <a class="button" href=address.to_owned() target="_blank" rel="noopener noreferrer external">
                    {name.to_owned()}
                    <span class="icon i-external"></span>
                    <span class="visually-hidden">" (opens in a new tab)"</span>
                </a>
            </li>
        }
    };
    let all = page.sites();
    (!all.is_empty()).then(|| {
        view! {
            <section class="public-sites" aria-labelledby="sites-heading">
                <h2 id="sites-heading">"Would you tell others, too?"</h2>
                <ul>{all.into_iter().map(site).collect_view()}</ul>
            </section>
        }
        .into_any()
    })
}

/// For a link that is mistyped or cut off, or whose message was deleted.
pub fn lost_page() -> impl IntoView {
    card(view! {
        <h1>"This link does not work"</h1>
        <p>
            "It may have been cut off, or its message was deleted. Open the link in the message once more. If that does not help, reply to the message and tell us."
        </p>
    })
}

/// For a link that has worked for as long as the project wants it to.
pub fn expired_page(page: &ReviewPage, invitation: Invitation) -> AnyView {
    let project = &invitation.project_name;
    let content = view! {
        <h1>"This link has expired"</h1>
        <p>
            {format!("{project} asked for your opinion a while ago. If you would still like to give it, reply to the message: you will get a new link.")}
        </p>
    };
    branded(page, project, content)
}

fn left_page(page: &ReviewPage, invitation: &Invitation, rating: Rating) -> AnyView {
    let content = view! {
        <h1>"You have already left a review"</h1>
        {stars(rating)}
        <p>{format!("{} has received it. Thank you for taking the time.", invitation.project_name)}</p>
        {sites(page)}
    };
    branded(page, &invitation.project_name, content)
}

/// What is reviewed: the business, and the location if it has several.
fn place(invitation: &Invitation) -> String {
    match &invitation.location_name {
        Some(location) => format!("{}, {location}", invitation.project_name),
        None => invitation.project_name.clone(),
    }
}

fn rating_field(chosen: Option<i16>, error: Option<String>) -> impl IntoView {
    let described = error.is_some().then_some("rating-error");
    let star = |n: i16, meaning: &'static str| {
        let words = if n == 1 { format!("1 star, {meaning}") } else { format!("{n} stars, {meaning}") };
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
    let scale: Vec<_> = (1..).zip(MEANINGS).map(|(n, meaning)| star(n, meaning)).collect();
    view! {
        <fieldset class="field" aria-describedby=described>
            <legend class="field-label">"Your rating"</legend>
            <div class="rating">{scale}</div>
            <p class="rating-scale muted" aria-hidden="true">
                <span>{MEANINGS[0]}</span>
                <span>{MEANINGS[4]}</span>
            </p>
            {error.map(|e| view! { <p class="field-error" id="rating-error" role="alert">{e}</p> })}
        </fieldset>
    }
}

fn text_field(text: &str, error: Option<String>) -> impl IntoView {
    let described = error.is_some().then_some("text-error");
    view! {
        <div class="field">
            <label class="field-label" for="text">"What would you like to say? (optional)"</label>
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

/// `5 of 5 stars`, as icons and in words.
fn stars(rating: Rating) -> impl IntoView {
    crate::ui::customer::stars::stars(rating)
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

/// The layout of every other public page.
fn card(content: impl IntoView) -> impl IntoView {
    view! {
        <main class="public">
            <div class="public-card">{content}</div>
        </main>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> ReviewPage {
        ReviewPage { google: "https://g.page/r/x".into(), ..ReviewPage::default() }
    }

    fn invitation() -> Invitation {
        Invitation { project_name: "Harbor Dental".into(), location_name: None, first_name: "Ana".into(), left: None }
    }

    #[test]
    fn what_was_written_comes_back_as_text() {
        let form = ReviewForm { rating: Some(4), text: "</textarea><script>x</script>&".into(), error: None };
        let html = review_page(&page(), invitation(), form).to_html();
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;x&lt;/script&gt;&amp;</textarea>"), "{html}");
    }

    #[test]
    fn a_review_is_left_once() {
        let left = Invitation { left: Rating::new(5).ok(), ..invitation() };
        let html = review_page(&page(), left, ReviewForm::default()).to_html();
        assert!(html.contains("already") && html.contains("5 of 5 stars") && !html.contains("<form"), "{html}");
    }

    #[test]
    fn an_error_stands_by_its_field() {
        let form = ReviewForm { error: Rating::parse("9").err(), ..ReviewForm::default() };
        let html = review_page(&page(), invitation(), form).to_html();
        assert!(html.contains("id=\"rating-error\"") && html.contains("from 1 to 5"), "{html}");
    }

    #[test]
    fn every_rating_leads_to_the_same_sites() {
        let sites = |n: i16| {
            let html = thanks_page(&page(), invitation(), Rating::new(n).unwrap()).to_html();
            html.split("<section").nth(1).and_then(|rest| rest.split("</section>").next()).map(str::to_owned)
        };
        let first = sites(1).unwrap();
        assert!(
            first.contains("href=\"https://g.page/r/x\"") && first.contains("rel=\"noopener noreferrer"),
            "{first}"
        );
        for n in 2..=5 {
            assert_eq!(sites(n).as_ref(), Some(&first));
        }
        let own = ReviewPage { thanks: "<b>See you</b>".into(), ..page() };
        for n in 1..=5 {
            let html = thanks_page(&own, invitation(), Rating::new(n).unwrap()).to_html();
            assert!(
                html.contains("&lt;b&gt;See you&lt;/b&gt;") && !html.contains("sorry") && !html.contains("glad"),
                "{html}"
            );
        }
    }
}
