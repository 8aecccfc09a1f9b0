//! The members of a project, through HTTP: invitations, roles, the last owner, and who has no access any more.

use super::support::{Answer, Browser, NOWHERE, PASSWORD, TestApp};
use crate::{
    domain::{
        AppResult, UserId,
        done::Done,
        member::{Invitation, InvitationPage, MembersPage},
        role::Role,
    },
    server::{
        auth, clock,
        config::Settings,
        delivery::Transports,
        store::{
            members::{
                self,
                invitations::{self as links, Joining},
            },
            people, projects,
        },
    },
};
use axum::http::StatusCode;

const PAGE: &str = "/projects/cup/settings/members";

async fn post(browser: &Browser, function: &str, form: &str) -> Answer {
    browser.post(&format!("/api/{function}"), &format!("slug=cup&{form}")).await
}

async fn page(browser: &Browser) -> MembersPage {
    let answer = browser.get("/api/load_members?slug=cup").await;
    serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body))
}

async fn invitations(browser: &Browser) -> Vec<Invitation> {
    page(browser).await.invitations.unwrap()
}

/// The token of the link that the answer of an invitation has.
fn token(answer: &Answer) -> String {
    let done: Done = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {}", answer.body));
    done.link.unwrap().split_once("/invitation?token=").unwrap().1.to_owned()
}

async fn invite(browser: &Browser, email: &str, role: &str) -> Answer {
    post(browser, "invite_member", &format!("form[email]={email}&form[role]={role}")).await
}

async fn join(browser: &Browser, token: &str, name: &str, password: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("token", token), ("name", name), ("password", password)])
        .finish();
    browser.post("/api/accept_invitation", &form).await
}

/// A member whose id is known, signed in.
async fn member(app: &TestApp, role: Role) -> (UserId, Browser) {
    let (person, _) = app.person(role).await;
    let session = auth::start_session(&app.db, person, None, clock::now()).await.unwrap();
    (person, Browser { cookie: Some(format!("session={}", session.as_str())), ..app.stranger() })
}

async fn run(app: &TestApp, sql: &'static str) {
    let mut tx = app.db.begin().await.unwrap();
    sqlx::query(sql).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn somebody_new_joins_by_a_link_that_works_once() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    let answer = invite(&admin, "Ben%40Example.com", "operator").await;
    assert!(answer.body.contains("sends no email by itself"), "{}", answer.body);
    let token = token(&answer);
    let open = invitations(&admin).await;
    assert_eq!((open.len(), open[0].email.as_str(), open[0].role), (1, "ben@example.com", Role::Operator));
    assert_eq!(app.count("select count(*) from invitation where length(token_hash) = 32").await, 1, "only its hash");

    let stranger = app.stranger();
    for _ in 0..3 {
        let shown = stranger.get(&format!("/invitation?token={token}")).await;
        let body = shown.body.replace("<!>", "");
        for words in ["Join Cup &amp; Saucer", "ben@example.com", "an Operator", "Your name", "Password"] {
            assert!(body.contains(words), "{words}: {body}");
        }
    }
    let short = join(&stranger, &token, "Ben Ode", "short").await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", short.body);
    assert_eq!(join(&stranger, &token, " ", PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let joined = join(&stranger, &token, "Ben Ode", PASSWORD).await;
    assert_eq!(joined.status, StatusCode::OK, "{}", joined.body);
    assert_eq!(joined.header("location"), "/projects/cup/messages");
    let ben = Browser { cookie: joined.cookie("session"), ..app.stranger() };
    assert_eq!(ben.get("/projects/cup/messages").await.status, StatusCode::OK);
    let members = page(&ben).await;
    let row = members.members.iter().find(|member| member.name == "Ben Ode").unwrap();
    assert_eq!((row.role, row.id), (Role::Operator, members.me));
    assert!(row.joined.is_some() && members.invitations.is_none() && members.history.is_empty());

    let again = join(&app.stranger(), &token, "Eve", PASSWORD).await;
    assert_eq!(again.status, StatusCode::NOT_FOUND, "{}", again.body);
    assert!(again.body.contains("used or withdrawn"));
    let shown = app.stranger().get(&format!("/invitation?token={token}")).await;
    assert_eq!(shown.status, StatusCode::NOT_FOUND);
    assert!(invitations(&admin).await.is_empty());
    let history: Vec<String> = page(&admin).await.history.into_iter().map(|(_, sentence)| sentence).collect();
    assert_eq!(
        history,
        ["Ben Ode joined as Operator, invited by Pat Person.", "Pat Person invited ben@example.com as Operator."]
    );
}

#[tokio::test]
async fn two_who_follow_one_link_at_once_make_one_member() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    let token = token(&invite(&admin, "ben%40example.com", "viewer").await);
    let (a, b) = (app.stranger(), app.stranger());
    let (a, b) = tokio::join!(join(&a, &token, "Ben", PASSWORD), join(&b, &token, "Eve", PASSWORD));
    let mut statuses = [a.status, b.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, StatusCode::NOT_FOUND]);
    assert_eq!(app.count("select count(*) from person where email = 'ben@example.com'").await, 1);
}

#[tokio::test]
async fn the_link_goes_out_by_the_servers_own_mail() {
    let set = |s: &mut Settings| {
        s.smtp_url = Some("smtp://127.0.0.1:9".into());
        s.mail_from = Some("reviews@example.com".into());
    };
    let mut app = TestApp::configured(set, |_| {}).await;
    let (transports, memory) = Transports::memory(&app.state.config.base_url).unwrap();
    app.state.transports = transports.into();
    app.serve_anew().await;
    let admin = app.member(Role::Admin).await;
    let answer = invite(&admin, "ben%40example.com", "manager").await;
    let done: Done = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((done.link, done.sentence.as_str()), (None, "An invitation is on its way to ben@example.com."));
    let mail = memory.sent().pop().unwrap();
    assert!(mail.subject.starts_with("Pat Person invites you to "), "{}", mail.subject);
    let link = mail.text.lines().find(|line| line.contains("/invitation?token=")).unwrap();
    let token = link.split_once("token=").unwrap().1;
    let shown = app.stranger().get(&format!("/api/load_invitation?token={token}")).await;
    let shown: InvitationPage = serde_json::from_str(&shown.body).unwrap();
    assert_eq!((shown.role, shown.is_known, shown.invited_by.as_str()), (Role::Manager, false, "Pat Person"));
}

#[tokio::test]
async fn what_is_too_old_or_withdrawn_or_renewed_lets_nobody_in() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    let first = token(&invite(&admin, "ben%40example.com", "viewer").await);
    let twice = invite(&admin, "ben%40example.com", "viewer").await;
    assert!(twice.body.contains("invited already"), "{}", twice.body);
    run(&app, "update invitation set expires_at = 1").await;
    assert_eq!(join(&app.stranger(), &first, "Ben", PASSWORD).await.status, StatusCode::NOT_FOUND);
    assert!(invitations(&admin).await[0].has_expired);
    let id = invitations(&admin).await[0].id;
    let second = token(&post(&admin, "resend_invitation", &format!("id={id}")).await);
    assert_ne!(first, second);
    run(&app, "update invitation set expires_at = 1").await;
    let third = token(&invite(&admin, "ben%40example.com", "operator").await);
    for old in [&first, &second] {
        assert_eq!(join(&app.stranger(), old, "Ben", PASSWORD).await.status, StatusCode::NOT_FOUND);
    }
    let id = invitations(&admin).await[0].id;
    let withdrawn = post(&admin, "withdraw_invitation", &format!("id={id}")).await;
    assert!(withdrawn.body.contains("ben@example.com is withdrawn"), "{}", withdrawn.body);
    assert_eq!(join(&app.stranger(), &third, "Ben", PASSWORD).await.status, StatusCode::NOT_FOUND);
    assert_eq!(post(&admin, "withdraw_invitation", &format!("id={id}")).await.status, StatusCode::NOT_FOUND);
    for wrong in ["", "x", &"a".repeat(43)] {
        assert_eq!(join(&app.stranger(), wrong, "Ben", PASSWORD).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    assert_eq!(app.count("select count(*) from person where email = 'ben@example.com'").await, 0);
}

#[tokio::test]
async fn who_has_an_account_signs_in_before_they_join() {
    let app = TestApp::new().await;
    app.project("bean").await;
    let (person, email) = app.person_of("bean", Role::Viewer).await;
    let admin = app.member(Role::Admin).await;
    let token = token(&invite(&admin, &email, "manager").await);
    let shown = app.stranger().get(&format!("/invitation?token={token}")).await.body;
    assert!(shown.contains("There is an account with this address") && !shown.contains("name=\"password\""), "{shown}");
    let back = format!("/sign-in?next=%2Finvitation%3Ftoken%3D{token}");
    // Nor does somebody else who is signed in.
    for browser in [&app.stranger(), &app.member_of("bean", Role::Owner).await] {
        let led = join(browser, &token, "Eve", PASSWORD).await;
        assert_eq!((led.status, led.header("location")), (StatusCode::OK, &*back), "{}", led.body);
        assert!(led.cookie("session").is_none(), "the link proves nothing");
    }
    assert!(page(&admin).await.members.iter().all(|member| member.id != person));
    assert_eq!(invitations(&admin).await.len(), 1, "the link is not used up");

    let form = format!("email={email}&password={}&next=%2Finvitation%3Ftoken%3D{token}", PASSWORD.replace(' ', "+"));
    let signed_in = app.stranger().post("/api/sign_in", &form).await;
    assert_eq!(signed_in.header("location"), format!("/invitation?token={token}"));
    let theirs = Browser { cookie: signed_in.cookie("session"), ..app.stranger() };
    assert_eq!(join(&theirs, &token, "", "").await.header("location"), "/projects/cup/messages");
    assert_eq!(theirs.get("/projects/cup/messages").await.status, StatusCode::OK);
    let members = page(&admin).await.members;
    assert_eq!(members.iter().find(|member| member.id == person).unwrap().role, Role::Manager);
    let again = invite(&admin, &email, "viewer").await;
    assert!(again.body.contains("is a member of this project already"), "{}", again.body);
}

#[tokio::test]
async fn an_account_that_is_made_meanwhile_does_not_join() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    let token = auth::session::Token::parse(&token(&invite(&admin, "ben%40example.com", "viewer").await)).unwrap();
    let now = clock::now();
    let found = links::find(&app.db, &token.hash(), now).await.unwrap().unwrap();
    let mut tx = app.db.begin().await.unwrap();
    let ben = people::add(&mut tx, "ben@example.com", "Ben", None, now).await.unwrap();
    tx.commit().await.unwrap();
    for joining in [Joining::New { name: "Eve", hash: "hash" }, Joining::Known(UserId(uuid::Uuid::from_u128(7)))] {
        assert!(links::accept(&app.db, &found, &token.hash(), joining, now).await.is_err());
    }
    assert_eq!(page(&admin).await.members.len(), 1);
    assert_eq!(links::accept(&app.db, &found, &token.hash(), Joining::Known(ben), now).await, Ok(ben));
}

#[tokio::test]
async fn a_link_gives_no_more_than_who_invited_could_give_now() {
    let app = TestApp::new().await;
    let bens = app.member(Role::Admin).await;
    let token = token(&invite(&bens, "eve%40example.com", "admin").await);
    run(&app, "update membership set role = 2").await;
    assert_eq!(join(&app.stranger(), &token, "Eve", PASSWORD).await.status, StatusCode::NOT_FOUND);
    run(&app, "delete from membership").await;
    assert_eq!(join(&app.stranger(), &token, "Eve", PASSWORD).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.count("select count(*) from person where email = 'eve@example.com'").await, 0);
}

#[tokio::test]
async fn the_history_tells_no_role_that_nobody_got() {
    let app = TestApp::new().await;
    app.project("bean").await;
    let (person, email) = app.person_of("bean", Role::Viewer).await;
    let admin = app.member(Role::Admin).await;
    let token = token(&invite(&admin, &email, "admin").await);
    give(&app, person, Role::Viewer).await.unwrap();
    let session = auth::start_session(&app.db, person, None, clock::now()).await.unwrap();
    let theirs = Browser { cookie: Some(format!("session={}", session.as_str())), ..app.stranger() };
    assert_eq!(join(&theirs, &token, "", "").await.status, StatusCode::OK);
    let shown = page(&admin).await;
    assert_eq!(shown.members.iter().find(|member| member.id == person).unwrap().role, Role::Viewer);
    let history: Vec<String> = shown.history.into_iter().map(|(_, sentence)| sentence).collect();
    assert_eq!(history[0], "Pat Person joined as Viewer, invited by whoever runs this server.");
}

/// What `user add` does.
async fn give(app: &TestApp, person: UserId, role: Role) -> AppResult<()> {
    let project = app.system("cup").await.project;
    let mut tx = app.db.begin_in(project).await.unwrap();
    members::give_role(&mut tx, project, person, role, clock::now()).await?;
    app.db.commit(tx, project).await.unwrap();
    Ok(())
}

#[tokio::test]
async fn who_runs_the_server_changes_members_by_the_same_rules() {
    let app = TestApp::new().await;
    let (ben, bens) = member(&app, Role::Owner).await;
    let token = token(&invite(&bens, "eve%40example.com", "admin").await);
    assert_eq!(give(&app, ben, Role::Viewer).await.unwrap_err().status(), 409, "a project keeps one Owner");
    let (ana, anas) = member(&app, Role::Viewer).await;
    give(&app, ana, Role::Owner).await.unwrap();
    give(&app, ana, Role::Owner).await.unwrap();
    give(&app, ben, Role::Viewer).await.unwrap();
    assert!(invitations(&anas).await.is_empty(), "what Ben could not send now is withdrawn");
    assert_eq!(join(&app.stranger(), &token, "Eve", PASSWORD).await.status, StatusCode::NOT_FOUND);
    let history: Vec<String> = page(&anas).await.history.into_iter().map(|(_, sentence)| sentence).collect();
    assert_eq!(
        history[..2],
        [
            "Whoever runs this server changed the role of Pat Person to Viewer.",
            "Whoever runs this server changed the role of Pat Person to Owner."
        ]
    );
}

#[tokio::test]
async fn nobody_gives_or_changes_a_role_above_their_own() {
    let app = TestApp::new().await;
    let (owner, owners) = member(&app, Role::Owner).await;
    let (admin, admins) = member(&app, Role::Admin).await;
    let (operator, _) = member(&app, Role::Operator).await;
    for (function, form) in [
        ("invite_member", "form[email]=eve%40example.com&form[role]=owner".to_owned()),
        ("change_role", format!("id={admin}&role=owner")),
        ("change_role", format!("id={operator}&role=owner")),
        ("change_role", format!("id={owner}&role=viewer")),
        ("remove_member", format!("id={owner}")),
    ] {
        let answer = post(&admins, function, &form).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{function} {form}: {}", answer.body);
        assert!(answer.body.contains("the Owner role"), "{}", answer.body);
    }
    let lifted = post(&admins, "change_role", &format!("id={operator}&role=admin")).await;
    assert!(lifted.body.contains("is an Admin of this project"), "{}", lifted.body);
    assert_eq!(post(&owners, "change_role", &format!("id={admin}&role=owner")).await.status, StatusCode::OK);
    for (form, status) in [
        (format!("id={NOWHERE}&role=viewer"), StatusCode::NOT_FOUND),
        (format!("id={operator}&role=king"), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(post(&owners, "change_role", &form).await.status, status, "{form}");
    }
    // An invitation to be an Owner is not an Admin's, either.
    let (_, admins) = member(&app, Role::Admin).await;
    invite(&owners, "eve%40example.com", "owner").await;
    let id = invitations(&admins).await[0].id;
    for function in ["resend_invitation", "withdraw_invitation"] {
        assert_eq!(post(&admins, function, &format!("id={id}")).await.status, StatusCode::FORBIDDEN, "{function}");
    }
    assert_eq!(invitations(&owners).await.len(), 1);
}

#[tokio::test]
async fn the_last_owner_stays() {
    let app = TestApp::new().await;
    let (owner, owners) = member(&app, Role::Owner).await;
    for (function, form) in
        [("leave_project", format!("id={owner}")), ("change_role", format!("id={owner}&role=admin"))]
    {
        let answer = post(&owners, function, &form).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{function}: {}", answer.body);
        assert!(answer.body.contains("Make another member an Owner first."), "{}", answer.body);
    }
    let answer = post(&owners, "remove_member", &format!("id={owner}")).await;
    assert!(answer.body.contains("Leave the project instead."), "{}", answer.body);
    let (other, _) = member(&app, Role::Viewer).await;
    assert_eq!(post(&owners, "change_role", &format!("id={other}&role=owner")).await.status, StatusCode::OK);
    let wrong = post(&owners, "leave_project", &format!("id={other}")).await;
    assert_eq!(wrong.status, StatusCode::CONFLICT, "{}", wrong.body);
    let left = owners.submit("/api/leave_project", &format!("slug=cup&id={owner}"), PAGE).await;
    assert_eq!((left.status, left.header("location")), (StatusCode::FOUND, "/"));
    assert_eq!(owners.get("/").await.header("location"), "/sign-in", "a member of no project is signed out");
}

#[tokio::test]
async fn two_owners_who_act_at_once_leave_one() {
    for round in 0..6 {
        let app = TestApp::new().await;
        let (ana, anas) = member(&app, Role::Owner).await;
        let (ben, bens) = member(&app, Role::Owner).await;
        let (a, b) = match round % 3 {
            0 => (("leave_project", format!("id={ana}")), ("leave_project", format!("id={ben}"))),
            1 => (("change_role", format!("id={ben}&role=viewer")), ("change_role", format!("id={ana}&role=viewer"))),
            _ => (("remove_member", format!("id={ben}")), ("remove_member", format!("id={ana}"))),
        };
        let (a, b) = tokio::join!(post(&anas, a.0, &a.1), post(&bens, b.0, &b.1));
        let done = [&a, &b].into_iter().filter(|answer| answer.status == StatusCode::OK).count();
        assert_eq!(done, 1, "{round}: {} {} / {} {}", a.status, a.body, b.status, b.body);
        assert_eq!(app.count("select count(*) from membership where role = 4").await, 1, "{round}");
    }
}

#[tokio::test]
async fn who_is_removed_has_no_access_from_then_on() {
    let app = TestApp::new().await;
    let owners = app.member(Role::Owner).await;
    let (ben, bens) = member(&app, Role::Admin).await;
    app.project("bean").await;
    join_project(&app, "bean", ben).await;
    let theirs = token(&invite(&bens, "eve%40example.com", "admin").await);
    assert_eq!(bens.get("/projects/cup/messages").await.status, StatusCode::OK);
    // Who is lowered takes back what they could not give now.
    post(&owners, "change_role", &format!("id={ben}&role=manager")).await;
    assert!(invitations(&owners).await.is_empty());
    assert_eq!(join(&app.stranger(), &theirs, "Eve", PASSWORD).await.status, StatusCode::NOT_FOUND);
    assert_eq!(invite(&bens, "eve%40example.com", "viewer").await.status, StatusCode::FORBIDDEN);
    post(&owners, "change_role", &format!("id={ben}&role=admin")).await;
    let theirs = token(&invite(&bens, "eve%40example.com", "viewer").await);
    let removed = post(&owners, "remove_member", &format!("id={ben}")).await;
    assert!(removed.body.contains("has no access from now on"), "{}", removed.body);
    for path in ["/projects/cup/messages", "/api/load_frame?slug=cup", "/projects/cup/live"] {
        assert_eq!(bens.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(join(&app.stranger(), &theirs, "Eve", PASSWORD).await.status, StatusCode::NOT_FOUND);
    assert_eq!(post(&owners, "remove_member", &format!("id={ben}")).await.status, StatusCode::NOT_FOUND);
    let history: Vec<String> = page(&owners).await.history.into_iter().map(|(_, sentence)| sentence).collect();
    assert_eq!(history[0], "Pat Person removed Pat Person.");
    assert_eq!(
        bens.get("/projects/bean/messages").await.status,
        StatusCode::OK,
        "who is in another project stays there"
    );
}

async fn join_project(app: &TestApp, slug: &str, person: UserId) {
    let project = app.system(slug).await.project;
    let mut tx = app.db.begin().await.unwrap();
    projects::set_member(&mut tx, project, person, Role::Viewer, clock::now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn who_is_in_no_project_any_more_is_signed_out_everywhere() {
    let app = TestApp::new().await;
    let owners = app.member(Role::Owner).await;
    let (ben, bens) = member(&app, Role::Admin).await;
    let elsewhere = auth::start_session(&app.db, ben, None, clock::now()).await.unwrap();
    let elsewhere = Browser { cookie: Some(format!("session={}", elsewhere.as_str())), ..app.stranger() };
    assert_eq!(post(&owners, "remove_member", &format!("id={ben}")).await.status, StatusCode::OK);
    for browser in [&bens, &elsewhere] {
        assert_eq!(browser.get("/api/load_frame?slug=cup").await.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(owners.get("/api/load_frame?slug=cup").await.status, StatusCode::OK);
    assert_eq!(app.count("select count(*) from session").await, 1);
}

#[tokio::test]
async fn another_projects_people_and_invitations_are_unknown() {
    let app = TestApp::new().await;
    let (ben, _) = member(&app, Role::Viewer).await;
    let admin = app.member(Role::Admin).await;
    invite(&admin, "eve%40example.com", "viewer").await;
    let id = invitations(&admin).await[0].id;
    app.project("bean").await;
    let elsewhere = app.member_of("bean", Role::Owner).await;
    for (function, form) in [
        ("change_role", format!("id={ben}&role=admin")),
        ("remove_member", format!("id={ben}")),
        ("resend_invitation", format!("id={id}")),
        ("withdraw_invitation", format!("id={id}")),
    ] {
        let answer = elsewhere.post(&format!("/api/{function}"), &format!("slug=bean&{form}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{function}: {}", answer.body);
    }
    assert_eq!((invitations(&admin).await.len(), page(&admin).await.members.len()), (1, 2));
}

#[tokio::test]
async fn invitations_have_a_limit_and_wrong_ones_a_sentence() {
    let app = TestApp::new().await;
    let admin = app.member(Role::Admin).await;
    for (form, words) in [
        ("form[email]=ben&form[role]=viewer", "Write an email address"),
        ("form[email]=ben%40example.com", "Choose a role."),
        ("", "Write an email address"),
    ] {
        let answer = post(&admin, "invite_member", form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(answer.body.contains(words), "{form}: {}", answer.body);
    }
    for n in 0..10 {
        assert_eq!(invite(&admin, &format!("p{n}%40example.com"), "viewer").await.status, StatusCode::OK, "{n}");
    }
    let eleventh = invite(&admin, "p10%40example.com", "viewer").await;
    assert_eq!(eleventh.status, StatusCode::TOO_MANY_REQUESTS, "{}", eleventh.body);
}

#[tokio::test]
async fn the_page_shows_each_what_they_may_do() {
    let app = TestApp::new().await;
    let (admin, viewer) = (app.member(Role::Admin).await, app.member(Role::Viewer).await);
    invite(&admin, "ben%40example.com", "viewer").await;
    let shown = admin.get(PAGE).await.body.replace("<!>", "");
    for words in
        ["<h1 tabindex=\"-1\">Members", "Send invitation", "ben@example.com", "Change role", "Leave project", "History"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let seen = viewer.get(PAGE).await.body.replace("<!>", "");
    assert!(seen.contains("Pat Person") && seen.contains("Leave project") && seen.contains("Ask an Admin"), "{seen}");
    for words in ["Send invitation", "ben@example.com", "Change role", "Remove<", "History"] {
        assert!(!seen.contains(words), "{words}: {seen}");
    }
    // Without scripts the page after the form has the link.
    let answer =
        admin.submit("/api/invite_member", "slug=cup&form[email]=eve%40example.com&form[role]=viewer", PAGE).await;
    assert!(answer.header("location").ends_with(PAGE), "{}", answer.header("location"));
    let cookies = format!("{}; {}", admin.cookie.clone().unwrap(), answer.cookie("notice").unwrap());
    let next = Browser { cookie: Some(cookies), ..admin.clone() }.get(PAGE).await.body;
    assert!(next.contains("/invitation?token="), "{next}");
    assert!(!admin.get(PAGE).await.body.contains("/invitation?token="), "once");
}
