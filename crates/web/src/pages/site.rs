//! What all pages share.

use std::ops::Deref;
use std::sync::Arc;

use office::{Office, OfficeError};

use super::client::Hourly;
use super::demo::Demo;
use super::error::PageError;
use super::palm::Palms;
use crate::api::Web;
use crate::live::Live;
use crate::serve::Pages;

/// Links that a client may have mailed in an hour: a household with typing errors, or a small office.
const MAILS: u32 = 20;

/// Challenges that a client may have in an hour to sign in with passkeys: all staff of a large store behind one address.
const CHALLENGES: u32 = 120;
/// Sign-ins of staff that may fail for a client in an hour. Each name has waits of its own in the office; this is
/// against one who tries a password with many names.
const SIGN_INS: u32 = 30;

/// What all pages share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Site(Arc<Shared>);

/// The parts.
pub(crate) struct Shared {
    /// The office, its configuration and its clock.
    pub(crate) web: Web,
    /// What goes on in the store, where one is watched.
    pub(crate) live: Option<Live>,
    /// The simulated store that visitors play in, if this is a demo.
    pub(crate) demo: Option<Demo>,
    /// What the kiosks with cameras share.
    pub(crate) palms: Palms,
    /// How many links each client may have mailed.
    pub(crate) mails: Hourly,
    /// How often each client may begin to sign in with a passkey.
    pub(crate) challenges: Hourly,
    /// How many sign-ins of staff may fail for each client.
    pub(crate) sign_ins: Hourly,
}

impl Site {
    pub(crate) fn new(web: Web, pages: Pages) -> Self {
        let (mails, challenges, sign_ins) =
            (Hourly::new(MAILS), Hourly::new(CHALLENGES), Hourly::new(SIGN_INS));
        let Pages { live, demo, eye } = pages;
        let palms = Palms::new(eye);
        Self(Arc::new(Shared { web, live, demo, palms, mails, challenges, sign_ins }))
    }

    /// The demo, or "there is nothing here".
    pub(crate) fn demo(&self) -> Result<&Demo, PageError> {
        self.0.demo.as_ref().ok_or(PageError::NotFound)
    }

    /// The live store, or "there is nothing here".
    pub(crate) fn live(&self) -> Result<&Live, PageError> {
        self.0.live.as_ref().ok_or(PageError::NotFound)
    }

    /// Calls the office, which blocks.
    pub(crate) async fn office<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Office) -> Result<T, OfficeError> + Send + 'static,
    ) -> Result<T, PageError> {
        let done = self.0.web.call(work).await;
        done.ok_or_else(|| PageError::Broken("the office's work ended in the middle".to_owned()))?
            .map_err(PageError::from)
    }
}

impl Deref for Site {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}
