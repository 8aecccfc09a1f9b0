//! The product's process: started, killed, suspended.

use crate::{Result, place::Place, sink::Sink};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs::File,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::time::sleep;

pub const PASSWORD: &str = "a long chaos password 2026";

pub struct Worker {
    child: Child,
}

impl Worker {
    /// `review-messages work`, by this mail server.
    pub fn start(place: &Place, sink: &Sink) -> Result<Self> {
        Self::with(place, &[("SMTP_URL", &sink.url())])
    }

    /// … by these settings.
    pub fn with(place: &Place, settings: &[(&str, &str)]) -> Result<Self> {
        let mut command = place.command();
        command.arg("work").env("MAIL_FROM", "reviews@chaos.example.com").envs(settings.iter().copied());
        Self::spawn(command, place)
    }

    /// `review-messages serve`, with its worker. Returns its origin, too.
    pub async fn serve(place: &Place, sink: &Sink) -> Result<(Self, String)> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let base = format!("http://127.0.0.1:{port}");
        let mut command = place.command();
        command.arg("serve").env("ADDR", format!("127.0.0.1:{port}")).env("SMTP_URL", sink.url());
        command.env("MAIL_FROM", "reviews@chaos.example.com");
        let worker = Self::spawn(command, place)?;
        for _ in 0..300 {
            if reqwest::get(format!("{base}/health")).await.is_ok_and(|answer| answer.status() == 200) {
                return Ok((worker, base));
            }
            sleep(Duration::from_millis(100)).await;
        }
        Err("the server does not answer /health within 30 s".into())
    }

    fn spawn(mut command: Command, place: &Place) -> Result<Self> {
        let log = File::options().create(true).append(true).open(&place.log)?;
        Ok(Self { child: command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn()? })
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.child.id())?).ok_or("a process without an id")?;
        Ok(kill_process(pid, signal)?)
    }

    pub fn kill(mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    pub fn suspend(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    pub fn is_running(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// SIGTERM; how long it took to end.
    pub async fn stop(mut self) -> Result<Duration> {
        let began = Instant::now();
        self.signal(Signal::TERM)?;
        while self.is_running()? {
            if began.elapsed() > Duration::from_secs(35) {
                return Err("the process did not end within 35 s of SIGTERM".into());
            }
            sleep(Duration::from_millis(5)).await;
        }
        Ok(began.elapsed())
    }
}

/// Also when a case breaks off.
impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
