use super::*;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

/// Of tests alone; made by `openssl genrsa 2048`.
const RSA: &str = include_str!("test.pem");
/// What `openssl rsa -pubout` says of it.
const RSA_PUBLIC: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA8G2U+0CKmdDxXAZPvdTde4U32KjrmlFes7q8bI080eHFcGVHzepGwcdvmJ45z6goe5ER04dmo+yqC3RKEPtsPZfxQru/u7UHz5a4JRc0fYOOE+gS/kjVMN/C5z8rCICcISme2GCUD1A43knICRQ7Ut2LH3xoFqoUQCpqHx3YbxGrWpjYQPakIigeAMjG+1YccP/Cd0O2JactU4Ek41EQirC0NK/d6+QWgCuAtkcjH62FSpQ8WIZ6rEud8sJgScCRfq+ImShSxarMQ14x+DPFiRC00N2qbrDkw/ZNtGBnQsy7m+ovZv4d6Dx0wPq4mF6dksE2YlgK7UvHnzywVcB6SwIDAQAB";
/// The first key of RFC 8032, which the example of RFC 8463 uses.
const ED25519: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

const MAIL: &str = "From: Joe SixPack <joe@football.example.com>\r\nTo: Suzie Q <suzie@shopping.example.net>\r\n\
    Subject: Is dinner ready?\r\nDate: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n\
    Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n\r\n\
    Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n";

fn dkim(pem: &str, provider: Provider) -> Dkim {
    Dkim::new("football.example.com", "brisbane", pem, provider).unwrap()
}

/// RFC 8463, appendix A.
#[test]
fn the_example_of_the_standard_is_signed_as_there() {
    let Dkim { key, .. } = dkim(ED25519, Provider::Smtp);
    let (head, body) = MAIL.split_once("\r\n\r\n").unwrap();
    let hash = STANDARD.encode(Sha256::digest(canonical_body(body)));
    assert_eq!(hash, "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=");
    let unsigned = "v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n \
        q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : message-id : from : subject : date;\r\n \
        bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=";
    let signed = ["from", "to", "subject", "date", "message-id", "from", "subject", "date"];
    let signature = key.sign(&what_is_signed(&headers(head), &signed, unsigned)).unwrap();
    assert_eq!(
        STANDARD.encode(signature),
        "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="
    );
    assert_eq!(
        dkim(ED25519, Provider::Smtp).public_key(),
        ("ed25519", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".to_owned())
    );
}

/// RFC 6376, 3.4.5 and errata 3192.
#[test]
fn white_space_is_made_the_same() {
    assert_eq!(canonical_header("A", " X"), "a:X");
    assert_eq!(canonical_header("B ".trim_end(), " Y\t\r\n\tZ  "), "b:Y Z");
    assert_eq!(canonical_body(" C \r\nD \t E\r\n\r\n\r\n"), " C\r\nD E\r\n");
    assert_eq!(canonical_body("no end"), "no end\r\n");
    for empty in ["", "\r\n", "\r\n\r\n"] {
        assert_eq!(canonical_body(empty), "");
    }
}

/// A tag of a signature.
fn of(header: &str, name: &str) -> String {
    let bare: String = header.split_whitespace().collect();
    bare.split(';').find_map(|tag| tag.strip_prefix(&format!("{name}=")).map(str::to_owned)).unwrap()
}

#[test]
fn what_was_signed_is_verified_by_the_key_in_the_dns() {
    let dkim = dkim(RSA, Provider::Smtp);
    assert_eq!(dkim.public_key(), ("rsa", RSA_PUBLIC.to_owned()));
    let header = String::from_utf8(dkim.sign(MAIL.as_bytes(), Timestamp(1_795_431_600_000)).unwrap()).unwrap();
    assert!(header.lines().all(|line| line.len() < 80) && header.ends_with("\r\n"), "{header}");
    let value = header.strip_prefix("DKIM-Signature:").unwrap().trim_end();
    assert_eq!(of(value, "h"), "From:To:Subject:Date:Message-ID".replacen("From", "From:From", 1));
    assert_eq!((of(value, "d").as_str(), of(value, "s").as_str()), ("football.example.com", "brisbane"));

    let unsigned = &value[..value.rfind("b=").unwrap() + 2];
    let head = MAIL.split_once("\r\n\r\n").unwrap().0;
    let names = of(value, "h");
    let text = what_is_signed(&headers(head), &names.split(':').collect::<Vec<_>>(), unsigned);
    let signature = STANDARD.decode(of(value, "b")).unwrap();
    // Behind the algorithm, the DNS has the key of PKCS #1, which is what ring takes.
    let public = STANDARD.decode(RSA_PUBLIC).unwrap()[24..].to_vec();
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
    key.verify(&text, &signature).unwrap();
    assert!(key.verify(&text[1..], &signature).is_err());
}

#[test]
fn what_amazon_ses_rewrites_is_not_signed() {
    let header = String::from_utf8(dkim(ED25519, Provider::Ses).sign(MAIL.as_bytes(), Timestamp(0)).unwrap()).unwrap();
    assert_eq!(of(&header, "h"), "From:From:To:Subject");
}

#[test]
fn keys_that_cannot_sign_are_refused_with_a_sentence() {
    let body = RSA.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "");
    for (pem, why) in [
        (RSA.replace("PRIVATE", "PUBLIC"), "must be RSA"),
        (RSA.replace("PRIVATE", "EC PRIVATE"), "must be RSA"),
        (RSA.replace("PRIVATE", "ENCRYPTED PRIVATE"), "without one"),
        (body, "does not begin"),
        ("-----BEGIN PRIVATE KEY-----\n?\n-----END PRIVATE KEY-----".to_owned(), "damaged"),
        (RSA.lines().filter(|line| !line.starts_with("MIIE")).collect::<Vec<_>>().join("\n"), "must be RSA"),
        (String::new(), "does not begin"),
    ] {
        let sentence = Dkim::new("example.com", "s1", &pem, Provider::Smtp).err().unwrap();
        assert!(sentence.contains(why) && sentence.ends_with('.'), "{sentence}");
    }
}
