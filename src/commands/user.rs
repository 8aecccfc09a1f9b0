//! `user add`, `user passwd`, `user reset-two-factor` and `user forget-provider`.

use super::{Failure, say, start::print_link};
use crate::{
    domain::{
        AppError, AppResult, ProjectId, Timestamp,
        contact::{NAME_MAX, parse_email, parse_line},
        role::Role,
        stats::count,
    },
    server::{
        auth::password,
        clock,
        config::Config,
        projects,
        store::{
            self, Db,
            db::{Tx, touch},
            identities, members, passkeys, people,
            projects::Start,
            second_factor,
        },
    },
};
use chrono_tz::Tz;
use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Add a person to a project
    Add(AddUser),
    /// Change a password, and end all sessions of the person
    Passwd {
        #[arg(long)]
        email: String,
        /// Read the new password from the first line of standard input
        #[arg(long, required = true)]
        password_stdin: bool,
        /// Remove the person's passkeys, too, such as those that somebody else may have added
        #[arg(long)]
        passkeys: bool,
    },
    /// Turn off two-factor sign-in of a person who has lost the app and the recovery codes. Make sure that it is them
    ResetTwoFactor {
        #[arg(long)]
        email: String,
        /// Remove the person's passkeys, too, such as those of a device that is lost
        #[arg(long)]
        passkeys: bool,
    },
    /// Forget who a person is to the identity provider, such as after they were made anew there. Whoever has their email address there
    /// is them from the next sign-in on
    ForgetProvider {
        #[arg(long)]
        email: String,
    },
}

#[derive(Args)]
pub(super) struct AddUser {
    #[arg(long)]
    email: String,
    #[arg(long)]
    name: String,
    /// The project's slug, as in its addresses: /projects/SLUG/messages
    #[arg(long, value_name = "SLUG")]
    project: String,
    /// viewer, operator, manager, admin or owner
    #[arg(long)]
    role: Role,
    /// Read the password from the first line of standard input; without it, a link is printed that signs in once
    #[arg(long)]
    password_stdin: bool,
    /// Create the project, with this name
    #[arg(long, value_name = "NAME")]
    create_project: Option<String>,
    /// The created project begins in trial mode: it sends to its members and guests alone, until staff go live
    #[arg(long, requires = "create_project")]
    trial: bool,
    /// The time zone of the created project, such as Europe/Berlin
    #[arg(long, value_name = "ZONE", default_value = "UTC", requires = "create_project")]
    time_zone: Tz,
}

pub(super) async fn run(db: &Db, config: &Config, command: UserCommand) -> Result<(), Failure> {
    match command {
        UserCommand::Add(user) => add_user(db, config, user).await,
        UserCommand::Passwd { email, passkeys, .. } => change_password(db, &email, passkeys).await,
        UserCommand::ResetTwoFactor { email, passkeys } => reset_two_factor(db, &email, passkeys).await,
        UserCommand::ForgetProvider { email } => forget_provider(db, &email).await,
    }
}

/// Checks a project's slug.
fn parse_slug(s: &str) -> AppResult<String> {
    let fits = (1..=40).contains(&s.len()) && !s.starts_with('-') && !s.ends_with('-');
    if fits && s.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Ok(s.to_owned());
    }
    Err(AppError::invalid(
        "project",
        "A project's slug has 1 to 40 of a–z, 0–9 and hyphens inside, such as harbor-coffee.",
    ))
}

async fn add_user(db: &Db, config: &Config, user: AddUser) -> Result<(), Failure> {
    let email = parse_email("email", &user.email)?.to_lowercase();
    let name = parse_line("name", "The name", &user.name, NAME_MAX)?;
    let hash = if user.password_stdin { Some(password::hash(password_line()?).await?) } else { None };
    let now = clock::now();
    let known = people::by_email(db, &email).await?;
    let mut tx = db.begin().await.map_err(AppError::from)?;
    let project = project(db, &mut tx, &user, now).await?;
    touch(&mut tx, project).await.map_err(AppError::from)?;
    let person = match &known {
        Some(person) => person.id,
        None => people::add(&mut tx, &email, &name, hash.as_deref(), now).await?,
    };
    members::give_role(&mut tx, project, person, user.role, now).await?;
    db.commit(tx, project).await.map_err(AppError::from)?;
    say(&format!("{email} is {} of {}.", user.role, user.project))?;
    match (known, hash) {
        (Some(_), _) => say(
            "This person already exists; their name and password are unchanged (`user passwd` changes the password).",
        ),
        (None, Some(_)) => Ok(()),
        (None, None) => print_link(db, config, person, now).await,
    }
}

/// The project with this slug; created if --create-project was given.
async fn project(db: &Db, tx: &mut Tx, user: &AddUser, now: Timestamp) -> Result<ProjectId, Failure> {
    let slug = parse_slug(&user.project)?;
    match (store::projects::by_slug(db, &slug).await?, &user.create_project) {
        (Some(project), None) => Ok(project),
        (None, Some(name)) => {
            let name = parse_line("create-project", "The project's name", name, NAME_MAX)?;
            let start = if user.trial { Start::Trial } else { Start::Live };
            Ok(projects::create(tx, &slug, &name, user.time_zone, start, now).await?)
        }
        (Some(_), Some(_)) => Err(format!("There is a project {slug} already; leave out --create-project.").into()),
        (None, None) => Err(format!("There is no project {slug}; make it with --create-project NAME.").into()),
    }
}

async fn change_password(db: &Db, email: &str, removes_passkeys: bool) -> Result<(), Failure> {
    let hash = password::hash(password_line()?).await?;
    let email = email.trim().to_lowercase();
    let nobody = || format!("There is nobody with the email {email}.");
    let person = people::by_email(db, &email).await?.ok_or_else(nobody)?;
    // Before the sessions end: a passkey that signs in at this moment has its session ended, too.
    let removed = if removes_passkeys { passkeys::remove_all(db, person.id).await? } else { 0 };
    if !people::set_password(db, &email, &hash).await? {
        return Err(nobody().into());
    }
    say("The password is changed, and all sessions of the person have ended.")?;
    if removes_passkeys {
        say(&format!("Removed {}.", count(removed, "passkey")))?;
    }
    match passkeys::list(db, person.id).await?.len() {
        0 => Ok(()),
        1 => say("1 passkey still signs the person in; --passkeys removes it."),
        left => say(&format!("{left} passkeys still sign the person in; --passkeys removes them.")),
    }
}

async fn reset_two_factor(db: &Db, email: &str, removes_passkeys: bool) -> Result<(), Failure> {
    let email = email.trim().to_lowercase();
    let person = people::by_email(db, &email).await?;
    let person = person.ok_or_else(|| format!("There is nobody with the email {email}."))?;
    let was_on = second_factor::is_on(db, person.id).await?;
    second_factor::remove(db, person.id).await?;
    say(match was_on {
        true => "Two-factor sign-in is off: the password alone signs the person in until they set it up again.",
        false => "Two-factor sign-in was off already.",
    })?;
    if removes_passkeys {
        let removed = passkeys::remove_all(db, person.id).await?;
        say(&format!("Removed {}.", count(removed, "passkey")))?;
    }
    Ok(())
}

async fn forget_provider(db: &Db, email: &str) -> Result<(), Failure> {
    let email = email.trim().to_lowercase();
    let person = people::by_email(db, &email).await?;
    let person = person.ok_or_else(|| format!("There is nobody with the email {email}."))?;
    say(match identities::forget(db, person.id).await? {
        0 => "The person has never signed in by the identity provider.",
        _ => {
            "Forgotten: whoever has this email address at the identity provider is the person from the next sign-in on."
        }
    })
}

fn password_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(|e| Failure(format!("The password cannot be read: {e}."), 1))?;
    let password = line.trim_end_matches(['\r', '\n']);
    password::check(password)?;
    Ok(password.to_owned())
}
