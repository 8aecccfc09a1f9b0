//! Rows per second of an import, what others wait for the database meanwhile, and how fast requests are planned for those customers.

use crate::{
    Result,
    load::Client,
    server::{self, Server},
};
use std::{fmt::Write, path::Path, time::Instant};
use tokio::time::{Duration, sleep};

const ROWS: usize = 200_000;

/// Imports a file into an empty project, and the same again with each company changed, while somebody adds customers by hand.
pub async fn measure(binary: &Path, folder: &Path) -> Result<()> {
    let folder = folder.join("import");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    server::run(binary, &folder, &["migrate"], "")?;
    let database = server::database(&folder);
    crate::bare::new_project(&database, "shop").await?;
    let member =
        ["user", "add", "--email", "bench@example.com", "--name", "Bench", "--project", "shop", "--role", "owner"];
    server::run(binary, &folder, &[&member[..], &["--password-stdin"]].concat(), server::PASSWORD)?;
    let server = Server::start(binary, &folder, &[("RUST_LOG", "warn")]).await?;
    let client = server.sign_in("bench@example.com", "shop").await?;
    println!("\n## Import of {ROWS} customers\n");
    println!(
        "| what | seconds | rows/s | aim | another's change, p50 (ms) | p99 (ms) | most (ms) |\n|---|--:|--:|--:|--:|--:|--:|"
    );
    for (what, company) in [("all are new", "Cup"), ("all are known, with another company", "Saucer")] {
        import(&client, what, &list(company)).await?;
    }
    // No message is due before tomorrow: of this process, only the planner has something to do.
    let worker = Server::work(binary, &folder, &[("RUST_LOG", "warn")])?;
    plan(&client).await?;
    worker.stop().await?;
    println!("\nMemory of the server afterwards: {} MB.", server::resident_mb(server.pid()));
    server.stop().await
}

/// Switches the strategy on for the imported customers, and waits until the planner has looked at all of them.
async fn plan(client: &Client) -> Result<()> {
    let began = Instant::now();
    client.post("/api/set_automate", "slug=shop&state=on&days=".to_owned()).await?;
    while !client.text("/api/load_strategy?slug=shop").await?.contains("\"to_look_at\":0,") {
        if began.elapsed() > Duration::from_secs(300) {
            return Err("the planner has not looked at all customers after 5 min".into());
        }
        sleep(Duration::from_millis(200)).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("\n## Planning\n\n| what | seconds | customers/s | aim |\n|---|--:|--:|--:|");
    println!(
        "| a request and a reminder for each of {ROWS} customers | {seconds:.1} | {:.0} | 10,000 |",
        ROWS as f64 / seconds
    );
    Ok(())
}

/// Name, email, phone, company and a tag, in an order that the indexes have not.
fn list(company: &str) -> String {
    let mut file = "Name,Email,Phone,Company,Tags\r\n".to_owned();
    for i in 0..ROWS {
        // Multiplied by an odd number modulo a power of two, each number comes once.
        let n = i * 0x9e35 % (1 << 18);
        let _ = write!(
            file,
            "Customer Number {n},customer{n}@example.com,+1 201 {} {:04},{company} {n},imported\r\n",
            200 + n / 10_000 % 800,
            n % 10_000
        );
    }
    file
}

async fn import(client: &Client, what: &str, file: &str) -> Result<()> {
    let address = client.upload("/projects/shop/customers/import", file).await?;
    let id = address.split("file=").nth(1).ok_or("the file was refused")?.to_owned();
    let form = "form[name]=0&form[email]=1&form[phone]=2&form[company]=3&form[tags]=4";
    let began = Instant::now();
    client.post("/api/start_import", format!("slug=shop&id={id}&{form}")).await?;
    let (mut waits, mut n) = (Vec::new(), 0);
    let page = loop {
        let page = client.text(&format!("/api/load_import?slug=shop&query=file%3D{id}")).await?;
        if page.contains("\"state\":\"Done\"") {
            break page;
        }
        let asked = Instant::now();
        n += 1;
        let word = what.len();
        client
            .post("/api/add_customer", format!("slug=shop&form[name]=Walk-in&form[email]=walk{word}.{n}@example.org"))
            .await?;
        waits.push(asked.elapsed().as_secs_f64() * 1e3);
        sleep(Duration::from_millis(100)).await;
    };
    let seconds = began.elapsed().as_secs_f64();
    if !page.contains(&format!("\"total\":{ROWS}"))
        || !page.contains("\"refused\":0")
        || !page.contains("\"duplicates\":0")
    {
        return Err(format!("not all rows were imported: {page}").into());
    }
    waits.sort_by(f64::total_cmp);
    let at = |share: f64| {
        waits.get(((waits.len() as f64 * share) as usize).min(waits.len().saturating_sub(1))).copied().unwrap_or(0.0)
    };
    println!(
        "| {what} | {seconds:.2} | {:.0} | 20,000 | {:.1} | {:.1} | {:.1} |",
        ROWS as f64 / seconds,
        at(0.5),
        at(0.99),
        at(1.0)
    );
    Ok(())
}
