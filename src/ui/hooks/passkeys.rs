//! Asking the browser, and through it the person and their device, for a passkey.

use leptos::{
    prelude::window,
    wasm_bindgen::{JsCast, JsValue},
    web_sys::{
        CredentialCreationOptions, CredentialRequestOptions,
        js_sys::{Function, JSON, Reflect},
    },
};
use wasm_bindgen_futures::JsFuture;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A new one.
    New,
    /// The proof that one is there.
    Proof,
}

/// The browser's answer as JSON. `options` are the server's, as JSON.
///
/// # Errors
/// A sentence for the person.
pub async fn ask_browser(wanted: Wanted, options: &str) -> Result<String, String> {
    let reader = match wanted {
        Wanted::New => "parseCreationOptionsFromJSON",
        Wanted::Proof => "parseRequestOptionsFromJSON",
    };
    let property = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok().filter(|found| !found.is_undefined());
    let class = property(&window(), "PublicKeyCredential");
    let read = class.as_ref().and_then(|class| property(class, reader)?.dyn_into::<Function>().ok());
    let (Some(class), Some(read)) = (class, read) else {
        return Err(
            "This browser has no passkeys here. They need a browser of today, and an address that begins with https."
                .into(),
        );
    };
    let answer = async {
        let options = read.call1(&class, &JSON::parse(options)?)?;
        let credentials = window().navigator().credentials();
        let asked = match wanted {
            Wanted::New => {
                let request = CredentialCreationOptions::new();
                request.set_public_key(options.unchecked_ref());
                credentials.create_with_options(&request)?
            }
            Wanted::Proof => {
                let request = CredentialRequestOptions::new();
                request.set_public_key(options.unchecked_ref());
                credentials.get_with_options(&request)?
            }
        };
        let credential = JsFuture::from(asked).await?;
        // The credential writes itself as JSON, with its bytes in base64url.
        JSON::stringify(&credential)
    };
    answer.await.map(String::from).map_err(|error| {
        let name = property(&error, "name").and_then(|name| name.as_string()).unwrap_or_default();
        refusal(&name, wanted)
    })
}

/// What an exception of this name means (Web Authentication, sections 5.1.3 and 5.1.4).
fn refusal(name: &str, wanted: Wanted) -> String {
    match (name, wanted) {
        ("NotAllowedError" | "AbortError", Wanted::New) => {
            "You canceled, or it took too long. No passkey was added.".into()
        }
        ("NotAllowedError" | "AbortError", Wanted::Proof) => {
            "You canceled, it took too long, or this device has no passkey for here. Try again, or use your password."
                .into()
        }
        ("InvalidStateError", Wanted::New) => "This device has a passkey of yours already.".into(),
        ("SecurityError", _) => {
            "The browser permits no passkey here. Open this page at the server's own address, which begins with https."
                .into()
        }
        ("NotSupportedError" | "ConstraintError", _) => {
            "This device can't make a passkey that signs in by itself. Use another device.".into()
        }
        _ => format!("The browser could not ask for a passkey ({name}). Try again, or use another device."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_exception_has_a_sentence() {
        assert!(refusal("NotAllowedError", Wanted::New).starts_with("You canceled"));
        assert!(refusal("InvalidStateError", Wanted::New).contains("already"));
        assert!(refusal("UnknownError", Wanted::Proof).contains("(UnknownError)"));
    }
}
