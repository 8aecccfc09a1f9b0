//! Reports of a provider at a steady rate, and what readers of pages wait for meanwhile.

use crate::{
    Result, data,
    load::{Client, Times, summary},
    server::{Server, database},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::hmac;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::{sync::watch, task::JoinSet, time::sleep_until};

/// The aims of trust.md: so many a second, each answered within 50 ms.
const RATE: u32 = 2_000;
const SECONDS: u32 = 10;
const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// Where the provider is told to report: its signature covers the address.
const PUBLIC: &str = "https://reviews.example.com";
/// The installation's own connection for SMS.
const PATH: &str = "/webhooks/twilio/00000000-0000-0000-0000-000000000002";

/// Readers ask without a pause: first alone, then while the reports come.
pub async fn measure(binary: &Path, folder: &Path) -> Result<()> {
    let million = crate::prepare(binary, folder, data::MILLION, &[("big", "bench@example.com")]).await?;
    let messages = messages(&database(&million), RATE * SECONDS).await?;
    let env = [
        ("RUST_LOG", "warn"),
        ("TWILIO_ACCOUNT_SID", "AC0123456789abcdef0123456789abcdef"),
        ("TWILIO_AUTH_TOKEN", TOKEN),
        ("TWILIO_FROM", "+12015550123"),
        ("BASE_URL", PUBLIC),
    ];
    let server = Server::start(binary, &million, &env).await?;
    let client = server.sign_in("bench@example.com", "big").await?;
    let alone = reading(client.clone(), async { tokio::time::sleep(Duration::from_secs(5)).await }).await?.0;
    let (meanwhile, reported) = reading(client, report(server.base().to_owned(), messages)).await?;
    let (times, refused) = reported?;
    println!("\n## {RATE} reports of a provider a second\n");
    println!("For {SECONDS} s, while two readers ask for the first page without a pause; milliseconds.\n");
    println!("| what | p50 | p99 | a second | not taken | aim |\n|---|--:|--:|--:|--:|--:|");
    println!("| report | {:.1} | {:.1} | {:.0} | {refused} | p99 50 |", times.p50, times.p99, times.per_second);
    println!("| page meanwhile | {:.1} | {:.1} | {:.0} | | |", meanwhile.p50, meanwhile.p99, meanwhile.per_second);
    println!("| page alone | {:.1} | {:.1} | {:.0} | | |", alone.p50, alone.p99, alone.per_second);
    server.stop().await
}

/// Does `work` while two readers read.
async fn reading<T>(client: Client, work: impl Future<Output = T>) -> Result<(Times, T)> {
    let (stop, stopped) = watch::channel(false);
    let reader = tokio::spawn(async move { client.measure_until("/projects/big/messages", 2, stopped).await });
    let done = work.await;
    stop.send(true)?;
    Ok((reader.await??, done))
}

/// Each message is reported as delivered, at its time whether or not the ones before were answered. A report that waits for its turn
/// to be sent counts from the time at which it should have been.
async fn report(base: String, messages: Vec<String>) -> Result<(Times, usize)> {
    let http = reqwest::Client::new();
    let began = Instant::now();
    let gap = Duration::from_secs(1) / RATE;
    let mut tasks = JoinSet::new();
    for (n, message) in (0..).zip(messages) {
        let due = began + gap * n;
        sleep_until(due.into()).await;
        let request = request(&http, &base, &message);
        tasks.spawn(async move {
            let is_taken = request.send().await.is_ok_and(|answer| answer.status() == 200);
            (due.elapsed().as_secs_f64() * 1e3, is_taken)
        });
    }
    let all = tasks.join_all().await;
    let rate = all.len() as f64 / began.elapsed().as_secs_f64();
    let refused = all.iter().filter(|(_, is_taken)| !is_taken).count();
    Ok((summary(all.into_iter().map(|(time, _)| time).collect(), rate), refused))
}

fn request(http: &reqwest::Client, base: &str, message: &str) -> reqwest::RequestBuilder {
    let address = format!("{PATH}?message={message}");
    let sid = format!("SM{}", message.replace('-', ""));
    // Sorted by name, as they are signed.
    let fields = [("MessageSid", sid.as_str()), ("MessageStatus", "delivered")];
    let signed: String = fields.iter().map(|(name, value)| format!("{name}{value}")).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, TOKEN.as_bytes());
    let signature = STANDARD.encode(hmac::sign(&key, format!("{PUBLIC}{address}{signed}").as_bytes()));
    http.post(format!("{base}{address}")).header("x-twilio-signature", signature).form(&fields)
}

async fn messages(file: &Path, number: u32) -> Result<Vec<String>> {
    let mut db = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file).read_only(true)).await?;
    let ids: Vec<uuid::Uuid> = sqlx::query_scalar(
        "select id from message where channel = 1 and status in (1, 2, 3) and delivered_at is null limit $1",
    )
    .bind(number)
    .fetch_all(&mut db)
    .await?;
    if ids.len() < number as usize {
        return Err(format!("only {} messages can be reported", ids.len()).into());
    }
    Ok(ids.into_iter().map(|id| id.to_string()).collect())
}
