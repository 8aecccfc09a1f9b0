use super::*;
use tokio::{io::AsyncWriteExt, net::TcpListener};

/// A broken encryption after the end of the data must not send the mail again as if nothing had happened.
#[tokio::test]
async fn encryption_is_a_matter_of_settings_only_until_the_mail_begins() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let smtp = Smtp::new(&format!("smtps://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 not encrypted\r\n").await.unwrap();
        std::future::pending::<()>().await;
    });
    let mut broken = smtp.connect(&mut Evidence::default()).await.err().unwrap();
    assert!(broken.fault.is_tls());
    assert!(broken.fault.is_hangup(), "an idle connection is replaced");
    for (phase, class) in [
        (Phase::Connect, Class::Account { reason: StopReason::Encryption, otherwise: None }),
        (Phase::Mail, Class::LATER),
        (Phase::Data, Class::LATER),
        (Phase::End, Class::Ambiguous),
    ] {
        broken.phase = phase;
        assert_eq!(refusal(&broken).class, class, "{phase:?}");
    }
}

#[test]
fn addresses_of_servers() {
    for (url, host, port, security, auth) in [
        ("smtp://localhost:2525", "localhost", 2525, Security::None, false),
        ("smtp://[::1]", "::1", 25, Security::None, false),
        ("smtp+starttls://u:p%40ss@mail.example.com", "mail.example.com", 587, Security::StartTls, true),
        ("smtps://u:p@mail.example.com", "mail.example.com", 465, Security::Tls, true),
    ] {
        let smtp = Smtp::new(url).unwrap();
        assert_eq!((smtp.host.as_str(), smtp.port, smtp.security), (host, port, security), "{url}");
        assert_eq!(smtp.credentials.is_some(), auth, "{url}");
    }
    for url in ["", "mail.example.com", "http://mail.example.com", "smtp://", "smtps://user@mail.example.com"] {
        let sentence = Smtp::new(url).err().unwrap();
        assert!(sentence.contains("SMTP address"), "{url}: {sentence}");
    }
    assert_eq!(percent_decoded("a%40b+c%26&d"), "a@b+c&&d");
}
