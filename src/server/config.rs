//! The configuration: each setting is a flag and an environment variable, and is checked before anything starts.

use super::{
    auth::provider::ProviderConfig,
    delivery::{TransportConfig, Transports, TwilioConfig, hosts::Hosts, seal::SealingKey},
    limits::API_A_MINUTE,
};
use crate::domain::{
    connection::{form::check_report, settings::Provider},
    message::Channel,
};
use clap::Args;
use openidconnect::{ClientId, ClientSecret, IssuerUrl};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::Url;
use std::{
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    path::{Path, PathBuf},
};

/// The settings as given on the command line and in the environment.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Settings (each a flag or an environment variable)")]
pub struct Settings {
    /// Address and port to listen on
    #[arg(long, env = "ADDR", global = true, default_value = "127.0.0.1:3000")]
    pub addr: String,
    /// Folder of the embedded database and of the outbox
    #[arg(long, env = "DATA_DIR", global = true, default_value = "data")]
    pub data_dir: String,
    /// The database: sqlite:PATH, or postgres://USER:PASSWORD@HOST/DATABASE where this program was built with the cargo
    /// feature postgres [default: the file review-messages.db in DATA_DIR]
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// The public origin, with which the links in messages begin, such as https://reviews.example.com. With https, cookies
    /// are Secure [default: http://ADDR]
    #[arg(long, env = "BASE_URL", global = true)]
    pub base_url: Option<String>,
    /// The mail server: smtps:// (TLS), smtp+starttls:// or smtp:// (unencrypted), with USER:PASSWORD@HOST:PORT. Without
    /// it, emails are written into the folder outbox of DATA_DIR
    #[arg(long, env = "SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The address that emails come from [default without SMTP_URL: reviews@localhost]
    #[arg(long, env = "MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// What the reports of the mail server's provider are verified with, where that is Amazon SES (ARN of the SNS topic), SendGrid
    /// (verification key), Mailgun (webhook signing key) or Postmark (user:password). They go to BASE_URL/webhooks/PROVIDER/CONNECTION,
    /// which `serve` prints at its start
    #[arg(long, env = "SMTP_REPORT_SECRET", global = true, hide_env_values = true)]
    pub smtp_report_secret: Option<String>,
    /// The account that sends SMS. Without it, SMS are written into the folder outbox of DATA_DIR
    #[arg(long, env = "TWILIO_ACCOUNT_SID", global = true)]
    pub twilio_account_sid: Option<String>,
    /// The account's secret
    #[arg(long, env = "TWILIO_AUTH_TOKEN", global = true, hide_env_values = true)]
    pub twilio_auth_token: Option<String>,
    /// The sending number (E.164), or a messaging service (MG…)
    #[arg(long, env = "TWILIO_FROM", global = true)]
    pub twilio_from: Option<String>,
    /// Where Twilio's API is, or another that speaks it
    #[arg(long, env = "TWILIO_BASE_URL", global = true, default_value = "https://api.twilio.com")]
    pub twilio_base_url: String,
    /// The key that encrypts the secrets of projects' connections: the base64 text of 32 bytes (openssl rand -base64 32). Keep it
    /// with the backups [default: the file secret.key in DATA_DIR, made where there is none]
    #[arg(long, env = "SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<String>,
    /// Where the mail servers of projects' own connections may be: any, or public (the internet only, nothing of this server's
    /// network), for where the projects' admins are strangers
    #[arg(long, env = "CONNECTION_HOSTS", global = true, default_value = "any")]
    pub connection_hosts: String,
    /// Where webhooks may lead: public (the internet only, by https), or any (also this server's network, and by http), for trials
    #[arg(long, env = "WEBHOOK_HOSTS", global = true, default_value = "public")]
    pub webhook_hosts: String,
    /// The identity provider by which people can sign in (OpenID Connect): its issuer, such as https://login.example.com. Its client is
    /// given BASE_URL/sign-in/provider/back as the redirect address
    #[arg(long, env = "OIDC_ISSUER", global = true)]
    pub oidc_issuer: Option<String>,
    /// The id of this server at the identity provider
    #[arg(long, env = "OIDC_CLIENT_ID", global = true)]
    pub oidc_client_id: Option<String>,
    /// The secret of this server at the identity provider
    #[arg(long, env = "OIDC_CLIENT_SECRET", global = true, hide_env_values = true)]
    pub oidc_client_secret: Option<String>,
    /// What the button on the sign-in page calls the identity provider [default: single sign-on]
    #[arg(long, env = "OIDC_NAME", global = true)]
    pub oidc_name: Option<String>,
    /// IP addresses of proxies, separated by commas, whose X-Forwarded-For is believed; proxies on this machine always are
    #[arg(long, env = "TRUSTED_PROXIES", global = true, default_value = "")]
    pub trusted_proxies: String,
    /// Who may read /metrics: local (this machine, not through a proxy) or public
    #[arg(long, env = "METRICS", global = true, default_value = "local")]
    pub metrics: String,
    /// How many requests a minute one key of the REST API may send [default: 1200]
    #[arg(long, env = "API_LIMIT", global = true)]
    pub api_limit: Option<String>,
    /// Whether clients of the MCP server may also cancel and reschedule messages, by a key with the scope write: true or false
    #[arg(long, env = "MCP_WRITE", global = true, default_value = "false")]
    pub mcp_write: String,
    /// How the log is written: text, or json with one object a line
    #[arg(long, env = "LOG_FORMAT", global = true, default_value = "text")]
    pub log_format: String,
    /// Where `work` answers /health and /metrics, such as 127.0.0.1:9000 [default: nowhere; `serve` answers them at ADDR]
    #[arg(long, env = "MONITOR_ADDR", global = true)]
    pub monitor_addr: Option<String>,
    /// What is logged: error, warn, info, debug, trace, or a filter such as review_messages=debug,warn
    #[arg(long, env = "LOG", global = true, default_value = "info")]
    pub log: String,
}

/// The settings, checked.
#[derive(Clone, Debug)]
pub struct Config {
    pub addr: SocketAddr,
    pub data_dir: PathBuf,
    pub database_url: String,
    /// Without a trailing slash.
    pub base_url: String,
    /// Whether `base_url` was given; if not, it follows from `addr`.
    own_base_url: bool,
    smtp_url: Option<String>,
    mail_from: String,
    /// The provider of the mail server, and what its reports are verified with.
    mail_reports: Option<(Provider, String)>,
    twilio: Option<TwilioConfig>,
    twilio_url: String,
    secret_key: Option<String>,
    hosts: Hosts,
    /// Where webhooks may lead.
    pub webhook_hosts: Hosts,
    /// By whom people can sign in beside the password.
    pub provider: Option<ProviderConfig>,
    /// The trusted proxies that are not on this machine.
    pub trusted_proxies: Vec<IpAddr>,
    pub public_metrics: bool,
    /// How many requests a minute one key of the REST API may send.
    pub api_limit: u32,
    /// Whether the MCP server lets keys with the scope write steer messages.
    pub mcp_write: bool,
    /// Where a process without pages answers monitoring.
    pub monitor_addr: Option<SocketAddr>,
    /// Whether the Outbox page is available; set by `serve --demo`.
    pub demo: bool,
}

impl Config {
    /// # Errors
    /// A sentence that names the setting and says which values are allowed.
    pub fn new(given: &Settings) -> Result<Self, String> {
        let listen_at = addr("ADDR", &given.addr)?;
        let data_dir = PathBuf::from(given.data_dir.trim());
        if data_dir.as_os_str().is_empty() {
            return Err("DATA_DIR must be the path of a folder.".into());
        }
        let own_base_url = value(&given.base_url);
        let base_url = own_base_url.map_or_else(|| Ok(origin_of(listen_at)), base_url)?;
        let smtp_url = value(&given.smtp_url).map(smtp_url).transpose()?;
        let mail_from = match (value(&given.mail_from), &smtp_url) {
            (Some(address), _) => address,
            (None, None) => "reviews@localhost",
            (None, Some(_)) => {
                return Err("MAIL_FROM must be given with SMTP_URL: the address that emails come from.".into());
            }
        };
        let mail_reports = value(&given.smtp_report_secret).map(|secret| mail_reports(smtp_url.as_deref(), secret));
        Ok(Self {
            addr: listen_at,
            database_url: database_url(value(&given.database_url), &data_dir)?,
            data_dir,
            base_url,
            own_base_url: own_base_url.is_some(),
            smtp_url,
            mail_from: mail_from.to_owned(),
            mail_reports: mail_reports.transpose()?,
            twilio_url: twilio_url(&given.twilio_base_url)?,
            twilio: twilio(given)?,
            secret_key: value(&given.secret_key).map(secret_key).transpose()?,
            hosts: match given.connection_hosts.trim() {
                "any" | "" => Hosts::Any,
                "public" => Hosts::Public,
                other => return Err(format!("CONNECTION_HOSTS is {other:?}; it can be any or public.")),
            },
            webhook_hosts: match given.webhook_hosts.trim() {
                "public" | "" => Hosts::Public,
                "any" => Hosts::Any,
                other => return Err(format!("WEBHOOK_HOSTS is {other:?}; it can be public or any.")),
            },
            provider: provider(given)?,
            trusted_proxies: trusted_proxies(&given.trusted_proxies)?,
            api_limit: value(&given.api_limit).map_or(Ok(API_A_MINUTE), api_limit)?,
            mcp_write: match given.mcp_write.trim() {
                "false" | "" => false,
                "true" => true,
                other => return Err(format!("MCP_WRITE is {other:?}; it can be true or false.")),
            },
            public_metrics: match given.metrics.trim() {
                "local" | "" => false,
                "public" => true,
                other => return Err(format!("METRICS is {other:?}; it can be local or public.")),
            },
            monitor_addr: value(&given.monitor_addr).map(|given| addr("MONITOR_ADDR", given)).transpose()?,
            demo: false,
        })
    }

    /// The configuration with the address that the server listens on: for port 0, the system chooses the port.
    #[must_use]
    pub fn listening_at(mut self, addr: SocketAddr) -> Self {
        self.addr = addr;
        if !self.own_base_url {
            self.base_url = origin_of(addr);
        }
        self
    }

    pub fn outbox_dir(&self) -> PathBuf {
        self.data_dir.join("outbox")
    }

    /// The file of the key that encrypts secrets; None where SECRET_KEY is the key.
    pub fn key_file(&self) -> Option<PathBuf> {
        self.secret_key.is_none().then(|| self.key_path())
    }

    fn key_path(&self) -> PathBuf {
        self.data_dir.join("secret.key")
    }

    /// Whether the settings name a mail server or an SMS provider, which send for all projects.
    pub fn has_provider(&self) -> bool {
        self.has_mail_server() || self.has_sms_provider()
    }

    pub fn has_mail_server(&self) -> bool {
        self.smtp_url.is_some()
    }

    /// Whether emails to members go out: over the server's own mail server, or into the demo's outbox.
    pub fn sends_to_staff(&self) -> bool {
        self.has_mail_server() || self.demo
    }

    pub fn has_sms_provider(&self) -> bool {
        self.twilio.is_some()
    }

    /// Whose reports over the deployment's connection of this channel are believed, and what they are verified with.
    pub fn reports(&self, channel: Channel) -> Option<(Provider, &str)> {
        match channel {
            Channel::Email => self.mail_reports.as_ref().map(|(provider, secret)| (*provider, secret.as_str())),
            Channel::Sms => self.twilio.as_ref().map(|twilio| (Provider::Twilio, twilio.auth_token.as_str())),
        }
    }

    /// Whether the public origin uses https, so that cookies can be `__Host-` and `Secure`.
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Makes the transports; they do not connect yet.
    ///
    /// # Errors
    /// A sentence that names the wrong setting.
    pub fn transports(&self) -> Result<Transports, String> {
        let key = match &self.secret_key {
            Some(text) => SealingKey::parse(text)?,
            None => SealingKey::in_file(&self.key_path())?,
        };
        self.transports_with(Some(key))
    }

    /// [`Config::transports`], without making a key where there is none.
    ///
    /// # Errors
    /// The same.
    pub fn transports_as_they_are(&self) -> Result<Transports, String> {
        match self.key_file() {
            Some(file) if !file.exists() => self.transports_with(None),
            _ => self.transports(),
        }
    }

    fn transports_with(&self, key: Option<SealingKey>) -> Result<Transports, String> {
        let config = TransportConfig {
            smtp_url: self.smtp_url.clone(),
            mail_from: self.mail_from.clone(),
            twilio: self.twilio.clone(),
            twilio_url: self.twilio_url.clone(),
            hosts: self.hosts,
            outbox_dir: self.outbox_dir(),
            base_url: self.base_url.clone(),
        };
        Transports::new(&config, key)
            .map_err(|e| format!("One of MAIL_FROM, BASE_URL, SMTP_URL and TWILIO_… cannot be used. {e}"))
    }
}

/// The value of a setting; None if it is missing or empty.
fn value(given: &Option<String>) -> Option<&str> {
    given.as_deref().map(str::trim).filter(|s| !s.is_empty())
}

fn addr(name: &str, given: &str) -> Result<SocketAddr, String> {
    let found = given.trim().to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| format!("{name} is {given:?}; it must be an address and a port, such as 127.0.0.1:3000."))
}

/// The origin under which a browser on this machine reaches the server.
fn origin_of(addr: SocketAddr) -> String {
    if addr.ip().is_unspecified() { format!("http://localhost:{}", addr.port()) } else { format!("http://{addr}") }
}

fn base_url(given: &str) -> Result<String, String> {
    let origin = Url::parse(given).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
    });
    origin.map(|url| url.origin().ascii_serialization()).ok_or_else(|| {
        format!("BASE_URL is {given:?}; it must be an origin without a path, such as https://reviews.example.com.")
    })
}

/// The characters that must be escaped in a path within a database address.
const IN_A_DATABASE_ADDRESS: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');

fn database_url(given: Option<&str>, data_dir: &Path) -> Result<String, String> {
    let postgres = cfg!(feature = "postgres");
    let Some(url) = given else {
        if postgres {
            let example = "postgres://user:password@host/database";
            return Err(format!(
                "DATABASE_URL must be given, such as {example}: this program was built for PostgreSQL."
            ));
        }
        let path = data_dir.join("review-messages.db").display().to_string();
        return Ok(format!("sqlite:{}", utf8_percent_encode(&path, IN_A_DATABASE_ADDRESS)));
    };
    match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("postgres" | "postgresql") if postgres => Ok(url.to_owned()),
        Some("sqlite") if !postgres => Ok(url.to_owned()),
        Some("postgres" | "postgresql") => {
            Err("DATABASE_URL names a PostgreSQL database, and this program was built for \
            SQLite. Build it with the cargo feature postgres (make run DATABASE_URL=postgres://… does)."
                .into())
        }
        Some("sqlite") => {
            Err("DATABASE_URL names an SQLite file, and this program was built for PostgreSQL. Build it \
            without the cargo feature postgres."
                .into())
        }
        _ => Err("DATABASE_URL must begin with sqlite: or postgres://; without it, a file in DATA_DIR is used.".into()),
    }
}

fn provider(given: &Settings) -> Result<Option<ProviderConfig>, String> {
    let all = [value(&given.oidc_issuer), value(&given.oidc_client_id), value(&given.oidc_client_secret)];
    let (issuer, client_id, client_secret) = match all {
        [Some(issuer), Some(id), Some(secret)] => (issuer, id, secret),
        [None, None, None] => return Ok(None),
        _ => return Err("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be given together.".into()),
    };
    let is_fit = Url::parse(issuer).is_ok_and(|url| {
        let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        url.scheme() == "https" || url.scheme() == "http" && is_here
    });
    let issuer = IssuerUrl::new(issuer.to_owned()).ok().filter(|_| is_fit).ok_or_else(|| {
        format!(
            "OIDC_ISSUER is {issuer:?}; it must be the provider's https address, such as https://login.example.com."
        )
    })?;
    Ok(Some(ProviderConfig {
        issuer,
        client_id: ClientId::new(client_id.to_owned()),
        client_secret: ClientSecret::new(client_secret.to_owned()),
        name: value(&given.oidc_name).unwrap_or("single sign-on").to_owned(),
    }))
}

fn api_limit(given: &str) -> Result<u32, String> {
    let limit = given.parse().ok().filter(|limit| *limit > 0);
    limit.ok_or_else(|| format!("API_LIMIT is {given:?}; it must be a number of requests a minute, such as 1200."))
}

fn trusted_proxies(given: &str) -> Result<Vec<IpAddr>, String> {
    let address = |one: &str| {
        let wrong =
            format!("TRUSTED_PROXIES has {one:?}; it must be IP addresses separated by commas, such as 10.0.0.1.");
        one.parse::<IpAddr>().map(|address| address.to_canonical()).map_err(|_| wrong)
    };
    given.split(',').map(str::trim).filter(|one| !one.is_empty()).map(address).collect()
}

/// The value may contain a password, so no sentence repeats it.
fn smtp_url(given: &str) -> Result<String, String> {
    let known =
        Url::parse(given).is_ok_and(|url| matches!(url.scheme(), "smtp" | "smtps" | "smtp+starttls") && url.has_host());
    let forms = "smtps://user:password@host:port, smtp+starttls://… or smtp://…";
    if known { Ok(given.to_owned()) } else { Err(format!("SMTP_URL cannot be read; it must be like {forms}.")) }
}

fn mail_reports(smtp_url: Option<&str>, secret: &str) -> Result<(Provider, String), String> {
    let host = smtp_url.and_then(|url| Url::parse(url).ok()).and_then(|url| url.host_str().map(str::to_owned));
    let provider = host.map_or(Provider::Smtp, |host| Provider::by_host(&host));
    if provider == Provider::Smtp {
        return Err("SMTP_REPORT_SECRET needs an SMTP_URL of Amazon SES, SendGrid, Mailgun or Postmark: no other mail server reports."
            .into());
    }
    check_report(provider, secret).map_err(|error| format!("SMTP_REPORT_SECRET cannot be used. {error}"))?;
    Ok((provider, secret.to_owned()))
}

fn twilio(given: &Settings) -> Result<Option<TwilioConfig>, String> {
    let parts = [&given.twilio_account_sid, &given.twilio_auth_token, &given.twilio_from].map(value);
    if parts.iter().all(Option::is_none) {
        return Ok(None);
    }
    let [Some(account_sid), Some(auth_token), Some(from)] = parts.map(|part| part.map(str::to_owned)) else {
        return Err("TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM must be given together.".into());
    };
    Ok(Some(TwilioConfig { account_sid, auth_token, from, base_url: twilio_url(&given.twilio_base_url)? }))
}

fn twilio_url(given: &str) -> Result<String, String> {
    let base_url = given.trim().trim_end_matches('/').to_owned();
    if !Url::parse(&base_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        return Err(format!("TWILIO_BASE_URL is {base_url:?}; it must be like https://api.twilio.com."));
    }
    Ok(base_url)
}

/// No sentence repeats it.
fn secret_key(given: &str) -> Result<String, String> {
    SealingKey::parse(given).map(|_| given.to_owned()).map_err(|e| format!("SECRET_KEY cannot be used: {e}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        Settings {
            addr: "127.0.0.1:3000".into(),
            data_dir: "data".into(),
            twilio_base_url: "https://api.twilio.com".into(),
            database_url: cfg!(feature = "postgres").then(|| "postgres://localhost/reviews".into()),
            ..Settings::default()
        }
    }

    #[test]
    fn what_is_not_given_follows_from_the_rest() {
        let config = Config::new(&settings()).unwrap();
        assert_eq!(config.base_url, "http://127.0.0.1:3000");
        assert!(!config.is_secure() && !config.public_metrics);
        assert_eq!(config.listening_at("0.0.0.0:8080".parse().unwrap()).base_url, "http://localhost:8080");
        let own = Settings { base_url: Some("https://Reviews.example.com/".into()), ..settings() };
        let config = Config::new(&own).unwrap().listening_at("127.0.0.1:1".parse().unwrap());
        assert_eq!(config.base_url, "https://reviews.example.com");
        assert!(config.is_secure());
    }

    #[test]
    #[cfg(not(feature = "postgres"))]
    fn the_embedded_database_is_in_the_data_folder() {
        assert_eq!(Config::new(&settings()).unwrap().database_url, "sqlite:data/review-messages.db");
        let odd = Settings { data_dir: "100% of #1?".into(), ..settings() };
        assert_eq!(Config::new(&odd).unwrap().database_url, "sqlite:100%25 of %231%3F/review-messages.db");
    }

    #[test]
    fn a_wrong_value_is_named() {
        let some = |s: &str| Some(s.to_owned());
        for (name, wrong) in [
            ("ADDR", Settings { addr: "3000".into(), ..settings() }),
            ("ADDR", Settings { addr: "127.0.0.1:99999".into(), ..settings() }),
            ("MONITOR_ADDR", Settings { monitor_addr: some("9000"), ..settings() }),
            ("DATA_DIR", Settings { data_dir: " ".into(), ..settings() }),
            ("DATABASE_URL", Settings { database_url: some("mysql://x"), ..settings() }),
            ("BASE_URL", Settings { base_url: some("reviews.example.com"), ..settings() }),
            ("BASE_URL", Settings { base_url: some("https://example.com/reviews"), ..settings() }),
            ("BASE_URL", Settings { base_url: some("ftp://example.com"), ..settings() }),
            ("SMTP_URL", Settings { smtp_url: some("mail.example.com:25"), ..settings() }),
            ("MAIL_FROM", Settings { smtp_url: some("smtp://mail.example.com"), ..settings() }),
            ("TWILIO_AUTH_TOKEN", Settings { twilio_account_sid: some("AC1"), ..settings() }),
            ("SMTP_REPORT_SECRET", Settings { smtp_report_secret: some("key"), ..settings() }),
            (
                "SMTP_REPORT_SECRET",
                Settings {
                    smtp_url: some("smtps://u:p@smtp.mailgun.org:465"),
                    mail_from: some("a@example.com"),
                    smtp_report_secret: some("short"),
                    ..settings()
                },
            ),
            ("SECRET_KEY", Settings { secret_key: some("short"), ..settings() }),
            ("TRUSTED_PROXIES", Settings { trusted_proxies: "10.0.0.1, proxy".into(), ..settings() }),
            ("CONNECTION_HOSTS", Settings { connection_hosts: "some".into(), ..settings() }),
            ("OIDC_CLIENT_ID", Settings { oidc_issuer: Some("https://login.example.com".into()), ..settings() }),
            ("OIDC_ISSUER", {
                let (id, secret) = (Some("reviews".into()), Some("secret".into()));
                let issuer = Some("http://login.example.com".into());
                Settings { oidc_issuer: issuer, oidc_client_id: id, oidc_client_secret: secret, ..settings() }
            }),
            ("API_LIMIT", Settings { api_limit: Some("0".into()), ..settings() }),
            ("MCP_WRITE", Settings { mcp_write: "yes".into(), ..settings() }),
            ("WEBHOOK_HOSTS", Settings { webhook_hosts: "some".into(), ..settings() }),
            ("METRICS", Settings { metrics: "everybody".into(), ..settings() }),
        ] {
            let sentence = Config::new(&wrong).unwrap_err();
            assert!(sentence.contains(name) && sentence.ends_with('.'), "{name}: {sentence}");
        }
    }

    #[test]
    fn the_other_engine_is_named_with_the_feature() {
        let other = if cfg!(feature = "postgres") { "sqlite:x.db" } else { "postgres://localhost/reviews" };
        let sentence = Config::new(&Settings { database_url: Some(other.into()), ..settings() }).unwrap_err();
        assert!(sentence.contains("DATABASE_URL") && sentence.contains("feature postgres"), "{sentence}");
    }
}
