//! `saunter staff`

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use console::Term;
use model::Time;
use office::{Actor, Office, Password, Role, StaffMember};

use crate::office_file::{OfficeFile, now};
use crate::screen::Screen;

/// Say who works for a store, on the machine itself: the first owner, and owners who forgot their password
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Add somebody; asks for a password, or reads one line from standard input
    Add {
        /// The name of their login
        name: String,
        /// owner, operator, reviewer, support or viewer
        #[arg(long)]
        role: Role,
        /// The office's configuration, TOML
        #[arg(long, value_name = "FILE")]
        office: PathBuf,
    },
    /// Give somebody another password; asks for it, or reads one line from standard input
    Password {
        /// The name of their login
        name: String,
        /// The office's configuration, TOML
        #[arg(long, value_name = "FILE")]
        office: PathBuf,
    },
    /// List those who work here or did
    List {
        /// The office's configuration, TOML
        #[arg(long, value_name = "FILE")]
        office: PathBuf,
    },
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut screen = Screen::new();
    let said = match &arguments.command {
        Command::Add { name, role, office } => {
            let office = OfficeFile::read(office)?.open_to_look()?;
            office.add_staff(name, &ask_password()?, *role, by(), now())?;
            format!("{name} works for {} as {role} now.\n", office.policy().store)
        }
        Command::Password { name, office } => {
            let office = OfficeFile::read(office)?.open_to_look()?;
            let member = find(&office, name)?;
            office.set_password(member.key, &ask_password()?, by(), now())?;
            format!("{} has another password now, and is signed out everywhere.\n", member.name)
        }
        Command::List { office } => {
            let office = OfficeFile::read(office)?.open_to_look()?;
            list(&office.staff()?)
        }
    };
    screen.print(&said)?;
    screen.finish()?;
    Ok(ExitCode::SUCCESS)
}

/// Who does what is done here, as the log has it.
fn by() -> Actor {
    Actor::System("command line".to_owned())
}

/// Somebody by their name.
fn find(office: &Office, name: &str) -> Result<StaffMember> {
    let wanted = name.to_lowercase();
    match office.staff()?.into_iter().find(|member| member.name.to_lowercase() == wanted) {
        Some(member) => Ok(member),
        None => bail!("nobody called {name:?} works here: `saunter staff list` shows who does"),
    }
}

/// A password from whoever sits at the terminal, without showing it; elsewhere the first line of standard input.
fn ask_password() -> Result<Password> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        line.truncate(line.trim_end_matches(['\r', '\n']).len());
        return Ok(Password::new(line));
    }
    let terminal = Term::stderr();
    terminal.write_str("Password (12 characters or more): ")?;
    let password = terminal.read_secure_line()?;
    terminal.write_str("Once more: ")?;
    if terminal.read_secure_line()? != password {
        bail!("these were two passwords: nothing was changed, try again");
    }
    Ok(Password::new(password))
}

/// One line for each of them.
fn list(staff: &[StaffMember]) -> String {
    if staff.is_empty() {
        return "Nobody works here yet: add an owner with `saunter staff add NAME --role owner`.\n"
            .to_owned();
    }
    let width = staff.iter().map(|member| console::measure_text_width(&member.name)).max().unwrap_or(0);
    let line = |member: &StaffMember| {
        let name = console::pad_str(&member.name, width, console::Alignment::Left, None);
        let until = member.disabled.map_or(String::new(), |at| format!(", until {}", day(at)));
        format!("{name}  {:8}  since {}{until}\n", member.role, day(member.added))
    };
    staff.iter().map(line).collect()
}

/// The day of a moment, UTC.
fn day(at: Time) -> String {
    at.to_string().chars().take("2026-11-24".len()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_work_here_are_listed() {
        let at = |text: &str| text.parse().unwrap();
        let member = |name: &str, role, disabled: Option<&str>| {
            let added = at("2026-11-24T09:00:00Z");
            let key = "019ab000-0000-7000-8000-000000000000".parse().unwrap();
            StaffMember { key, name: name.to_owned(), role, added, disabled: disabled.map(at) }
        };
        let staff = [
            member("ann", Role::Owner, None),
            member("Zoë Li", Role::Reviewer, Some("2026-12-01T17:00:00Z")),
        ];
        insta::assert_snapshot!(list(&staff), @r"
        ann     owner     since 2026-11-24
        Zoë Li  reviewer  since 2026-11-24, until 2026-12-01
        ");
        assert!(list(&[]).contains("--role owner"));
    }
}
