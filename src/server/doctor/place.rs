//! The data folder and its disk.

use super::Finding;
use crate::{
    domain::backup::size,
    server::{config::Config, store::backup::free},
};
use std::{
    fs::{self, Metadata},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// With less room, writes fail soon.
const LITTLE: u64 = 100_000_000;
/// With less room, it is time to act.
const SCARCE: u64 = 1_000_000_000;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    let folder = &config.data_dir;
    match fs::metadata(folder) {
        Ok(found) if found.is_dir() => vec![rights(folder, &found), disk(config)],
        Ok(_) => vec![Finding::failure(
            "data folder",
            format!("{} is no folder.", folder.display()),
            "Name another with DATA_DIR.",
        )],
        Err(e) if e.kind() == io::ErrorKind::NotFound => vec![Finding::warning(
            "data folder",
            format!("there is no folder {} yet; the first start makes it.", folder.display()),
            "If there should be one, name it with DATA_DIR.",
        )],
        Err(e) => {
            vec![Finding::failure(
                "data folder",
                format!("{} cannot be looked at: {e}.", folder.display()),
                "Let this user read it.",
            )]
        }
    }
}

pub(super) fn mode(found: &Metadata) -> u32 {
    found.permissions().mode()
}

fn rights(folder: &Path, found: &Metadata) -> Finding {
    let (check, name) = ("data folder", folder.display());
    if let Err(e) = write_in(folder) {
        let advice = "Let the user who runs the server write to it, and run this as that user.";
        return Finding::failure(check, format!("this user can't write to {name}: {e}."), advice);
    }
    if mode(found) & 0o007 != 0 {
        let advice = format!("chmod o= {name}");
        return Finding::warning(check, format!("everybody on this machine may look into {name}."), advice);
    }
    Finding::ok(check, format!("{name} can be written to."))
}

fn write_in(folder: &Path) -> io::Result<()> {
    let file = folder.join(format!(".doctor-{}", std::process::id()));
    fs::write(&file, "x").and_then(|()| fs::remove_file(&file))
}

/// On PostgreSQL, the database's own disk cannot be seen from here.
fn disk(config: &Config) -> Finding {
    let (check, name) = ("disk", config.data_dir.display());
    let free = match free(&config.data_dir) {
        Ok(free) => free,
        Err(e) => {
            return Finding::failure(check, format!("the room in {name} cannot be read: {e}."), "Check the disk.");
        }
    };
    let words = format!("{} are free in {name}", size(free));
    let database = database_file(config).and_then(|file| fs::metadata(file).ok()).map_or(0, |found| found.len());
    match free {
        0..LITTLE => {
            Finding::failure(check, format!("{words}."), "Make room: without it nothing can be stored or sent.")
        }
        LITTLE..SCARCE => Finding::warning(check, format!("{words}."), "Make room."),
        _ if free < database => Finding::warning(
            check,
            format!("{words}, less than the database has ({}).", size(database)),
            "Make room: an update of the database copies it before.",
        ),
        _ => Finding::ok(check, format!("{words}.")),
    }
}

fn database_file(config: &Config) -> Option<PathBuf> {
    let path = config.database_url.strip_prefix("sqlite:")?;
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned().into())
}
