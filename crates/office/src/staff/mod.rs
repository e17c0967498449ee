//! Those who work for the store: who they are, what they may do, how they sign in, what they did.

mod log;
mod members;
mod passkeys;
mod password;
mod role;
mod sign_in;

pub use log::{StaffEvent, StaffLogEntry};
pub use members::StaffMember;
pub(crate) use members::by_key;
use model::Time;
pub(crate) use passkeys::drop_old_challenges;
pub use passkeys::{NewPasskey, Passkey, PasskeyError, PasskeyProof};
pub use password::Password;
pub use role::{Right, Role};
pub use sign_in::SignIn;
pub(crate) use sign_in::drop_old_failures;

/// What can't be done with those who work for the store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StaffError {
    /// Nobody, or somebody who may not sign in any more.
    #[error("nobody of this name works here, or no longer")]
    NoStaff,
    /// Not a name.
    #[error("a name has 1 to {most} characters that can be printed, without spaces around them")]
    Name {
        /// How many it may have.
        most: usize,
    },
    /// The name is somebody's, or was.
    #[error("somebody has this name, or had it: choose another one")]
    NameTaken,
    /// Not a role.
    #[error("{0:?} is no role: write owner, operator, reviewer, support or viewer")]
    Role(String),
    /// Too short or too long.
    #[error("a password has {least} to {most} characters: several words are easy to remember")]
    PasswordLength {
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
    },
    /// The first thing that anybody tries.
    #[error("the password is the name: choose one that others don't guess")]
    PasswordIsName,
    /// Nobody would be left to say who works here.
    #[error("this is the last owner: make somebody else one first")]
    LastOwner,
    /// A passkey can't be taken.
    #[error(transparent)]
    Passkey(#[from] PasskeyError),
    /// A hash of a password can't be made or read.
    #[error("the hash of a password can't be made or read: {0}; set the password anew")]
    Hash(String),
}

/// A moment that may be missing in a table.
fn moment(nanos: Option<i64>) -> Option<Time> {
    nanos.map(Time::from_nanos)
}
