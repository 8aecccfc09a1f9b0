//! Forms that change something are sent by a call: what was done is said, what is wrong is shown by its field, and the page
//! stays.

use super::{
    Desk, dialogs, dom, filters,
    page::{Page, Visit},
    toasts::Toasts,
};
use crate::domain::{AppError, AppResult, customer::Done};
use leptos::{
    ev,
    prelude::*,
    server_fn::{ServerFn, error::FromServerFnError, redirect::REDIRECT_HEADER},
    task::spawn_local,
    wasm_bindgen::{JsCast, JsValue},
};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, Headers, HtmlFormElement, RequestInit, Response, UrlSearchParams, js_sys::Uint8Array};

pub fn submitted(desk: Desk, e: &ev::SubmitEvent) {
    let form = e.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
    let Some(form) = form.filter(|form| !e.default_prevented() && !form.has_attribute("data-plain")) else { return };
    let action = form.get_attribute("action").unwrap_or_default();
    match form.get_attribute("method").as_deref() {
        Some("get") if action.starts_with("/projects/") => {
            e.prevent_default();
            // A search takes the place of the one before.
            let how = if form.has_attribute("data-filters") { Visit::Instead } else { Visit::Go { stay: true } };
            filters::go(desk.page, &form, how);
        }
        Some("post") if action.starts_with("/api/") => {
            e.prevent_default();
            // A second press while the first is under way does nothing.
            if !form.has_attribute("aria-busy") {
                send(desk, form, action);
            }
        }
        _ => {}
    }
}

fn send(desk: Desk, form: HtmlFormElement, action: String) {
    let Some(body) = written(&form) else { return };
    set_busy(&form, true);
    spawn_local(async move {
        let answer = desk.toasts.wait(call(&action, body)).await;
        set_busy(&form, false);
        match answer {
            Ok((done, to)) => {
                show_error(&form, None);
                form.reset();
                desk.toasts.done(done);
                succeeded(desk.page, &form, to);
            }
            Err(error) => {
                if !show_error(&form, Some(&error)) {
                    desk.toasts.error(&error);
                }
                // What was shown may be out of date: that may be why it was refused.
                if matches!(error, AppError::Conflict(_) | AppError::NotFound(_)) {
                    desk.page.refresh();
                }
            }
        }
    });
}

/// Where it led on to another page, there; else the page shows what has changed.
fn succeeded(page: Page, form: &HtmlFormElement, to: Option<String>) {
    let in_dialog = dom::closest(form, "dialog").is_some();
    let then = form.get_attribute("data-then").filter(|_| !in_dialog);
    match to.or(then) {
        Some(to) if dom::by_id("content").is_some() => page.visit(to, Visit::Go { stay: false }),
        Some(to) => {
            let _ = window().location().assign(&to);
        }
        // The address of a dialog leads to the one without it, which is read anew.
        None if dialogs::close(form) => {}
        None => page.refresh(),
    }
}

/// The button keeps the focus, which it would lose if it were disabled.
fn set_busy(form: &HtmlFormElement, busy: bool) {
    let buttons =
        dom::all_in(form, "button[type=submit]").chain(dom::all(&format!("button[form='{}']", dom::id(form))));
    for element in buttons.chain([form.clone().into()]) {
        let name = if element == ***form { "aria-busy" } else { "aria-disabled" };
        let _ = if busy { element.set_attribute(name, "true") } else { element.remove_attribute(name) };
    }
}

/// Takes away what was wrong before, and shows what is wrong now; whether there was room for it.
fn show_error(form: &HtmlFormElement, error: Option<&AppError>) -> bool {
    for room in dom::all_in(form, "[data-error]") {
        room.set_text_content(None);
        if room.class_name() == "field-error" {
            let _ = room.set_attribute("hidden", "");
        }
    }
    for control in dom::all_in(form, "[aria-invalid]") {
        let _ = control.remove_attribute("aria-invalid");
    }
    let Some(error) = error else { return true };
    if let AppError::Invalid { field, message } = error
        && let Some(room) = dom::find_in(form, &format!(".field-error[data-error='{field}']"))
    {
        room.set_text_content(Some(message));
        let _ = room.remove_attribute("hidden");
        let control = dom::find_in(form, &format!("[aria-describedby~='{}']", room.id()));
        if let Some(control) = control {
            let _ = control.set_attribute("aria-invalid", "true");
            dom::focus(&control);
        }
        return true;
    }
    let around = dom::closest(form, "dialog, section");
    let room = dom::find_in(form, "[data-error='']")
        .or_else(|| around.and_then(|around| dom::find_in(&around, "[data-error='']")));
    let notice = document().create_element("p").ok();
    match (room, notice) {
        (Some(room), Some(notice)) => {
            notice.set_class_name("notice notice-error");
            notice.set_text_content(Some(&error.to_string()));
            room.set_text_content(None);
            room.append_child(&notice).is_ok()
        }
        _ => false,
    }
}

/// What is filled in, as the browser itself would send it.
fn written(form: &HtmlFormElement) -> Option<String> {
    let data = FormData::new_with_form(form).ok()?;
    Some(UrlSearchParams::new_with_str_sequence_sequence(&data).ok()?.to_string().into())
}

/// Calls a server function with these arguments, says what came of it, and shows what has changed.
pub fn run<S>(desk: Desk, arguments: &[(&str, &str)])
where
    S: ServerFn<Output = Done, Error = AppError>,
{
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(arguments).finish();
    spawn_local(async move {
        let answer = desk.toasts.wait(call(S::PATH, body)).await;
        say(desk.toasts, answer.map(|(done, _)| done));
        desk.page.refresh();
    });
}

pub fn say(toasts: Toasts, answer: AppResult<Done>) {
    match answer {
        Ok(done) => toasts.done(done),
        Err(error) => toasts.error(&error),
    }
}

/// What was done, and the address that the answer leads to, if any.
pub async fn call(path: &str, body: String) -> AppResult<(Done, Option<String>)> {
    let failed = |e: JsValue| {
        let message = e.dyn_ref::<web_sys::js_sys::Error>().map(|e| String::from(e.message()));
        AppError::Transport(message.unwrap_or_else(|| "no answer".into()))
    };
    let (response, bytes) = request(path, &body).await.map_err(failed)?;
    if !response.ok() {
        return Err(AppError::de(bytes.into()));
    }
    let headers = response.headers();
    let leads = headers.has(REDIRECT_HEADER).unwrap_or(false);
    let to = headers.get("location").ok().flatten().filter(|_| leads);
    let done = serde_json::from_slice(&bytes).map_err(|e| AppError::Transport(e.to_string()))?;
    Ok((done, to))
}

async fn request(path: &str, body: &str) -> Result<(Response, Vec<u8>), JsValue> {
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    let options = RequestInit::new();
    options.set_method("POST");
    options.set_headers(&headers);
    options.set_body(&body.into());
    let response: Response = JsFuture::from(window().fetch_with_str_and_init(path, &options)).await?.dyn_into()?;
    let bytes = JsFuture::from(response.array_buffer()?).await?;
    Ok((response, Uint8Array::new(&bytes).to_vec()))
}
