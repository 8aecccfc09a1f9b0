//! The OpenAPI document: what the handlers say of themselves, and what is true of all of them.

use super::{
    PREFIX,
    input::IDEMPOTENCY_KEY_MAX,
    problem::{FieldProblem, MEDIA_TYPE, Problem},
    resources,
};
use crate::domain::api_key::Scope;
use std::sync::LazyLock;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Content, InfoBuilder, License, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required, Type,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        response::ResponseBuilder,
        security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
        tag::TagBuilder,
    },
};

const DESCRIPTION: &str = "Everything is about the project of the key, which an Admin makes under Settings, API keys. Send it as \
    `Authorization: Bearer rm_…`.\n\nLists come in parts: while `next_cursor` is not null, send it as `cursor`, with the same query \
    beside.\n\nErrors are problem details (RFC 9457). `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (in seconds) say \
    how many requests a key has left; beyond them the answer is 429, and `Retry-After` says how many seconds to wait.\n\nA request \
    with an `Idempotency-Key` has one effect, however often it is sent within 24 hours: the first answer is repeated, with \
    `Idempotency-Replayed: true`. The same key with another body is refused (422). Refused requests are not kept, and may be \
    sent again with the same key.";

const KEY: &str = "key";

/// What is under which heading.
const TAGS: [(&str, &str); 5] = [
    ("customers", "People who may be asked for a review"),
    ("asks", "Asking for reviews"),
    ("charges", "What customers paid"),
    ("messages", "Requests, reminders and thank-yous by email and SMS"),
    ("reviews", "What customers say"),
];

/// Errors that any request may have.
const ALWAYS: &[(u16, &str)] = &[
    (400, "The request cannot be read"),
    (401, "There is no key, or it is revoked"),
    (403, "The key lacks the scope"),
    (422, "A value is wrong"),
    (429, "The key has sent too many requests"),
    (500, "Something went wrong on our side"),
    (503, "The server is busy"),
];
/// Those of requests with a body.
const WITH_BODY: &[(u16, &str)] = &[(413, "The body is too large"), (415, "The body is not JSON")];
/// Those of requests about something that may not be there, or not permit it.
const ABOUT_SOMETHING: &[(u16, &str)] = &[(404, "There is no such record or position in the project")];
const CHANGING: &[(u16, &str)] = &[(409, "The present state does not permit it")];

pub static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(|| {
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("review-messages")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .license(Some(License::new("MIT")))
                .build(),
        )
        .tags(Some(TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .build();
    document = document.nest(PREFIX, resources().into_openapi());
    let components = document.components.get_or_insert_default();
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    schemas.push((FieldProblem::name().into_owned(), FieldProblem::schema()));
    components.schemas.extend(schemas);
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("A key of the project")).build();
    components.add_security_scheme(KEY, SecurityScheme::Http(scheme));
    for item in document.paths.paths.values_mut() {
        for (method, operation) in each(item) {
            complete(method, operation);
        }
    }
    document
});

/// The operations of a path, by their methods.
fn each(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [("GET", item.get.as_mut()), ("POST", item.post.as_mut()), ("DELETE", item.delete.as_mut())];
    all.into_iter().filter_map(|(method, operation)| Some((method, operation?)))
}

/// What a method needs its key to have.
fn scope(method: &str) -> Scope {
    match method {
        "GET" => Scope::Read,
        "DELETE" => Scope::Delete,
        _ => Scope::Write,
    }
}

/// Adds what is true of all operations of its kind.
fn complete(method: &str, operation: &mut Operation) {
    let security = SecurityRequirement::new(KEY, std::iter::empty::<String>());
    operation.security = Some(vec![security]);
    // Handlers of different nouns have the same names.
    let noun = operation.tags.iter().flatten().next().cloned().unwrap_or_default();
    operation.operation_id = operation.operation_id.take().map(|verb| format!("{noun}_{verb}"));
    let scope = format!("Scope: {}.", scope(method).name());
    operation.description = Some(match operation.description.take() {
        Some(description) => format!("{description}\n\n{scope}"),
        None => scope,
    });
    let is_about = operation
        .parameters
        .iter()
        .flatten()
        .any(|parameter| matches!(parameter, RefOr::T(Parameter { parameter_in: ParameterIn::Path, .. })));
    let has_body = operation.request_body.is_some();
    let is_change = method != "GET";
    let makes = is_change && !is_about;
    if makes {
        operation.parameters.get_or_insert_default().push(idempotency_key().into());
    }
    let kinds = [(true, ALWAYS), (has_body, WITH_BODY), (true, ABOUT_SOMETHING), (is_change, CHANGING)];
    for (status, about) in kinds.into_iter().filter(|(is_so, _)| *is_so).flat_map(|(_, kind)| kind) {
        let content = Content::new(Some(Ref::from_schema_name(Problem::name())));
        let response = ResponseBuilder::new().description(*about).content(MEDIA_TYPE, content).build();
        operation.responses.responses.insert(status.to_string(), response.into());
    }
}

fn idempotency_key() -> Parameter {
    let key = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1));
    let key = key.max_length(Some(IDEMPOTENCY_KEY_MAX)).pattern(Some("^[!-~]+$"));
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("A new one for each thing that is to happen, such as a UUID"))
        .schema(Some(key))
        .build()
}

/// Method, path and scope of each operation.
pub fn operations(document: &OpenApi) -> Vec<(String, String, Scope)> {
    let mut paths = document.paths.clone();
    let mut all = Vec::new();
    for (path, item) in &mut paths.paths {
        for (method, _) in each(item) {
            all.push((method.to_owned(), path.clone(), scope(method)));
        }
    }
    all
}
