//! Customers from a CSV file: the file is taken and looked at, its import is started, done in the background and canceled.

mod check;
mod detect;
mod files;
mod read;
mod rows;
pub mod run;

pub use check::refusal;
pub use files::Files;

use super::{
    AppState, auth, clock, request_id,
    store::{
        guard::Operator,
        imports::{self, NewImport},
        strategy,
    },
};
use crate::domain::{
    AppError, AppResult, ImportId,
    done::Done,
    import::{ImportPage, ImportQuery, ImportState, matching::Matching},
    stats::count,
    strategy::Automate,
};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

/// Looks at a file that was written to [`Files::upload`], and keeps it for its import.
///
/// # Errors
/// `Invalid` with a sentence that says why it is no list of customers.
pub async fn take(state: &AppState, operator: &Operator, id: ImportId, file_name: String) -> AppResult<()> {
    let files = Files::new(&state.config.data_dir);
    let (from, to) = (files.upload(id), files.text(id));
    let table = request_id::blocking(move || detect::prepare(&from, &to)).await;
    files.remove(&files.upload(id)).await;
    let refused = |sentence: String| AppError::invalid("file", sentence);
    let table = table.unwrap_or_else(|_| Err("This file can't be read.".to_owned())).map_err(refused);
    let kept = match table {
        Ok(table) => {
            let new = NewImport {
                id,
                file_name,
                header: fingerprint(table.has_header, &table.columns),
                encoding: table.encoding,
                separator: table.separator.into(),
                has_header: table.has_header,
                columns: table.columns,
                preview: table.preview,
                total: table.total,
            };
            imports::add(operator, &new, clock::now()).await
        }
        Err(error) => Err(error),
    };
    match kept {
        Ok(replaced) => {
            for id in replaced {
                files.remove(&files.text(id)).await;
            }
            Ok(())
        }
        Err(error) => {
            files.remove(&files.text(id)).await;
            Err(error)
        }
    }
}

/// By which files with the same columns are known.
fn fingerprint(has_header: bool, columns: &[String]) -> String {
    let mut digest = Sha256::new();
    digest.update([u8::from(has_header)]);
    for column in columns {
        digest.update(column.trim().to_lowercase());
        digest.update([0]);
    }
    digest.finalize().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

pub async fn page(operator: &Operator, query: ImportQuery) -> AppResult<ImportPage> {
    let import = match query.id {
        Some(id) => Some(imports::get(operator, id).await?),
        None => None,
    };
    let others = if import.is_none() { imports::list(operator).await? } else { Vec::new() };
    let is_automatic = strategy::kept(operator).await?.automate == Automate::On;
    Ok(ImportPage { import, others, is_automatic, refused: auth::take_entered(), version: operator.version })
}

/// `form` says for each field the number of its column, from 0.
pub async fn start(operator: &Operator, id: ImportId, form: &BTreeMap<String, String>) -> AppResult<Done> {
    let import = imports::get(operator, id).await?;
    if import.state != ImportState::Ready {
        return Err(AppError::Conflict("This import was started already.".into()));
    }
    let matching = Matching::check(form, &import.columns)?;
    imports::start(operator, id, &matching, clock::now()).await?;
    auth::state()?.imports.notify_one();
    Ok(Done::new(format!("The import of {} begins.", count(import.counts.total.into(), "row"))))
}

pub async fn cancel(operator: &Operator, id: ImportId) -> AppResult<Done> {
    let import = imports::get(operator, id).await?;
    imports::cancel(operator, id, clock::now()).await?;
    let files = Files::new(&auth::state()?.config.data_dir);
    files.remove(&files.text(id)).await;
    Ok(Done::new(match import.state {
        ImportState::Ready => "The file was deleted.",
        _ => "Import canceled. What was imported stays.",
    }))
}

/// The file of the rows that were not imported, how many of its bytes count, and what the download is called.
///
/// # Errors
/// `NotFound` where there is no such row.
pub async fn problems(state: &AppState, operator: &Operator, id: ImportId) -> AppResult<(PathBuf, u64, String)> {
    let import = imports::get(operator, id).await?;
    let bytes = imports::problem_bytes(operator, id).await?;
    let path = Files::new(&state.config.data_dir).problems(id);
    if bytes == 0 || !path.is_file() {
        return Err(AppError::NotFound("There are no refused rows of this import, or they are no longer kept.".into()));
    }
    let stem = import.file_name.rsplit_once('.').map_or(import.file_name.as_str(), |(stem, _)| stem);
    let stem: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    Ok((path, bytes, format!("{}-refused.csv", stem.trim_matches('-'))))
}
