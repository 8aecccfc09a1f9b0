use super::*;

const DOMAIN: &str = "mail.example.com";

fn sender(provider: Provider) -> Sender {
    let (domain, host) = (DOMAIN.to_owned(), "smtp.example.net".to_owned());
    Sender { domain, provider, host, selector: String::new(), public_key: None }
}

/// What the DNS has under these names; nothing else.
fn records(txt: &[(&str, &[&str])]) -> Records {
    let mut all: BTreeMap<String, Answer> = BTreeMap::new();
    let providers = [Provider::Smtp, Provider::SendGrid, Provider::Mailgun].map(sender);
    let selectors = providers.iter().flat_map(selectors).chain(["s9"]);
    let names = selectors.map(|selector| format!("{selector}._domainkey.{DOMAIN}")).chain(dmarc_names(DOMAIN));
    all.extend(names.chain([DOMAIN.to_owned()]).map(|name| (name, Answer::Nothing)));
    for (name, records) in txt {
        all.insert((*name).to_owned(), Answer::Found(records.iter().map(|&r| r.to_owned()).collect()));
    }
    let mx = Answer::Found(vec!["10 mx.example.com".into()]);
    Records { txt: all, mx, addresses: Answer::Nothing }
}

fn find(subject: Subject, sender: &Sender, records: &Records) -> Finding {
    judge(sender, records).into_iter().find(|finding| finding.subject == subject).unwrap()
}

fn spf(provider: Provider, txt: &[(&str, &[&str])]) -> Finding {
    find(Subject::Spf, &sender(provider), &records(txt))
}

#[test]
fn spf_names_the_provider() {
    let proposed = |finding: &Finding| finding.record.clone().unwrap().value;
    let finding = spf(Provider::SendGrid, &[]);
    assert_eq!(finding.verdict, Verdict::Missing);
    assert_eq!(proposed(&finding), "v=spf1 include:sendgrid.net ~all");
    assert_eq!(proposed(&spf(Provider::Smtp, &[])), "v=spf1 a:smtp.example.net ~all");
    for (host, mechanism) in [("192.0.2.7", "ip4:192.0.2.7"), ("2001:db8::7", "ip6:2001:db8::7"), ("", "mx")] {
        let sender = Sender { host: host.into(), ..sender(Provider::Smtp) };
        let finding = find(Subject::Spf, &sender, &records(&[]));
        assert_eq!(proposed(&finding), format!("v=spf1 {mechanism} ~all"));
    }

    let sendgrid = ("sendgrid.net", &["v=spf1 ip4:192.0.2.0/24 ~all"][..]);
    let finding = spf(Provider::SendGrid, &[(DOMAIN, &["v=spf1 mx -all", "other=1"])]);
    assert_eq!(finding.verdict, Verdict::Wrong);
    assert_eq!(finding.found, ["v=spf1 mx -all"]);
    assert_eq!(proposed(&finding), "v=spf1 mx include:sendgrid.net -all");
    let good = &[(DOMAIN, &["v=spf1 include:sendgrid.net -all"][..]), sendgrid];
    assert_eq!(spf(Provider::SendGrid, good).verdict, Verdict::Good);
    let by_another = &[
        (DOMAIN, &["V=SPF1 include:all.example.com ~all"][..]),
        ("all.example.com", &["v=spf1 include:sendgrid.net ?all"]),
        sendgrid,
    ];
    assert_eq!(spf(Provider::SendGrid, by_another).verdict, Verdict::Good);
}

#[test]
fn spf_that_does_not_count_is_wrong() {
    let several = spf(Provider::Smtp, &[(DOMAIN, &["v=spf1 mx -all", "v=spf1 a mx ~all"])]);
    assert_eq!((several.verdict, several.found.len()), (Verdict::Wrong, 2));
    assert_eq!(several.record.unwrap().value, "v=spf1 mx a ~all");
    for all in ["+all", "all"] {
        let finding = spf(Provider::Smtp, &[(DOMAIN, &[&format!("v=spf1 mx {all}")])]);
        assert_eq!(finding.verdict, Verdict::Wrong);
        assert_eq!(finding.record.unwrap().value, "v=spf1 mx ~all");
    }
    let void =
        spf(Provider::Smtp, &[(DOMAIN, &["v=spf1 include:old.example.org mx ~all"]), ("old.example.org", &["x"])]);
    assert!(void.verdict == Verdict::Wrong && void.explanation.contains("old.example.org"), "{void:?}");
    assert_eq!(void.record.unwrap().value, "v=spf1 mx ~all");
    assert_eq!(spf(Provider::Smtp, &[(DOMAIN, &["v=spf10 mx"])]).verdict, Verdict::Missing);
}

#[test]
fn spf_of_more_than_ten_lookups_is_wrong() {
    let direct = format!("v=spf1 {} ~all", "a:x.example.com ".repeat(11));
    let finding = spf(Provider::Smtp, &[(DOMAIN, &[&direct])]);
    assert!(finding.verdict == Verdict::Wrong && finding.explanation.contains("11 lookups"), "{finding:?}");
    // Those of what is included count, too: 2 includes, 5 and 4 in them.
    let five = format!("v=spf1 {} ~all", "mx ".repeat(5));
    let four = format!("v=spf1 {} ~all", "exists:x.example.com ".repeat(4));
    let own = "v=spf1 include:five.example.com include:four.example.com ~all";
    let nested = &[(DOMAIN, &[own][..]), ("five.example.com", &[&five]), ("four.example.com", &[&four])];
    assert!(spf(Provider::Smtp, nested).explanation.contains("11 lookups"));
    // One that includes itself ends.
    let looping = &[
        (DOMAIN, &["v=spf1 include:loop.example.com ~all"][..]),
        ("loop.example.com", &["v=spf1 include:loop.example.com ~all"]),
    ];
    assert_eq!(spf(Provider::Smtp, looping).verdict, Verdict::Good);
}

#[test]
fn what_is_included_is_asked_for_and_no_end_of_it() {
    let mut known = BTreeMap::new();
    assert_eq!(wanted_for_spf(DOMAIN, &known), [DOMAIN]);
    let found = |text: String| Answer::Found(vec![text]);
    known.insert(DOMAIN.to_owned(), found("v=spf1 include:a.example include:%{d}.b.example redirect=c.example".into()));
    assert_eq!(wanted_for_spf(DOMAIN, &known), ["a.example", "c.example"]);
    known.insert(
        "a.example".into(),
        found((0..100).map(|n| format!(" include:{n}.example")).fold("v=spf1".into(), |a, b| a + &b)),
    );
    assert_eq!(wanted_for_spf(DOMAIN, &known).len(), 23);
    known.insert("c.example".into(), Answer::Failed);
    assert!(wanted_for_spf("d.example", &known).len() == 1);
}

fn dkim(selector: &str, record: &[&str]) -> Finding {
    let name = format!("{}._domainkey.{DOMAIN}", if selector.is_empty() { "s1" } else { selector });
    let sender = Sender { selector: selector.into(), ..sender(Provider::SendGrid) };
    find(Subject::Dkim, &sender, &records(&[(&name, record)]))
}

#[test]
fn dkim_keys_are_there_and_in_use() {
    let key = |bytes: usize| format!("v=DKIM1; k=rsa; p={}", "A".repeat(bytes * 4 / 3));
    assert_eq!(dkim("", &[&key(294)]).verdict, Verdict::Good);
    assert_eq!(dkim("s9", &[&format!("p={}", "A".repeat(392))]).verdict, Verdict::Good);
    assert!(dkim("", &[&key(162)]).explanation.contains("1,024 bits"));
    assert!(dkim("", &[&format!("{}; t=y", key(294))]).explanation.contains("t=y"));
    for (record, why) in [
        ("v=DKIM1; p=", "revoked"),
        ("v=DKIM1; k=rsa", "no key"),
        ("v=DKIM2; p=AAAA", "v=DKIM1"),
        ("v=DKIM1; h=sha1; p=AAAA", "sha256"),
        ("v=DKIM1; p=AAAA", "shorter"),
    ] {
        let finding = dkim("", &[record]);
        assert!(finding.verdict == Verdict::Wrong && finding.explanation.contains(why), "{record}: {finding:?}");
    }
    assert_eq!(dkim("", &[&key(294), &key(294)]).verdict, Verdict::Wrong);
    let missing = find(Subject::Dkim, &sender(Provider::Mailgun), &records(&[]));
    assert!(missing.verdict == Verdict::Missing && missing.explanation.contains("k1, mx"));
    assert_eq!(find(Subject::Dkim, &sender(Provider::Ses), &records(&[])).verdict, Verdict::Unknown);
}

#[test]
fn the_key_that_we_sign_with_is_the_one_in_the_dns() {
    let ours = Sender { selector: "s9".into(), public_key: Some(("rsa", "B".repeat(392))), ..sender(Provider::Smtp) };
    let name = format!("s9._domainkey.{DOMAIN}");
    let expected = DnsRecord::txt(&name, format!("v=DKIM1; k=rsa; p={}", "B".repeat(392)));
    let missing = find(Subject::Dkim, &ours, &records(&[]));
    assert_eq!((missing.verdict, missing.record.as_ref()), (Verdict::Missing, Some(&expected)));
    let other = find(Subject::Dkim, &ours, &records(&[(&name, &[&format!("p={}", "A".repeat(392))])]));
    assert_eq!((other.verdict, other.record.as_ref()), (Verdict::Wrong, Some(&expected)));
    assert_eq!(find(Subject::Dkim, &ours, &records(&[(&name, &[&expected.value])])).verdict, Verdict::Good);
}

#[test]
fn dmarc_is_read_at_the_domain_and_above_it() {
    let at = |provider, txt: &[(&str, &[&str])]| find(Subject::Dmarc, &sender(provider), &records(txt));
    let missing = at(Provider::Smtp, &[]);
    assert_eq!(missing.verdict, Verdict::Missing);
    assert_eq!(missing.record.unwrap().name, "_dmarc.mail.example.com");
    assert_eq!(at(Provider::Smtp, &[("_dmarc.mail.example.com", &["v=DMARC1; p=none"])]).verdict, Verdict::Good);
    assert_eq!(at(Provider::Smtp, &[("_dmarc.example.com", &["v=DMARC1;p=none"])]).verdict, Verdict::Good);
    for wrong in [&["v=DMARC1"][..], &["v=DMARC1; p=perhaps"], &["v=DMARC1; p=none", "v=DMARC1; p=reject"]] {
        assert_eq!(at(Provider::Smtp, &[("_dmarc.mail.example.com", wrong)]).verdict, Verdict::Wrong, "{wrong:?}");
    }
    assert_eq!(
        dmarc_names("a.b.example.com"),
        ["_dmarc.a.b.example.com", "_dmarc.b.example.com", "_dmarc.example.com"]
    );
}

#[test]
fn dmarc_that_refuses_needs_something_that_ties_mails_to_the_domain() {
    let policy = ("_dmarc.mail.example.com", &["v=DMARC1; p=reject; adkim=s"][..]);
    let key = format!("v=DKIM1; p={}", "A".repeat(392));
    let signed = ("s1._domainkey.mail.example.com", &[key.as_str()][..]);
    let spf = (DOMAIN, &["v=spf1 mx ~all"][..]);
    let at = |provider, txt: &[(&str, &[&str])]| find(Subject::Dmarc, &sender(provider), &records(txt));
    let nothing = at(Provider::Smtp, &[policy]);
    assert!(nothing.verdict == Verdict::Wrong && nothing.explanation.contains("refuse"));
    assert_eq!(at(Provider::Smtp, &[policy, spf]).verdict, Verdict::Good);
    let unsigned = at(Provider::SendGrid, &[policy, spf]);
    assert!(unsigned.verdict == Verdict::Wrong && unsigned.explanation.contains("return path of its own"));
    let good = at(Provider::SendGrid, &[policy, signed]);
    assert!(good.verdict == Verdict::Good && good.explanation.contains("adkim=s"), "{good:?}");
    // The subdomains' policy is what counts for one.
    let inherited = ("_dmarc.example.com", &["v=DMARC1; p=none; sp=quarantine"][..]);
    assert!(at(Provider::Smtp, &[inherited]).explanation.contains("spam folder"));
}

#[test]
fn a_sender_takes_mail() {
    let with = |mx: Answer, addresses: Answer| {
        find(Subject::Mx, &sender(Provider::Smtp), &Records { mx, addresses, ..records(&[]) }).verdict
    };
    let one = |text: &str| Answer::Found(vec![text.to_owned()]);
    assert_eq!(with(one("10 mx.example.com"), Answer::Nothing), Verdict::Good);
    assert_eq!(with(one("0 ."), Answer::Nothing), Verdict::Wrong);
    assert_eq!(with(Answer::Nothing, one("192.0.2.1")), Verdict::Good);
    assert_eq!(with(Answer::Nothing, Answer::Nothing), Verdict::Missing);
    assert_eq!(with(Answer::Failed, Answer::Nothing), Verdict::Unknown);
}

#[test]
fn a_dns_that_does_not_answer_blames_nobody() {
    let silent = Records { txt: BTreeMap::new(), mx: Answer::Failed, addresses: Answer::Failed };
    for finding in judge(&sender(Provider::SendGrid), &silent) {
        assert_eq!((finding.verdict, finding.record), (Verdict::Unknown, None), "{:?}", finding.subject);
    }
}
