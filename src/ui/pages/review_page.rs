//! What staff choose for the review page: its looks, its words, and the review sites that it leads to.

mod form;

use crate::{
    api::review_page::load_review_page,
    domain::{
        project::Frame,
        review_page::{ReviewPage, ReviewPageSettings},
        role::Role,
    },
    ui::{
        frame::use_frame,
        hooks::{
            address::use_param,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{draft_frame::DraftFrame, heading::PageHeading, trouble::Trouble},
    },
};
use form::ReviewPageForm;
use leptos::prelude::*;
use leptos_meta::Title;

#[component]
pub fn ReviewPageRoute() -> impl IntoView {
    let slug = use_param("slug");
    let page = use_resource(move || slug.get(), load_review_page);
    view! {
        <Title text="Review page" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            |page| view! { <Settings page frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn Settings(page: PageData<ReviewPageSettings>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let first = data.with_untracked(|page| page.entered.clone().unwrap_or_else(|| page.page.clone()));
    // What is shown in the preview.
    let draft = RwSignal::new(first.clone());
    let may = frame.may(Role::Manager);
    let form = if may {
        view! { <ReviewPageForm first draft slug=frame.slug.clone() /> }.into_any()
    } else {
        view! {
            <section class="card">
                <p class="muted">"Managers of this project choose its logo, color and words."</p>
            </section>
        }
        .into_any()
    };
    let fields = may.then(|| {
        Signal::derive(move || {
            draft.with(|draft| NAMES.map(|(field, name)| (name, draft.value(field).to_owned())).to_vec())
        })
    });
    let preview = frame.href("templates/review-page/preview");
    view! {
        <div class="title-row">
            <PageHeading>"Review page"</PageHeading>
            <div class="title-actions">
                <a class="button" href=frame.href("templates")>
                    "Templates"
                </a>
            </div>
        </div>
        <p class="muted">"What a customer sees who follows the link of a message. How long a link works is chosen on " <a href=frame.href("settings")>"Settings"</a> "."</p>
        <Trouble trouble read />
        <div class="template-columns">
            {form}
            <section class="card template-preview template-preview-tall" aria-labelledby="preview-heading">
                <h2 id="preview-heading">"Preview"</h2>
                <p class="muted">"On a phone, for the newest customer. Nothing can be sent from here."</p>
                <div class="phone-frames">
                    <DraftFrame
                        name="review-form"
                        address=preview.clone()
                        title="The review page"
                        sandbox="allow-same-origin"
                        draft=fields
                    />
                </div>
                <h3>"After the review"</h3>
                <div class="phone-frames phone-frames-short">
                    <DraftFrame
                        name="review-thanks"
                        address=format!("{preview}?view=thanks")
                        title="The page after the review"
                        sandbox="allow-same-origin"
                        draft=fields
                    />
                </div>
            </section>
        </div>
    }
}

/// Each field with the name of its control.
const NAMES: [(&str, &str); ReviewPage::FIELDS.len()] = [
    ("logo", "form[logo]"),
    ("color", "form[color]"),
    ("introduction", "form[introduction]"),
    ("thanks", "form[thanks]"),
    ("google", "form[google]"),
    ("trustpilot", "form[trustpilot]"),
    ("facebook", "form[facebook]"),
    ("other_name", "form[other_name]"),
    ("other", "form[other]"),
];
