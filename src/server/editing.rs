//! Changing one message before it goes: the template stays as it is.

use super::{
    auth, clock,
    delivery::template::{Compiled, Values},
    phone,
    store::{
        connections,
        guard::{Operator, Viewer},
        messages,
        steering::{self, Editable},
    },
};
use crate::domain::{
    AppError, AppResult, MessageId,
    contact::parse_email,
    done::Done,
    error::Problems,
    message::{
        Channel, MessageDetail,
        edit::{EditForm, with_placeholders},
    },
    role::Role,
    template::Wording,
};

/// Everything about one message, with what the form that changes it begins with.
pub async fn detail(viewer: &Viewer, id: MessageId) -> AppResult<MessageDetail> {
    let detail = messages::detail(viewer, id).await?;
    let edit = if viewer.role >= Role::Operator { form(viewer, id).await? } else { None };
    Ok(MessageDetail { edit, ..detail })
}

/// None where the message waits no longer.
async fn form(viewer: &Viewer, id: MessageId) -> AppResult<Option<EditForm>> {
    let editable = steering::editable(viewer, id).await?;
    Ok(editable.map(|Editable { recipient, subject, text, token, .. }| EditForm {
        address: recipient,
        wording: Wording { subject, body: with_placeholders(&text, &token) },
    }))
}

/// # Errors
/// `Invalid` for `address`, `subject` and `body`; `Conflict` where the message waits no longer.
pub async fn edit(operator: &Operator, id: MessageId, form: &EditForm) -> AppResult<Done> {
    let gone = || AppError::Conflict("The message waits no longer, so it can't be changed.".into());
    let message = steering::editable(operator, id).await?.ok_or_else(gone)?;
    let mut problems = Problems::default();
    let address = match message.channel {
        Channel::Email => parse_email("address", &form.address),
        Channel::Sms => phone::parse("address", &form.address),
    };
    let address = problems.take(address.and_then(|address| match address.is_empty() {
        true => Err(AppError::invalid("address", "Write where the message goes.")),
        false => Ok(address),
    }));
    let wording = problems.take(form.wording.checked(message.template, message.channel));
    let (address, wording) = problems.or((address, wording))?;
    if message.channel == Channel::Sms && connections::opt_out_of(operator).await?.is_lacking_in(&wording.body) {
        return Err(AppError::invalid("body", "{{unsubscribe_link}} is missing: nobody here hears of a STOP."));
    }
    let state = auth::state()?;
    let content = Compiled::new(operator.language, message.template, message.channel, &wording)?.render(&Values {
        customer_name: &message.customer_name,
        project_name: &operator.project_name,
        location_name: message.location_name.as_deref(),
        base_url: state.config.base_url.trim_end_matches('/'),
        token: &message.token,
    });
    steering::edit(operator, id, (message.channel, &address), &content, clock::now()).await?;
    Ok(Done::new(format!("The message to {} is changed. The template is as before.", message.customer_name)))
}
