//! An SMTP server that takes every mail and keeps none.

use crate::Result;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

pub struct Sink {
    pub address: SocketAddr,
    taken: Arc<AtomicU32>,
}

impl Sink {
    pub async fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let taken = Arc::new(AtomicU32::new(0));
        let count = taken.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, count.clone()));
            }
        });
        Ok(Self { address, taken })
    }

    /// From the first mail until the last, or until none came for 20 s.
    pub async fn wait_for(&self, wanted: u32) -> (u32, f64) {
        let (mut first, mut last, mut seen) = (None, Instant::now(), 0);
        loop {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let now = self.taken.load(Ordering::Relaxed);
            if now > seen {
                first.get_or_insert_with(Instant::now);
                (seen, last) = (now, Instant::now());
            }
            if seen >= wanted || last.elapsed() > Duration::from_secs(20) {
                return (seen, first.map_or(f64::NAN, |f| last.duration_since(f).as_secs_f64()));
            }
        }
    }
}

async fn serve(stream: TcpStream, taken: Arc<AtomicU32>) -> std::io::Result<()> {
    let _ = stream.set_nodelay(true);
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read);
    let mut line = Vec::new();
    write.write_all(b"220 sink ESMTP\r\n").await?;
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match &verb[..] {
            b"EHLO" => write.write_all(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n").await?,
            b"DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                loop {
                    line.clear();
                    if lines.read_until(b'\n', &mut line).await? == 0 {
                        return Ok(());
                    }
                    if line == b".\r\n" {
                        break;
                    }
                }
                taken.fetch_add(1, Ordering::Relaxed);
                write.write_all(b"250 taken\r\n").await?;
            }
            b"QUIT" => return write.write_all(b"221 bye\r\n").await,
            _ => write.write_all(b"250 ok\r\n").await?,
        }
    }
}
