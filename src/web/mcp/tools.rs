//! The tools: what each is called, takes and answers, and which scope its key needs.

use super::{customers, messages, schema};
use crate::{
    domain::api_key::Scope,
    server::{
        AppState,
        store::guard::{Operator, Viewer},
    },
    web::v1::problem::Problem,
};
use axum::http::StatusCode;
use futures::future::BoxFuture;
use rmcp::model::{JsonObject, Tool, ToolAnnotations};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::sync::LazyLock;
use utoipa::ToSchema;

/// Who calls a tool, in which installation.
#[derive(Clone)]
pub struct Caller {
    pub viewer: Viewer,
    pub state: AppState,
}

impl Caller {
    /// As an operator; a key with the scope for it always is one.
    ///
    /// # Errors
    /// 403 for a key that may only read.
    pub fn operator(self) -> Result<Operator, Problem> {
        self.viewer.operator().ok_or_else(|| Problem::forbidden("This API key may not do this."))
    }
}

type Run = Box<dyn Fn(Caller, JsonObject) -> BoxFuture<'static, Result<Value, Problem>> + Send + Sync>;

/// A tool, and what it does.
pub struct Entry {
    pub tool: Tool,
    pub scope: Scope,
    run: Run,
}

impl Entry {
    /// The answer, as the tool's output schema has it.
    ///
    /// # Errors
    /// 422 for arguments that are not as its input schema has them, and whatever its use case refuses.
    pub async fn call(&self, caller: Caller, arguments: JsonObject) -> Result<Value, Problem> {
        (self.run)(caller, arguments).await
    }
}

/// All tools, those that change something last.
static ALL: LazyLock<[Entry; 7]> = LazyLock::new(|| {
    [
        entry(Scope::Read, LIST_MESSAGES, messages::list),
        entry(Scope::Read, GET_MESSAGE, messages::get),
        entry(Scope::Read, EXPLAIN_MESSAGE, messages::explain),
        entry(Scope::Read, LIST_CUSTOMERS, customers::list),
        entry(Scope::Read, EXPLAIN_CUSTOMER, customers::explain),
        entry(Scope::Write, CANCEL_MESSAGE, messages::cancel),
        entry(Scope::Write, RESCHEDULE_MESSAGE, messages::reschedule),
    ]
});

/// Name, title and description.
type Words = [&'static str; 3];

const LIST_MESSAGES: Words = [
    "list_messages",
    "List messages",
    "Lists requests, reminders and thank-yous, the newest first, with the filters of the Messages page. Lists come in parts: while \
     next_cursor is not null, send it as cursor, with the same arguments beside.",
];
const GET_MESSAGE: Words = [
    "get_message",
    "Read a message",
    "Reads one message: what was or will be sent, its attempts, and everything that happened to it and who did it, oldest first.",
];
const EXPLAIN_MESSAGE: Words = [
    "explain_message",
    "Explain a message",
    "Says in a sentence or two why a message goes out when it does, why it has not been sent yet, or what became of it, and what can be \
     done about it.",
];
const LIST_CUSTOMERS: Words = [
    "list_customers",
    "List customers",
    "Lists customers with the filters of the Customers page: who was asked, who followed a link, who left a review. Lists come in parts: \
     while next_cursor is not null, send it as cursor, with the same arguments beside.",
];
const EXPLAIN_CUSTOMER: Words = [
    "explain_customer",
    "Explain why a customer is asked or not",
    "Says whether the project's strategy asks a customer for a review by itself and why not, with each of its conditions and what it \
     would send when. It sends nothing.",
];
const CANCEL_MESSAGE: Words = [
    "cancel_message",
    "Cancel a message",
    "Cancels a message that waits, so that it is not sent; with also_request also the other unsent messages of its request. What was \
     sent, or is being sent, is not canceled. It can be scheduled again with reschedule_message.",
];
const RESCHEDULE_MESSAGE: Words = [
    "reschedule_message",
    "Reschedule a message",
    "Puts a message that waits, or was canceled, to another time. It leaves then, inside of the project's sending window.",
];

fn entry<I, O, W>(scope: Scope, [name, title, description]: Words, work: fn(Caller, I) -> W) -> Entry
where
    I: DeserializeOwned + ToSchema + 'static,
    O: Serialize + ToSchema,
    W: Future<Output = Result<O, Problem>> + Send + 'static,
{
    let reads = scope == Scope::Read;
    let hints = ToolAnnotations::new().read_only(reads).destructive(!reads).idempotent(reads).open_world(false);
    let tool = Tool::new(name, description, schema::of::<I>())
        .with_title(title)
        .with_raw_output_schema(schema::of::<O>())
        .with_annotations(hints);
    let run: Run = Box::new(move |caller, arguments| {
        let input = serde_json::from_value(Value::Object(arguments)).map(|input| work(caller, input));
        Box::pin(async move {
            let wrong = |error| {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, format!("The arguments cannot be read: {error}."))
            };
            let answer = input.map_err(wrong)?.await?;
            Ok(serde_json::to_value(answer).unwrap_or_default())
        })
    });
    Entry { tool, scope, run }
}

pub fn all() -> &'static [Entry] {
    &*ALL
}
