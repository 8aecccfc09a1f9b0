//! **Check my domain**, and what the last check found.

use super::copy::CopyValue;
use crate::{
    api::connections::CheckDomain,
    domain::connection::{
        dns::{DnsRecord, DomainReport, Finding, Verdict},
        page::ChannelConnection,
    },
    ui::{
        hooks::action::FormAction,
        messages::steering::use_steering,
        parts::{
            badge::Badge,
            field::FormNotice,
            submit_button::{PLAIN, SubmitButton},
        },
    },
};
use chrono::NaiveDate;
use leptos::{form::ActionForm, prelude::*};

#[component]
pub fn DomainCheck(data: Memo<ChannelConnection>, slug: String, today: NaiveDate) -> impl IntoView {
    let action = ServerAction::<CheckDomain>::new();
    let steering = use_steering();
    let project = slug.clone();
    action.on_done(move |done| steering.done(&project, done));
    let report = Memo::new(move |_| data.with(|data| data.setup.as_ref()?.domain.clone()));
    let result = move || report.get().map(|report| result(report, today));
    let domain = move || data.with(|data| data.sender.rsplit_once('@').map(|(_, domain)| domain.to_owned()));
    view! {
        <div class="card domain-check">
            <h3>"Domain"</h3>
            <p class="muted">
                "Checks whether the DNS of " {domain}
                " lets receivers trust your emails (SPF, DKIM, DMARC and MX), and says what to add."
            </p>
            <ActionForm action>
                <input type="hidden" name="slug" value=slug />
                <FormNotice error=action.refusal() />
                <SubmitButton label="Check my domain" class=PLAIN pending=action.pending() />
            </ActionForm>
            <div role="status">{result}</div>
        </div>
    }
}

fn result(report: DomainReport, today: NaiveDate) -> AnyView {
    let DomainReport { at, by, domain, findings } = report;
    view! {
        <p class="muted">{format!("{domain}, checked {} by {by}", at.inline(today))}</p>
        <ul class="findings">{findings.into_iter().map(finding).collect_view()}</ul>
    }
    .into_any()
}

fn finding(finding: Finding) -> AnyView {
    let Finding { subject, verdict, found, explanation, record } = finding;
    let icon = match verdict {
        Verdict::Good => "check",
        Verdict::Missing | Verdict::Wrong => "failed",
        Verdict::Unknown => "info",
    };
    let found = (!found.is_empty()).then(|| {
        let line = |record| view! { <code class="connection-words">{record}</code> };
        view! { <div class="found">{found.into_iter().map(line).collect_view()}</div> }.into_any()
    });
    let what_to_do = if verdict == Verdict::Wrong { "Put in its place:" } else { "Add:" };
    let record = record.map(|record| proposal(subject.name(), what_to_do, record));
    view! {
        <li>
            <h4>{subject.name()} " " <Badge slug=icon label=verdict.name() /></h4>
            <p>{explanation}</p>
            {found}
            {record}
        </li>
    }
    .into_any()
}

fn proposal(subject: &'static str, what_to_do: &'static str, record: DnsRecord) -> AnyView {
    let DnsRecord { name, kind, value } = record;
    view! {
        <p>{what_to_do}</p>
        <dl class="definition-list dns-record">
            <dt>"Name"</dt>
            <dd>
                <CopyValue what=format!("the name of the {subject} record") value=name />
            </dd>
            <dt>"Type"</dt>
            <dd>
                <code>{kind}</code>
            </dd>
            <dt>"Value"</dt>
            <dd>
                <CopyValue what=format!("the value of the {subject} record") value />
            </dd>
        </dl>
    }
    .into_any()
}
