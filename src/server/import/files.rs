//! Where the files of imports are: in the data folder, named by their ids.

use crate::domain::ImportId;
use std::{
    io,
    path::{Path, PathBuf},
};
use tokio::{
    fs::{self, File, OpenOptions},
    io::{AsyncSeekExt, AsyncWriteExt},
};

#[derive(Clone, Debug)]
pub struct Files(PathBuf);

impl Files {
    pub fn new(data_dir: &Path) -> Self {
        Self(data_dir.join("imports"))
    }

    /// What is being uploaded, as it comes.
    pub fn upload(&self, id: ImportId) -> PathBuf {
        self.0.join(format!("{id}.upload"))
    }

    /// The file as UTF-8, until its import ends.
    pub fn text(&self, id: ImportId) -> PathBuf {
        self.0.join(format!("{id}.csv"))
    }

    /// The rows that were not imported, for as long as the result is kept.
    pub fn problems(&self, id: ImportId) -> PathBuf {
        self.0.join(format!("{id}.refused"))
    }

    /// Makes the folder and the file for an upload.
    pub async fn create_upload(&self, id: ImportId) -> io::Result<File> {
        fs::create_dir_all(&self.0).await?;
        File::create(self.upload(id)).await
    }

    pub async fn remove(&self, path: &Path) {
        if let Err(error) = fs::remove_file(path).await
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a file of an import could not be deleted");
        }
    }

    /// The files that are there, with the ids in their names; those of the last hour are left out, for what they belong to may not
    /// be stored yet.
    pub async fn old(&self) -> io::Result<Vec<(ImportId, PathBuf)>> {
        let mut found = Vec::new();
        let mut entries = match fs::read_dir(&self.0).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
            Err(error) => return Err(error),
        };
        while let Some(entry) = entries.next_entry().await? {
            let path = entry.path();
            let id = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
            let changed = entry.metadata().await?.modified()?;
            if let Some(id) = id
                && changed.elapsed().is_ok_and(|age| age.as_secs() > 3600)
            {
                found.push((id, path));
            }
        }
        Ok(found)
    }
}

/// A file that is written along with the database: what a transaction that failed added is overwritten by the next.
pub struct Ledger(File);

impl Ledger {
    pub async fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).await?;
        Ok(Self(file))
    }

    /// Adds `text` after the bytes that count, and returns how many do then. It is on the disk when this returns.
    pub async fn add(&mut self, counted: u64, text: &str) -> io::Result<u64> {
        self.0.set_len(counted).await?;
        self.0.seek(io::SeekFrom::Start(counted)).await?;
        self.0.write_all(text.as_bytes()).await?;
        self.0.sync_data().await?;
        Ok(counted + text.len() as u64)
    }
}
