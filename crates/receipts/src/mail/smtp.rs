//! Handing a mail to a server, step by step, so that it is known how far it came when something breaks.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials as Login, Mechanism};
use lettre::transport::smtp::client::{Certificate, SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail as MailFrom, Rcpt};
use lettre::transport::smtp::extension::ClientId;

use super::{Mail, MailError, Outcome};

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// Not at all: only to this machine.
    Plain,
    /// By TLS after `STARTTLS`, usually port 587. A server that does not offer it gets nothing.
    StartTls,
    /// By TLS from the first byte, usually port 465.
    Tls,
}

/// A user at the mail server. `Debug` hides it.
#[derive(Clone)]
pub struct Credentials {
    user: String,
    password: String,
}

impl Credentials {
    /// A user and their password.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: password.into() }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(…)")
    }
}

/// A mail server that takes our mails.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    host: String,
    port: u16,
    security: Security,
    credentials: Option<Credentials>,
    limit: Duration,
    trusted: Vec<Certificate>,
}

impl SmtpServer {
    /// A server; `limit` is the time that one mail may take in all, whatever the server does.
    ///
    /// # Errors
    /// If it is to be spoken to without TLS and is not this machine.
    pub fn new(
        host: impl Into<String>,
        port: u16,
        security: Security,
        credentials: Option<Credentials>,
        limit: Duration,
    ) -> Result<Self, MailError> {
        let host = host.into();
        let is_here = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        if security == Security::Plain && !is_here {
            return Err(MailError::Plain { host });
        }
        Ok(Self { host, port, security, credentials, limit, trusted: Vec::new() })
    }

    /// Trusts certificates (PEM) beside those that the system trusts, for a relay with one of its own.
    ///
    /// # Errors
    /// If there is no certificate in the text.
    pub fn trusting(mut self, pem: &str) -> Result<Self, MailError> {
        let has_one = pem.contains("-----BEGIN CERTIFICATE-----");
        let read = Certificate::from_pem(pem.as_bytes()).ok().filter(|_| has_one);
        self.trusted.push(read.ok_or(MailError::Certificate)?);
        Ok(self)
    }

    fn tls(&self) -> Result<TlsParameters, Error> {
        let builder = TlsParameters::builder(self.host.clone());
        self.trusted
            .iter()
            .cloned()
            .fold(builder, |builder, one| builder.add_root_certificate(one))
            .build_rustls()
    }
}

/// Nothing that could deliver the mail was said yet.
const PREPARING: u8 = 0;
/// The mail itself is on its way.
const HANDING: u8 = 1;
/// The time is over; the talk must not go on to hand the mail over.
const GIVEN_UP: u8 = 2;

/// Hands a mail to the server, within the server's limit of time.
///
/// The talk runs in a thread of its own, because a server can stretch every single answer: socket time-outs
/// begin anew with each byte. A thread that is given up ends at its socket's time-out.
pub(super) fn send(server: &SmtpServer, mail: &Mail) -> Outcome {
    let progress = Arc::new(AtomicU8::new(PREPARING));
    let (answer, answered) = sync_channel(1);
    let talk = {
        let (server, mail, progress) = (server.clone(), mail.clone(), Arc::clone(&progress));
        // Nobody listens to the answer once the time is over.
        move || drop(answer.send(talk(&server, &mail, &progress)))
    };
    if let Err(error) = std::thread::Builder::new().name("smtp".to_owned()).spawn(talk) {
        return Outcome::Later(format!("no thread to talk to the mail server: {}", error.kind()));
    }
    match answered.recv_timeout(server.limit) {
        Ok(outcome) => outcome,
        Err(why) => {
            let stopped = progress.compare_exchange(PREPARING, GIVEN_UP, Ordering::AcqRel, Ordering::Acquire);
            let what = match why {
                RecvTimeoutError::Timeout => {
                    format!("the mail server took longer than {} s", server.limit.as_secs_f32())
                }
                RecvTimeoutError::Disconnected => "the talk with the mail server broke off".to_owned(),
            };
            if stopped.is_ok() { Outcome::Later(what) } else { Outcome::Unclear(what) }
        }
    }
}

/// A step of the talk that failed.
struct Failed {
    step: &'static str,
    error: Error,
}

fn at(step: &'static str) -> impl FnOnce(Error) -> Failed {
    move |error| Failed { step, error }
}

impl Failed {
    /// Without what the server said, which often repeats the address.
    fn text(&self) -> String {
        match self.error.status() {
            Some(code) => format!("the mail server answered {code} to {}", self.step),
            None if self.error.is_timeout() => {
                format!("the mail server did not answer to {} in time", self.step)
            }
            None => format!("the connection to the mail server failed at {}", self.step),
        }
    }
}

fn talk(server: &SmtpServer, mail: &Mail, progress: &AtomicU8) -> Outcome {
    let mut connection = match connect(server, mail) {
        Ok(connection) => connection,
        // Greeting, TLS and login tell of the server or its settings, not of this mail.
        Err(failed) => return Outcome::Later(failed.text()),
    };
    if let Err(failed) = address(&mut connection, mail) {
        return match failed.error.is_permanent() {
            true => Outcome::Refused(failed.text()),
            false => Outcome::Later(failed.text()),
        };
    }
    if progress.compare_exchange(PREPARING, HANDING, Ordering::AcqRel, Ordering::Acquire).is_err() {
        connection.abort();
        return Outcome::Later("the time was over".to_owned());
    }
    match connection.message(mail.bytes()).map_err(at("the mail itself")) {
        Ok(_) => {
            // The mail is taken; what comes of the farewell does not matter.
            drop(connection.quit());
            Outcome::Sent
        }
        Err(failed) if failed.error.is_permanent() => Outcome::Refused(failed.text()),
        Err(failed) if failed.error.is_transient() => Outcome::Later(failed.text()),
        Err(failed) => Outcome::Unclear(failed.text()),
    }
}

fn connect(server: &SmtpServer, mail: &Mail) -> Result<SmtpConnection, Failed> {
    let hello = ClientId::Domain(mail.from().domain().to_owned());
    let tls = || server.tls().map_err(at("TLS"));
    let wrapped = if server.security == Security::Tls { Some(tls()?) } else { None };
    let place = (server.host.as_str(), server.port);
    let mut connection = SmtpConnection::connect(place, Some(server.limit), &hello, wrapped.as_ref(), None)
        .map_err(at("the greeting"))?;
    if server.security == Security::StartTls {
        connection.starttls(&tls()?, &hello).map_err(at("STARTTLS"))?;
    }
    if let Some(Credentials { user, password }) = &server.credentials {
        let login = Login::new(user.clone(), password.clone());
        connection.auth(&[Mechanism::Plain, Mechanism::Login], &login).map_err(at("the login"))?;
    }
    Ok(connection)
}

fn address(connection: &mut SmtpConnection, mail: &Mail) -> Result<(), Failed> {
    let from = MailFrom::new(Some(mail.from().address().clone()), Vec::new());
    connection.command(from).map_err(at("the sender"))?;
    connection.command(Rcpt::new(mail.to().address().clone(), Vec::new())).map_err(at("the recipient"))?;
    connection.command(Data).map_err(at("DATA"))?;
    Ok(())
}
