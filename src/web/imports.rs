//! Files of customers: how one is taken from a form, and how the rows come back that were not imported.

use super::{connections::LongBody, reply};
use crate::{
    domain::{
        AppError, AppResult, ImportId,
        import::{FILE_MAX, ImportQuery, shortened},
        role::Role,
    },
    server::{
        AppState, auth, clock,
        import::{self, Files},
        store::{guard::Operator, imports::new_id},
    },
};
use axum::{
    Extension,
    body::Body,
    extract::{FromRequest, Multipart, Path, Request, State, multipart::Field},
    http::{
        HeaderMap, HeaderValue, Method,
        header::{CONTENT_DISPOSITION, CONTENT_TYPE, SET_COOKIE},
    },
    response::{IntoResponse, Redirect, Response},
};
use std::{io, time::Duration};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncWriteExt, BufWriter},
    time::timeout,
};
use tokio_util::io::ReaderStream;

/// The largest request that is read to its end, in bytes. What is larger than [`FILE_MAX`] is thrown away, so that the browser gets
/// to the sentence that says so.
pub const REQUEST_MAX: usize = 5 * FILE_MAX as usize;
/// How long nothing may come of a file.
const SILENCE: Duration = Duration::from_secs(30);
/// Uploads of one project at a time.
const UPLOADS: usize = 2;
/// The longest name of a file that is kept, in characters.
const NAME_MAX: usize = 100;

/// Whether a request brings a file, and may be larger than others.
pub fn is_upload(method: &Method, path: &str) -> bool {
    method == Method::POST && path.starts_with("/projects/") && path.ends_with("/customers/import")
}

/// Takes the file and leads to its page, or back to the form with the reason why it was refused.
pub async fn upload(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    long: Option<Extension<LongBody>>,
    request: Request,
) -> Response {
    let operator = match operator(&state, &headers, &slug).await {
        Ok(operator) => operator,
        Err(error) => return reply::error(&state.leptos_options, &error),
    };
    if let Some(Extension(long)) = long {
        long.allow();
    }
    let Ok(form) = Multipart::from_request(request, &state).await else {
        return reply::error(&state.leptos_options, &AppError::invalid("file", "Choose a file."));
    };
    match taken(&state, &operator, form).await {
        Ok(id) => Redirect::to(&ImportQuery { id: Some(id) }.href(&slug)).into_response(),
        Err(error) => {
            let mut answer = Redirect::to(&ImportQuery::default().href(&slug)).into_response();
            if let Some(cookie) = auth::entered_cookie(&state.config, &error.to_string()) {
                answer.headers_mut().append(SET_COOKIE, cookie);
            }
            answer
        }
    }
}

async fn operator(state: &AppState, headers: &HeaderMap, slug: &str) -> AppResult<Operator> {
    let viewer = auth::access(state, headers, slug, clock::now()).await?;
    viewer.operator().ok_or_else(|| auth::lacks(Role::Operator))
}

async fn taken(state: &AppState, operator: &Operator, mut form: Multipart) -> AppResult<ImportId> {
    let id = new_id();
    let result = async {
        let _place = state.limits.uploads.open(&operator.slug, UPLOADS).ok_or_else(|| {
            AppError::TooMany("Two files are being uploaded to this project. Wait until they are there.".into())
        })?;
        let name = store(state, id, &mut form).await?;
        import::take(state, operator, id, name).await
    };
    match result.await {
        Ok(()) => Ok(id),
        Err(error) => {
            // A browser reads no answer before it has sent everything.
            drain(&mut form).await;
            Err(error)
        }
    }
}

/// Writes the file into its place; the name that the browser gave it.
async fn store(state: &AppState, id: ImportId, form: &mut Multipart) -> AppResult<String> {
    loop {
        let field = timeout(SILENCE, form.next_field()).await.map_err(|_| lost())?.map_err(|_| lost())?;
        let field = field.ok_or_else(nothing)?;
        if field.name() != Some("file") {
            continue;
        }
        let name = field.file_name().unwrap_or_default();
        let name = shortened(name.rsplit(['/', '\\']).next().unwrap_or_default(), NAME_MAX);
        if name.is_empty() {
            return Err(nothing());
        }
        let files = Files::new(&state.config.data_dir);
        let written = match files.create_upload(id).await {
            Ok(file) => write(file, field).await,
            Err(error) => Err(full(&error)),
        };
        if written.is_err() {
            files.remove(&files.upload(id)).await;
        }
        return written.map(|()| name);
    }
}

async fn write(file: File, mut field: Field<'_>) -> AppResult<()> {
    let mut file = BufWriter::with_capacity(256 * 1024, file);
    let mut length = 0;
    while let Some(some) = timeout(SILENCE, field.chunk()).await.map_err(|_| lost())?.map_err(|_| lost())? {
        length += some.len() as u64;
        if length > FILE_MAX {
            let most = FILE_MAX / 1024 / 1024;
            return Err(AppError::invalid(
                "file",
                format!("This file is too large: at most {most} MB. Divide it into several files."),
            ));
        }
        file.write_all(&some).await.map_err(|error| full(&error))?;
    }
    file.flush().await.map_err(|error| full(&error))
}

async fn drain(form: &mut Multipart) {
    let rest = async {
        while let Ok(Some(mut field)) = form.next_field().await {
            while let Ok(Some(_)) = field.chunk().await {}
        }
    };
    let _ = timeout(4 * SILENCE, rest).await;
}

fn nothing() -> AppError {
    AppError::invalid("file", "Choose a file.")
}

fn lost() -> AppError {
    AppError::Unavailable("The file did not arrive whole. Check the connection, then upload it again.".into())
}

fn full(error: &io::Error) -> AppError {
    tracing::error!(%error, "an uploaded file could not be stored");
    AppError::Unavailable(
        "The file could not be stored on the server; its disk may be full. Nothing was imported.".into(),
    )
}

/// The rows that were not imported, with the reasons, as CSV.
pub async fn refused(
    State(state): State<AppState>,
    Path((slug, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let file = async {
        let operator = operator(&state, &headers, &slug).await?;
        let id = id.parse().map_err(|_| AppError::no_such("import"))?;
        let (path, bytes, name) = import::problems(&state, &operator, id).await?;
        let file = File::open(path).await.map_err(|_| AppError::no_such("import"))?;
        Ok((file.take(bytes), name))
    };
    match file.await {
        Ok((file, name)) => {
            let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
            let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
            let headers = [
                (CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
                (CONTENT_DISPOSITION, disposition),
            ];
            (headers, Body::from_stream(ReaderStream::new(file))).into_response()
        }
        Err(error) => reply::error(&state.leptos_options, &error),
    }
}
