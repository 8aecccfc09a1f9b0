//! A signed-in browser's requests, many at once.

use crate::Result;
use std::{sync::Arc, time::Instant};
use tokio::sync::watch;

#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Arc<str>,
    cookie: Arc<str>,
}

/// Milliseconds, but for the rate.
pub struct Times {
    pub p50: f64,
    pub p99: f64,
    pub per_second: f64,
}

impl Client {
    pub fn new(base: &str, cookie: &str) -> Result<Self> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
        Ok(Self { http, base: base.into(), cookie: cookie.into() })
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        let path = path.split('#').next().unwrap_or(path);
        self.http.get(format!("{}{path}", self.base)).header("cookie", &*self.cookie).header("accept", "text/html")
    }

    pub async fn text(&self, path: &str) -> Result<String> {
        Ok(self.get(path).send().await?.error_for_status()?.text().await?)
    }

    pub async fn post(&self, path: &str, form: String) -> Result<String> {
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("cookie", &*self.cookie)
            .header("origin", &*self.base);
        let answer = request.header("content-type", "application/x-www-form-urlencoded").body(form).send().await?;
        Ok(answer.error_for_status()?.text().await?)
    }

    /// Uploads a file by the form at `path`; the address that the answer leads to.
    pub async fn upload(&self, path: &str, file: &str) -> Result<String> {
        const BOUNDARY: &str = "----a-boundary-of-the-benchmark";
        let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"list.csv\"";
        let body = format!("--{BOUNDARY}\r\n{disposition}\r\n\r\n{file}\r\n--{BOUNDARY}--\r\n");
        let request = self
            .http
            .post(format!("{}{path}", self.base))
            .header("cookie", &*self.cookie)
            .header("origin", &*self.base)
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        let answer = request.body(body).send().await?.error_for_status()?;
        let address = answer.headers().get("location").and_then(|to| to.to_str().ok());
        Ok(address.ok_or_else(|| format!("{path}: {}", answer.status()))?.to_owned())
    }

    /// As is, and as brotli.
    pub async fn sizes(&self, path: &str) -> Result<(usize, usize)> {
        let plain =
            self.get(path).header("accept-encoding", "identity").send().await?.error_for_status()?.bytes().await?.len();
        let packed =
            self.get(path).header("accept-encoding", "br").send().await?.error_for_status()?.bytes().await?.len();
        Ok((plain, packed))
    }

    async fn once(&self, path: &str) -> Result<f64> {
        let began = Instant::now();
        let answer = self.get(path).send().await?;
        if answer.status() != 200 {
            return Err(format!("{path}: {}", answer.status()).into());
        }
        answer.bytes().await?;
        Ok(began.elapsed().as_secs_f64() * 1e3)
    }

    pub async fn measure(&self, path: &str, connections: usize, requests: usize) -> Result<Times> {
        let began = Instant::now();
        let each = requests / connections;
        let tasks: Vec<_> = (0..connections)
            .map(|_| {
                let (client, path) = (self.clone(), path.to_owned());
                tokio::spawn(async move {
                    let mut times = Vec::with_capacity(each);
                    for _ in 0..each {
                        times.push(client.once(&path).await?);
                    }
                    Result::Ok(times.split_off(each / 10))
                })
            })
            .collect();
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await??);
        }
        Ok(summary(times, (each * connections) as f64 / began.elapsed().as_secs_f64()))
    }

    pub async fn measure_until(&self, path: &str, connections: usize, stop: watch::Receiver<bool>) -> Result<Times> {
        let began = Instant::now();
        let tasks: Vec<_> = (0..connections)
            .map(|_| {
                let (client, path, stop) = (self.clone(), path.to_owned(), stop.clone());
                tokio::spawn(async move {
                    let mut times = Vec::new();
                    while !*stop.borrow() {
                        times.push(client.once(&path).await?);
                    }
                    Result::Ok(times)
                })
            })
            .collect();
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await??);
        }
        let rate = times.len() as f64 / began.elapsed().as_secs_f64();
        Ok(summary(times, rate))
    }

    /// The address of the page that begins after `row` rows: the pager's own cursor, moved on by its links.
    pub async fn page_at(&self, path: &str, row: u64) -> Result<String> {
        let mut at = format!("{path}?per=100");
        for _ in 0..row / 100 {
            let html = self.text(&at).await?;
            at = link_named(&html, "Next").ok_or("the pager has no link Next")?;
        }
        Ok(at.replace("per=100&", ""))
    }
}

/// The address of the first link whose text or label holds `name`.
fn link_named(html: &str, name: &str) -> Option<String> {
    html.split("<a ").skip(1).find_map(|rest| {
        let whole = rest.split("</a>").next()?;
        let href = whole.split("href=\"").nth(1)?.split('"').next()?;
        whole.contains(name).then(|| href.replace("&amp;", "&"))
    })
}

pub fn summary(mut times: Vec<f64>, per_second: f64) -> Times {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| {
        times
            .get(((times.len() as f64 * share) as usize).min(times.len().saturating_sub(1)))
            .copied()
            .unwrap_or(f64::NAN)
    };
    Times { p50: at(0.5), p99: at(0.99), per_second }
}
