//! Another release over the same database, in turn with the measured one: what a page costs now against before, on the
//! same machine in the same minute.

use crate::{
    Address, CONNECTIONS, REQUESTS, Result, bare,
    load::Client,
    server::{self, Server},
};
use std::path::{Path, PathBuf};

/// How often the two take turns at each page.
const TURNS: usize = 5;

/// `base` holds review-messages, hash.txt and site/ of a release. It may be older than the last migrations, as long as they
/// only add.
pub async fn measure(base: &Path, folder: &Path, client: &Client, addresses: &[Address]) -> Result<()> {
    let site = base.join("site").display().to_string();
    let environment = [("RUST_LOG", "warn"), ("LEPTOS_SITE_ROOT", &*site)];
    let program = base.join("review-messages");
    let server = Server::start(&program, &copy_for(&program, folder).await?, &environment).await?;
    let other = server.sign_in("bench@example.com", "big").await?;
    println!("\n## Requests per second beside the release in {}\n", base.display());
    println!("{CONNECTIONS} connections, {TURNS} turns of {} requests each, medians.\n", REQUESTS / TURNS);
    println!("| page | that release | this one | this / that | alone, that (p50, ms) | alone, this | this / that |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for (name, path, _) in addresses {
        let (mut before, mut now) = (Turns::default(), Turns::default());
        for _ in 0..TURNS {
            before.take(&other, path).await?;
            now.take(client, path).await?;
        }
        let [before, now] = [before, now].map(|turns| (median(turns.per_second), median(turns.alone)));
        println!(
            "| {name} | {:.0} | {:.0} | {:.2} | {:.2} | {:.2} | {:.2} |",
            before.0,
            now.0,
            now.0 / before.0,
            before.1,
            now.1,
            now.1 / before.1,
        );
    }
    server.stop().await
}

/// The folder of a copy of the database that `program` opens: a release refuses migrations that it does not know, so the copy
/// forgets the last ones.
async fn copy_for(program: &Path, folder: &Path) -> Result<PathBuf> {
    let copy = folder.with_extension("base");
    let _ = std::fs::remove_dir_all(&copy);
    std::fs::create_dir_all(&copy)?;
    bare::copy(&server::database(folder), &server::database(&copy))?;
    while server::run(program, &copy, &["migrate"], "").is_err() {
        if !bare::forget_last_migration(&server::database(&copy)).await? {
            return Err(format!("{} opens no copy of the database", program.display()).into());
        }
    }
    Ok(copy)
}

#[derive(Default)]
struct Turns {
    per_second: Vec<f64>,
    /// Milliseconds of a request that nothing else disturbs.
    alone: Vec<f64>,
}

impl Turns {
    async fn take(&mut self, client: &Client, path: &str) -> Result<()> {
        self.per_second.push(client.measure(path, CONNECTIONS, REQUESTS / TURNS).await?.per_second);
        self.alone.push(client.measure(path, 1, REQUESTS / TURNS / 10).await?.p50);
        Ok(())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
