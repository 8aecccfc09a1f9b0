//! The release binary as a process of its own.

use crate::{Result, load::Client};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

pub const PASSWORD: &str = "a long bench password 2026";

pub struct Server {
    child: Child,
    base: String,
}

/// The database that the binary keeps in a data folder.
pub fn database(folder: &Path) -> PathBuf {
    folder.join("review-messages.db")
}

fn command(binary: &Path, folder: &Path) -> Command {
    let mut c = Command::new(binary);
    c.env("DATA_DIR", folder).env_remove("DATABASE_URL");
    c
}

/// Runs a subcommand to its end.
pub fn run(binary: &Path, folder: &Path, args: &[&str], input: &str) -> Result<()> {
    let mut child = command(binary, folder).args(args).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let status = child.wait()?;
    if status.success() { Ok(()) } else { Err(format!("review-messages {}: {status}", args.join(" ")).into()) }
}

impl Server {
    pub async fn start(binary: &Path, folder: &Path, env: &[(&str, &str)]) -> Result<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let base = format!("http://127.0.0.1:{port}");
        let child = command(binary, folder)
            .args(["serve", "--no-worker"])
            .env("ADDR", format!("127.0.0.1:{port}"))
            .envs(env.iter().copied())
            .stdout(Stdio::null())
            .spawn()?;
        let server = Self { child, base };
        for _ in 0..300 {
            if reqwest::get(format!("{}/health", server.base)).await.is_ok_and(|r| r.status() == 200) {
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err("the server does not answer /health within 30 s".into())
    }

    pub fn work(binary: &Path, folder: &Path, env: &[(&str, &str)]) -> Result<Self> {
        let child = command(binary, folder)
            .arg("work")
            .envs(env.iter().copied())
            .env("RUST_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { child, base: String::new() })
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub async fn sign_in(&self, email: &str, project: &str) -> Result<Client> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        let form = [("email", email), ("password", PASSWORD), ("next", "")];
        let answer =
            http.post(format!("{}/api/sign_in", self.base)).header("origin", &self.base).form(&form).send().await?;
        let cookie = answer.headers().get("set-cookie").and_then(|c| c.to_str().ok()).and_then(|c| c.split(';').next());
        let cookie =
            cookie.ok_or_else(|| format!("sign-in to {project} gave no cookie: {}", answer.status()))?.to_owned();
        Client::new(&self.base, &cookie)
    }

    pub async fn stop(mut self) -> Result<()> {
        run_kill(self.child.id());
        for _ in 0..350 {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        self.child.kill()?;
        Err("the process did not stop within 35 s of SIGTERM".into())
    }
}

/// Also when a measurement breaks off.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run_kill(pid: u32) {
    let _ = Command::new("kill").arg(pid.to_string()).status();
}

/// Resident memory of a process, in megabytes.
pub fn resident_mb(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kb = status.lines().find_map(|l| l.strip_prefix("VmRSS:")?.trim().split(' ').next()?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}
