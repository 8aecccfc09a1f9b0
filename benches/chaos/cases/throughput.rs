//! How many mails a second are sent, beside what the mail server itself takes.

use crate::{
    Finding, Result, Setting, Tally,
    place::{Batch, Place},
    sink::Sink,
    worker::Worker,
};
use std::{net::SocketAddr, time::Instant};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    task::JoinSet,
};

/// Conversations at once, as many as a worker has over one connection.
const CONVERSATIONS: u32 = 16;

/// A queue of one project that is due at once. Times are only reported: machines differ.
pub async fn t18(setting: &Setting) -> Result<Option<Finding>> {
    let (workers, criterion) = if cfg!(feature = "postgres") {
        (4, "each sent once; the aim is 5,000 mails/s")
    } else {
        (1, "each sent once; the aim is 3,500 mails/s")
    };
    let mails = setting.times(20_000, 5_000);
    let place = Place::new(setting, "throughput").await?;
    let ids = place.fill(&Batch::of(mails.into())).await?;
    place.execute("analyze").await?;
    let sink = Sink::start().await?;
    let all = (0..workers).map(|_| Worker::start(&place, &sink)).collect::<Result<Vec<_>>>()?;
    let (count, seconds) = sink.wait_for(mails).await;
    for worker in all {
        worker.stop().await?;
    }
    let tally = Tally::of(&place, &sink, &ids).await?;
    let ceiling = ceiling(mails).await?;
    Ok(Some(Finding {
        done: format!("{workers} worker(s), {count} mails of one project due at once"),
        criterion,
        lost: tally.lost,
        doubled: tally.doubled,
        recovery: format!(
            "{:.0} mails/s from the first to the last; the mail server alone takes {ceiling:.0}",
            f64::from(count) / seconds
        ),
        passed: tally.lost + tally.doubled == 0,
    }))
}

/// What a mail server of its own takes of clients that do nothing else, in mails a second.
async fn ceiling(mails: u32) -> Result<f64> {
    let sink = Sink::start().await?;
    let began = Instant::now();
    let mut clients = JoinSet::new();
    for _ in 0..CONVERSATIONS {
        clients.spawn(client(sink.address, mails / CONVERSATIONS));
    }
    while let Some(done) = clients.join_next().await {
        done??;
    }
    Ok(f64::from(sink.taken()) / began.elapsed().as_secs_f64())
}

async fn client(address: SocketAddr, mails: u32) -> Result<()> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (read, mut write) = stream.into_split();
    let mut answers = BufReader::new(read).lines();
    answers.next_line().await?;
    let body = format!("Subject: x\r\n\r\n{}\r\n.\r\n", "<p>Hi</p>\r\n".repeat(400));
    for n in 0..mails {
        for line in ["MAIL FROM:<a@example.com>\r\n", &format!("RCPT TO:<c.{n}@example.com>\r\n"), "DATA\r\n", &body] {
            write.write_all(line.as_bytes()).await?;
            answers.next_line().await?.ok_or("the mail server hung up")?;
        }
    }
    Ok(())
}
