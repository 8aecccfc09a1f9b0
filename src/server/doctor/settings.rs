//! What the settings mean for those who use the server.

use super::Finding;
use crate::server::{config::Config, leptos_options};
use std::path::Path;

pub(super) fn look(config: &Config) -> Vec<Finding> {
    vec![address(config), key(config), site(config)]
}

fn address(config: &Config) -> Finding {
    let (check, url) = ("address", &config.base_url);
    let host = url.split_once("://").map_or("", |(_, host)| host);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_here = matches!(name, "localhost" | "[::1]") || name.starts_with("127.");
    match (is_here, config.is_secure()) {
        (true, _) => Finding::warning(
            check,
            format!("links in messages begin with {url}, which leads nowhere but on this machine."),
            "Set BASE_URL to the public address, such as https://reviews.example.com.",
        ),
        (false, false) => Finding::warning(
            check,
            format!("links in messages begin with {url}, which is not encrypted."),
            "Put a proxy with TLS before the server, and set BASE_URL to its https address.",
        ),
        (false, true) => Finding::ok(check, format!("links in messages begin with {url}.")),
    }
}

fn key(config: &Config) -> Finding {
    let check = "secret key";
    let Some(file) = config.key_file() else { return Finding::ok(check, "it is given by SECRET_KEY.") };
    let name = file.display();
    let found = match std::fs::metadata(&file) {
        Ok(found) => found,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            return Finding::ok(check, format!("there is none yet; the first start makes it in {name}."));
        }
        Err(e) => {
            return Finding::failure(check, format!("{name} cannot be looked at: {e}."), "Let this user read it.");
        }
    };
    if super::place::mode(&found) & 0o077 != 0 {
        let advice = format!("chmod 600 {name}");
        return Finding::warning(check, format!("others on this machine may read {name}."), advice);
    }
    match config.transports_as_they_are() {
        Ok(_) => Finding::ok(check, format!("it is in {name}. Keep a copy of it apart from the backups.")),
        Err(sentence) => Finding::error(check, sentence),
    }
}

fn site(config: &Config) -> Finding {
    let check = "files of the pages";
    let folder = match leptos_options(config.addr) {
        Ok(options) => options.site_root.to_string(),
        Err(sentence) => return Finding::error(check, sentence),
    };
    if Path::new(&folder).is_dir() {
        return Finding::ok(check, format!("they are in {folder}."));
    }
    Finding::failure(
        check,
        format!("there is no folder {folder}: pages have neither styles nor scripts."),
        "Copy the folder site of the same build, and set LEPTOS_SITE_ROOT to it.",
    )
}
