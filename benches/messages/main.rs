//! `make bench`: the pages of a database with a million messages, the same SQL bare, the same pages of another release, a
//! bulk cancel of 100,000, an import of 200,000 customers, a provider's reports, and messages per second to an SMTP sink. Prints the tables of RESULTS.md.

mod bare;
mod beside;
mod data;
mod import;
mod load;
mod reports;
mod server;
mod sink;

use server::Server;
use std::{error::Error, path::PathBuf, time::Instant};

pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// Connections that ask at once, and requests per page. The first tenth is not counted: it warms caches.
const CONNECTIONS: usize = 16;
const REQUESTS: usize = 3_000;
/// Mails for the sender.
const MAILS: u32 = 20_000;

#[tokio::main]
async fn main() -> Result<()> {
    // `cargo bench -- --bench` and `cargo test --benches` both call this; only the former measures.
    if !std::env::args().any(|a| a == "--bench") {
        return Ok(());
    }
    // The client of the benchmark speaks plain HTTP, but is not made without one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let binary = PathBuf::from(
        std::env::var("REVIEW_MESSAGES_BIN").map_err(|_| "REVIEW_MESSAGES_BIN: the release binary to measure")?,
    );
    let folder = PathBuf::from(std::env::var("BENCH_DIR").unwrap_or_else(|_| "target/bench".into()));
    if std::env::args().any(|a| a == "import") {
        return import::measure(&binary, &folder).await;
    }
    if std::env::args().any(|a| a == "reports") {
        return reports::measure(&binary, &folder).await;
    }
    let million =
        prepare(&binary, &folder, data::MILLION, &[("big", "bench@example.com"), ("bulk", "bulk@example.com")]).await?;

    let server = Server::start(&binary, &million, &[("RUST_LOG", "warn")]).await?;
    let client = server.sign_in("bench@example.com", "big").await?;
    let addresses = addresses(&client, &million).await?;
    pages(&client, &server, &million, &addresses).await?;
    if let Some(base) = std::env::var_os("BENCH_BASE") {
        beside::measure(&PathBuf::from(base), &million, &client, &addresses).await?;
    }
    bulk(&server).await?;
    server.stop().await?;
    customers(&binary, &folder).await?;
    import::measure(&binary, &folder).await?;
    reports::measure(&binary, &folder).await?;
    mails(&binary, &folder).await
}

/// The list of a project with a million customers.
async fn customers(binary: &std::path::Path, folder: &std::path::Path) -> Result<()> {
    let crowd = prepare(binary, folder, data::CUSTOMERS, &[("crowd", "bench@example.com")]).await?;
    let server = Server::start(binary, &crowd, &[("RUST_LOG", "warn")]).await?;
    let client = server.sign_in("bench@example.com", "crowd").await?;
    let list = "/projects/crowd/customers";
    let deep = client.page_at(list, 100_000).await?;
    println!("\n## Customers of a project with 1,000,000\n");
    println!("| page | p50 | p99 | alone p50 | requests/s |\n|---|---|---|---|---|");
    for (name, path) in [
        ("first page", list.to_owned()),
        ("rare search (3)", format!("{list}?q=quixworth")),
        ("common search (3 %)", format!("{list}?q=hansen")),
        ("missed (4 %)", format!("{list}?review=missed")),
        ("tag and rating", format!("{list}?tag=VIP&rating=2")),
        ("archived (200)", format!("{list}?status=archived&sort=messaged")),
        ("by last message", format!("{list}?sort=messaged")),
        ("row 100,000", deep),
    ] {
        let alone = client.measure(&path, 1, REQUESTS / 10).await?;
        let many = client.measure(&path, CONNECTIONS, REQUESTS / 3).await?;
        println!("| {name} | {:.2} | {:.2} | {:.2} | {:.0} |", many.p50, many.p99, alone.p50, many.per_second);
    }
    let (seconds, file) = timed(client.text(&format!("{list}/export.csv"))).await?;
    println!("\nExport: {} rows in {seconds:.1} s.", file.lines().count() - 1);
    server.stop().await
}

/// The folder with the database of these data, each of whose projects has an owner; made once for each version of the schema and of
/// the data, and for these owners.
async fn prepare(
    binary: &std::path::Path,
    folder: &std::path::Path,
    data: data::Data,
    owners: &[(&str, &str)],
) -> Result<PathBuf> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hash = DefaultHasher::new();
    data.sql.hash(&mut hash);
    owners.hash(&mut hash);
    include_str!("../../migrations/sqlite/0001_start.sql").hash(&mut hash);
    include_str!("../../migrations/sqlite/0013_customer_list.sql").hash(&mut hash);
    let wanted = folder.join(format!("{}-{:016x}", data.name, hash.finish()));
    let fresh = folder.join("work");
    let _ = std::fs::remove_dir_all(&fresh);
    if !wanted.join("whole").exists() {
        let _ = std::fs::remove_dir_all(&wanted);
        std::fs::create_dir_all(&wanted)?;
        eprintln!("Making the data “{}” in {} (about 2 min)", data.name, wanted.display());
        server::run(binary, &wanted, &["migrate"], "")?;
        data::fill(&server::database(&wanted), data).await?;
        for (slug, email) in owners {
            server::run(
                binary,
                &wanted,
                &[
                    "user",
                    "add",
                    "--email",
                    email,
                    "--name",
                    "Bench",
                    "--project",
                    slug,
                    "--role",
                    "owner",
                    "--password-stdin",
                ],
                server::PASSWORD,
            )?;
        }
        std::fs::write(wanted.join("whole"), "")?;
    }
    // The bulk cancel changes it: work on a copy.
    std::fs::create_dir_all(&fresh)?;
    std::fs::copy(server::database(&wanted), server::database(&fresh))?;
    Ok(fresh)
}

/// A page that is measured: its name, its address, and the SQL that answers it.
type Address = (&'static str, String, String);

async fn addresses(client: &load::Client, folder: &std::path::Path) -> Result<Vec<Address>> {
    let profile = format!(
        "/projects/big/customers/01900000-0001-7001-c000-000000000001?message={0}#message-{0}",
        bare::message_in_the_middle(&server::database(folder)).await?
    );
    let deep = client.page_at("/projects/big/messages", 150_000).await?;
    Ok(vec![
        ("first page", "/projects/big/messages".into(), bare::first_page()),
        (
            "three filters",
            "/projects/big/messages?channel=email&template=reminder&status=opened".into(),
            bare::three_filters(),
        ),
        ("rare search (1 customer)", "/projects/big/messages?q=quixworth".into(), bare::search("quixworth")),
        ("common search (3 %)", "/projects/big/messages?q=hansen".into(), bare::search("hansen")),
        ("row 150,000", deep, bare::deep_page()),
        ("profile, 500 messages", profile, bare::history()),
    ])
}

async fn pages(client: &load::Client, server: &Server, folder: &std::path::Path, addresses: &[Address]) -> Result<()> {
    println!("\n## Pages of a project with 200,000 of 1,000,000 messages\n");
    println!(
        "{CONNECTIONS} connections, {REQUESTS} requests each row, client and server on the same cores; milliseconds.\n"
    );
    println!("| page | p50 | p99 | alone p50 | requests/s | bytes | bytes (br) | bare SQL p50 | alone / bare |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (name, path, sql) in addresses {
        let alone = client.measure(path, 1, REQUESTS / 10).await?;
        let many = client.measure(path, CONNECTIONS, REQUESTS).await?;
        let (raw, packed) = client.sizes(path).await?;
        let bare = bare::time(&server::database(folder), sql)?;
        println!(
            "| {name} | {:.2} | {:.2} | {:.2} | {:.0} | {raw} | {packed} | {bare:.3} | {:.1} |",
            many.p50,
            many.p99,
            alone.p50,
            many.per_second,
            alone.p50 / bare,
        );
    }
    let pid = server.pid();
    println!("\nMemory of the server afterwards: {} MB.", server::resident_mb(pid));
    Ok(())
}

/// Cancels 100,000 by filter while others read as fast as they can; takes it back, and cancels them again with nobody reading.
async fn bulk(server: &Server) -> Result<()> {
    const ALL: &str = "slug=bulk&selection%5Ball%5D=true&selection%5Bfilter%5D=status%3Dscheduled";
    let client = server.sign_in("bulk@example.com", "bulk").await?;
    let reader = server.sign_in("bench@example.com", "big").await?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let reading = tokio::spawn(async move { reader.measure_until("/projects/big/messages", 4, stopped).await });
    let (busy, answer) = timed(client.post("/api/cancel_messages", ALL.into())).await?;
    stop.send(true)?;
    let readers = reading.await??;
    let batch = answer.split("\"undo\":\"").nth(1).and_then(|rest| rest.split('"').next()).ok_or("no undo")?;
    let (undo, undone) = timed(client.post("/api/undo_cancel", format!("slug=bulk&batch={batch}"))).await?;
    let (alone, again) = timed(client.post("/api/cancel_messages", ALL.into())).await?;
    println!("\n## Bulk cancel of {} by filter\n\n| what | seconds | it answered |\n|---|---|---|", data::BULK);
    println!("| while four readers ask without a pause | {busy:.2} | {} |", sentence(&answer));
    println!("| its undo | {undo:.2} | {} |", sentence(&undone));
    println!("| with nobody reading | {alone:.2} | {} |", sentence(&again));
    println!("\nThe readers' pages meanwhile: p50 {:.2} ms, p99 {:.2} ms.", readers.p50, readers.p99);
    Ok(())
}

/// In seconds.
async fn timed<T>(work: impl Future<Output = Result<T>>) -> Result<(f64, T)> {
    let began = Instant::now();
    let done = work.await?;
    Ok((began.elapsed().as_secs_f64(), done))
}

fn sentence(answer: &str) -> &str {
    answer.split('"').nth(3).unwrap_or_default()
}

/// Sends to a local SMTP sink that takes everything.
async fn mails(binary: &std::path::Path, folder: &std::path::Path) -> Result<()> {
    let folder = folder.join("mails");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    server::run(binary, &folder, &["migrate"], "")?;
    bare::due_mails(&server::database(&folder), MAILS).await?;
    let sink = sink::Sink::start().await?;
    let worker = Server::work(binary, &folder, &[("SMTP_URL", &sink.url()), ("MAIL_FROM", "reviews@example.com")])?;
    let (count, seconds) = sink.wait_for(MAILS).await;
    worker.stop().await?;
    println!("\n## Sending\n\n| mails | seconds | mails/s |\n|---|---|---|");
    println!("| {count} | {seconds:.2} | {:.0} |", f64::from(count) / seconds);
    Ok(())
}
