//! A project's own settings: its name and its time zone, and how long it keeps what its messages said.

mod kept;

use self::kept::Kept;
use super::settings::nav::{SettingsHead, SettingsPart};
use crate::{
    api::project_settings::{SaveProject, load_project_settings},
    domain::{
        AppError,
        project::Frame,
        project_settings::{ProjectForm, ProjectSettingsPage as Page},
        role::Role,
        stats::{count, thousands},
    },
    ui::{
        frame::use_frame,
        hooks::{
            action::plain_refusal,
            address::use_param,
            page_data::{PageData, page_view},
            resource::use_resource,
        },
        parts::{
            field::{FieldError, FormNotice, TextField, described_by, field_error},
            submit_button::SubmitButton,
            trouble::Trouble,
        },
    },
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

#[component]
pub fn ProjectSettingsRoute() -> impl IntoView {
    let slug = use_param("slug");
    let page = use_resource(move || slug.get(), load_project_settings);
    view! {
        <Title text="Project settings" />
        {page_view(
            page,
            |_| (),
            |page| page.version,
            |page| view! { <ProjectSettings page frame=use_frame() /> }.into_any(),
        )}
    }
}

#[component]
fn ProjectSettings(page: PageData<Page>, frame: Frame) -> impl IntoView {
    let PageData { data, trouble, read, .. } = page;
    let form = if frame.may(Role::Admin) {
        view! { <ProjectFields first=data.get_untracked() slug=frame.slug.clone() /> }.into_any()
    } else {
        view! {
            <dl class="definition-list">
                <div>
                    <dt>"Name"</dt>
                    <dd>{move || data.with(|page| page.name.clone())}</dd>
                </div>
                <div>
                    <dt>"Time zone"</dt>
                    <dd>{move || data.with(|page| page.zone.clone())}</dd>
                </div>
            </dl>
            <p class="muted">"Ask an Admin of this project to change them."</p>
        }
        .into_any()
    };
    let counting = move || {
        data.with(|page| page.is_counting).then(|| {
            view! {
                <p class="notice" role="status">
                    "The numbers by day are being counted anew in the new time zone. Until that is done, those of a date range may differ from its rows."
                </p>
            }
            .into_any()
        })
    };
    view! {
        <SettingsHead part=SettingsPart::Project heading="Project settings" slug=frame.slug.clone() />
        <Trouble trouble read />
        <div class="settings">
            {counting}
            <section class="card" aria-labelledby="project-heading">
                <h2 id="project-heading">"Name and time zone"</h2>
                {form}
            </section>
            <section class="card" aria-labelledby="zone-heading">
                <h2 id="zone-heading">"What another time zone changes"</h2>
                <ul class="bullets">
                    <li>{move || data.with(|page| scheduled_words(page.scheduled))}</li>
                    <li>
                        "The windows of the week, the limits of a day and the days that the strategy counts follow the new time zone at once. A message that then falls outside of a window waits until the next one opens."
                    </li>
                    <li>
                        "A phone number that is entered without a country code is read as one of the country that the new time zone is in. Stored numbers stay as they are."
                    </li>
                    <li>
                        "Each message counts on the day that it was sent on in the new time zone. The numbers are counted anew in the background, for each 100,000 messages some seconds."
                    </li>
                </ul>
            </section>
            <Kept data frame=frame.clone() />
            <section class="card" aria-labelledby="address-heading">
                <h2 id="address-heading">"Address"</h2>
                <p>
                    "The pages of this project begin with " <code>{frame.href("")}</code>
                    ". This does not change, so that links in old emails and bookmarks keep working."
                </p>
            </section>
        </div>
    }
}

/// What becomes of messages that wait.
fn scheduled_words(n: u32) -> String {
    let who = match n {
        0 => return "No message is scheduled at the moment; those that are would keep their moment.".to_owned(),
        n if n > Page::COUNTED_MOST => format!("More than {} messages", thousands(Page::COUNTED_MOST.into())),
        n => count(n.into(), "message"),
    };
    let (is, keep) = if n == 1 { ("is", "keeps its") } else { ("are", "keep their") };
    format!("{who} {is} scheduled and {keep} moment: only the time that the pages show for it is another.")
}

/// A plain form, with scripts too: the name and the times stand all over the page, which is loaded anew.
#[component]
fn ProjectFields(first: Page, slug: String) -> impl IntoView {
    let error: Signal<Option<AppError>> = Signal::stored(plain_refusal::<SaveProject>());
    let zone_error = field_error(error, "zone");
    let shown = first.entered.unwrap_or(ProjectForm { name: first.name, zone: first.zone });
    let zones = first.zones.into_iter().map(|zone| view! { <option value=zone></option> }.into_any()).collect_view();
    view! {
        <form method="post" action=SaveProject::PATH novalidate>
            <input type="hidden" name="slug" value=slug />
            <FormNotice error fields=&["name", "zone"] />
            <TextField
                id="project-name"
                label="Name"
                name="form[name]"
                field="name"
                error
                value=Signal::stored(shown.name)
                hint="Customers see it as the sender of emails and on the review page. The sender's address belongs to the connection."
                maxlength=120
                required=true
            />
            <div class="field">
                <label class="field-label" for="project-zone">
                    "Time zone"
                </label>
                <p class="field-hint" id="project-zone-hint">
                    "Type a city of your time zone, and choose from the list."
                </p>
                <input
                    class="input"
                    id="project-zone"
                    name="form[zone]"
                    type="text"
                    list="zones"
                    value=shown.zone
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    required
                    aria-invalid=move || zone_error.get().map(|_| "true")
                    aria-describedby=described_by("project-zone", true, zone_error)
                />
                <datalist id="zones">{zones}</datalist>
                <FieldError id="project-zone" error=zone_error />
            </div>
            <SubmitButton label="Save project" pending=false />
        </form>
    }
}
