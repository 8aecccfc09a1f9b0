//! The form of a connection: the provider first, then what follows from it.

use super::{
    email_fields::{self, EmailFields},
    sms_fields::{self, SmsFields},
};
use crate::{
    api::connections::SaveConnection,
    domain::{
        AppError,
        connection::{
            form::ConnectionForm,
            page::{ChannelConnection, ConnectionsQuery, Setup},
            settings::Provider,
        },
        message::Channel,
    },
    ui::{
        hooks::{action::FormAction, effect::effect},
        messages::steering::use_steering,
        parts::{field::FormNotice, submit_button::SubmitButton},
    },
};
use leptos::{form::ActionForm, html, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// The provider that a form begins with.
fn first(channel: Channel) -> Provider {
    match channel {
        Channel::Email => Provider::Smtp,
        Channel::Sms => Provider::Twilio,
    }
}

#[component]
pub fn ConnectionSettings(
    channel: Channel,
    data: Memo<ChannelConnection>,
    query: Memo<ConnectionsQuery>,
    entered: Option<ConnectionForm>,
    slug: String,
) -> impl IntoView {
    // The address names the provider whose form is shown; else it is that of the connection.
    let chosen = Memo::new(move |_| query.with(|query| query.provider(channel)).or(data.with(|data| data.provider)));
    let is_own = Memo::new(move |_| data.with(|data| data.provider.is_some()));
    let is_shown = Memo::new(move |_| chosen.with(Option::is_some));
    let project = StoredValue::new(slug.clone());
    let to = move |query: ConnectionsQuery| project.with_value(|slug| query.href(slug));
    let begin = move || {
        let href = to(query.get().with(first(channel)));
        let what = match channel {
            Channel::Email => "This project's emails are sent over the server's connection, from the server's address.",
            Channel::Sms => "This project's SMS are sent over the server's connection, from the server's number.",
        };
        view! {
            <p class="muted">{what}</p>
            <a class="button" href=href data-noscroll="">
                "Set up your own connection"
            </a>
        }
        .into_any()
    };
    let leave = move || {
        let query = query.get();
        let is_new = !is_own.get() && query.provider(channel).is_some();
        is_new.then(|| {
            view! {
                <a class="button" href=to(query.without(channel)) data-noscroll="">
                    "Cancel"
                </a>
            }
            .into_any()
        })
    };
    let remove = move || {
        let query = ConnectionsQuery { removing: Some(channel), ..query.get() };
        is_own.get().then(|| {
            view! {
                <a class="button" href=to(query) data-noscroll="">
                    "Remove"
                    <span class="visually-hidden">{format!(" the {} connection", channel.name())}</span>
                </a>
            }
            .into_any()
        })
    };
    let buttons = ViewFn::from(move || (leave(), remove()));
    let provider = Memo::new(move |_| chosen.get().unwrap_or(first(channel)));
    let form = Form::new(channel, data, provider, entered, slug);
    let content = move || {
        if is_shown.get() {
            view! {
                <ProviderChoice channel provider query slug=project.get_value() />
                {form.view(buttons.clone())}
            }
            .into_any()
        } else {
            begin()
        }
    };
    view! {
        <div class="card connection-settings">
            <h3>"Settings"</h3>
            {content}
        </div>
    }
}

/// The form, which is made anew once its own change is in the page: what is typed stays when something else changes.
#[derive(Clone)]
struct Form {
    channel: Channel,
    data: Memo<ChannelConnection>,
    provider: Memo<Provider>,
    /// Shown in the place of what is stored, until the connection is changed.
    entered: Option<ConnectionForm>,
    /// The revision that the page came with.
    first_revision: i32,
    slug: String,
    action: ServerAction<SaveConnection>,
    error: Signal<Option<AppError>>,
    revision: Memo<i32>,
    /// The revision that the form shows.
    follows: RwSignal<i32>,
}

impl Form {
    fn new(
        channel: Channel,
        data: Memo<ChannelConnection>,
        provider: Memo<Provider>,
        entered: Option<ConnectionForm>,
        slug: String,
    ) -> Self {
        let action = ServerAction::<SaveConnection>::new();
        // Without scripts the address says why a form was refused, but not which.
        let of = entered.as_ref().and_then(|form| Provider::from_code(&form.provider)).map(Provider::channel);
        let (version, refusal) = (action.version(), action.refusal());
        let error = Signal::derive(move || {
            let is_other = version.get() == 0 && of.is_some_and(|of| of != channel);
            if is_other { None } else { refusal.get() }
        });
        let revision = Memo::new(move |_| data.with(|data| data.setup.as_ref().map_or(0, |setup| setup.revision)));
        let follows = RwSignal::new(revision.get_untracked());
        let is_saved = StoredValue::new(false);
        let renew = move || {
            let now = revision.get_untracked();
            if is_saved.get_value() && now != follows.get_untracked() {
                is_saved.set_value(false);
                follows.set(now);
            }
        };
        let steering = use_steering();
        let project = slug.clone();
        action.on_done(move |done| {
            is_saved.set_value(true);
            steering.done(&project, done);
            renew();
        });
        effect(move |_| {
            let is_removed = revision.get() == 0;
            if is_removed {
                follows.set(0);
            }
            renew();
        });
        let entered = entered.filter(|_| of == Some(channel));
        let first_revision = revision.get_untracked();
        Self { channel, data, provider, entered, first_revision, slug, action, error, revision, follows }
    }

    fn view(&self, buttons: ViewFn) -> AnyView {
        let (this, follows) = (self.clone(), self.follows);
        // Made anew for each revision: fields that are kept would keep what was typed, secrets too.
        view! {
            <For
                each=move || [follows.get()]
                key=|revision| *revision
                children=move |revision| this.of_revision(revision, buttons.clone())
            />
        }
        .into_any()
    }

    fn of_revision(&self, revision: i32, buttons: ViewFn) -> AnyView {
        let Self { channel, provider, action, error, .. } = *self;
        let Setup { form, stored, .. } = self.data.with_untracked(|data| data.setup.clone()).unwrap_or_default();
        let form = self.entered.clone().filter(|_| revision == self.first_revision).unwrap_or(form);
        let fields = match channel {
            Channel::Email => view! { <EmailFields form provider stored error /> }.into_any(),
            Channel::Sms => {
                let own = self.data.with_untracked(|data| data.provider);
                view! { <SmsFields form provider own stored error /> }.into_any()
            }
        };
        let of = match channel {
            Channel::Email => email_fields::FIELDS,
            Channel::Sms => sms_fields::FIELDS,
        };
        let (latest, slug) = (self.revision, self.slug.clone());
        let pending = action.pending();
        let foreign = move || {
            (latest.get() != revision && !pending.get()).then(|| {
                view! {
                    <p class="notice field-wide">
                        "Somebody changed this connection meanwhile. Load the page again to see it as it is now."
                    </p>
                }
                .into_any()
            })
        };
        let lost = stored.lost.then(|| {
            view! {
                <p class="notice notice-error field-wide">
                    "The stored secrets cannot be read, because this server has another SECRET_KEY than the one that they were encrypted with. Enter them again."
                </p>
            }
            .into_any()
        });
        view! {
            <ActionForm action attr:class="connection-form">
                <input type="hidden" name="slug" value=slug />
                <input type="hidden" name="follows" value=revision.to_string() />
                <input type="hidden" name="form[provider]" value=move || provider.get().code() />
                {lost}
                {foreign}
                <div class="field-wide">
                    <FormNotice error fields=of />
                </div>
                {fields}
                <div class="form-buttons field-wide">
                    <SubmitButton label="Save connection" pending />
                    {move || buttons.run()}
                </div>
            </ActionForm>
        }
        .into_any()
    }
}

/// A form of its own: without scripts, another provider is another page.
#[component]
fn ProviderChoice(
    channel: Channel,
    provider: Memo<Provider>,
    query: Memo<ConnectionsQuery>,
    slug: String,
) -> impl IntoView {
    let (id, other) = match channel {
        Channel::Email => ("email-provider", Channel::Sms),
        Channel::Sms => ("sms-provider", Channel::Email),
    };
    let path = format!("/projects/{slug}/connections");
    let navigate = use_navigate();
    let choose = move |code: String| {
        if let Some(chosen) = Provider::from_code(&code) {
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            navigate(&query.get_untracked().with(chosen).href(&slug), options);
        }
    };
    let select = NodeRef::<html::Select>::new();
    let choose_at_first = choose.clone();
    effect(move |before: Option<()>| {
        let now = provider.get().code();
        let Some(select) = select.get() else { return };
        let chosen = select.value();
        if before.is_none() && chosen != now {
            // Chosen before the scripts came.
            choose_at_first(chosen);
        } else {
            select.set_value(now);
        }
    });
    let now = provider.get_untracked();
    let option = |provider: Provider| {
        view! {
            <option value=provider.code() selected=provider == now>
                {provider.name()}
            </option>
        }
    };
    let options = Provider::ALL.into_iter().filter(|p| p.channel() == channel).map(option).collect_view();
    // The form of the other channel stays as it is.
    let kept = move || {
        let kept = query.with(|query| query.provider(other));
        kept.map(|kept| view! { <input type="hidden" name=other.slug() value=kept.code() /> }.into_any())
    };
    view! {
        <form class="provider-choice" method="get" action=path autocomplete="off">
            <div class="field">
                <label class="field-label" for=id>
                    "Provider"
                </label>
                <select
                    class="select"
                    id=id
                    name=channel.slug()
                    node_ref=select
                    on:change=move |event| choose(event_target_value(&event))
                >
                    {options}
                </select>
            </div>
            {kept}
            <button class="button no-js-only" type="submit">
                "Show its fields"
            </button>
        </form>
    }
}
