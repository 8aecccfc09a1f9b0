//! Why a copy of the database is not made, or not put in its place, in the words of the person who runs the server.

use super::AppError;

/// Paths are as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BackupRefusal {
    /// The database is no file: PostgreSQL has tools of its own.
    OtherTools,
    /// There is no database yet.
    NoDatabase(String),
    /// The file that is to be written is there already.
    Exists(String),
    /// In bytes.
    NoRoom { folder: String, needed: u64, free: u64 },
    /// The system's words, or the database's.
    NotWritten { file: String, why: String },
    /// The file is no sound database.
    Unsound { file: String, why: String },
    /// The file is a database of another program.
    Foreign(String),
    /// A newer release of this program has made the file.
    Newer(String),
    /// Another process has the database open.
    InUse(String),
    /// No update of this database was preceded by a copy.
    NoneBefore(String),
    /// The database is to be updated, and another process works with it.
    StillInUse,
}

impl From<BackupRefusal> for AppError {
    fn from(refusal: BackupRefusal) -> Self {
        use BackupRefusal as No;
        Self::Conflict(match refusal {
            No::OtherTools => "This program was built for PostgreSQL, whose own tools make backups while it is in use: \
                 pg_dump --format=custom --file=FILE \"$DATABASE_URL\". To restore one, stop all processes of review-messages, then: \
                 pg_restore --clean --if-exists --no-owner --single-transaction --dbname=\"$DATABASE_URL\" FILE."
                .into(),
            No::NoDatabase(file) => {
                format!("There is no database {file}. Name the right one with DATA_DIR or DATABASE_URL.")
            }
            No::Exists(file) => format!("{file} is there already. Name a file that is not there yet."),
            No::NoRoom { folder, needed, free } => format!(
                "A copy of the database needs {} in {folder}, and {} are free. Make room there.",
                size(needed),
                size(free)
            ),
            No::NotWritten { file, why } => format!("{file} cannot be written: {why}."),
            No::Unsound { file, why } => format!("{file} is no sound database: {why}."),
            No::Foreign(file) => format!("{file} is no database of review-messages."),
            No::Newer(file) => {
                format!("{file} was made by a newer release of this program. Restore it with that release.")
            }
            No::InUse(file) => format!(
                "Another process has {file} open. Stop the server, the worker and whatever else uses it, then try again. \
                 Nothing was changed."
            ),
            No::NoneBefore(folder) => {
                format!("There is no copy of this database from before an update that this release can read in {folder}.")
            }
            No::StillInUse => "The database must be updated to this release, and another process still works with it. Stop \
                 that process, then start this one again. Nothing was changed."
                .into(),
        })
    }
}

/// A number of bytes, for people: `812 kB`, `12.3 MB`, `1.2 GB`.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut tenths = bytes.div_ceil(100);
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths = tenths.div_ceil(1_000);
        unit += 1;
    }
    let name = UNITS[unit];
    if tenths >= 1_000 || tenths.is_multiple_of(10) {
        format!("{} {name}", tenths.div_ceil(10))
    } else {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_at_a_glance() {
        for (bytes, shown) in [
            (0, "0 kB"),
            (1, "0.1 kB"),
            (4_096, "4.1 kB"),
            (812_000, "812 kB"),
            (1_000_000, "1 MB"),
            (12_300_000, "12.3 MB"),
            (1_200_000_000, "1.2 GB"),
            (512_000_000_000, "512 GB"),
            (7_000_000_000_000, "7 TB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }
}
