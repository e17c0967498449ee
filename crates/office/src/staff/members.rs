//! Who works for the store.

use model::Time;

use super::log::{StaffEvent, note};
use super::password::Password;
use super::role::Role;
use super::{StaffError, moment};
use crate::error::OfficeError;
use crate::ids::StaffKey;
use crate::office::Office;
use crate::sessions::{self, Visitor};
use crate::storage::{Database, Row, StorageError};
use crate::trip::Actor;

/// The most characters of a name.
const NAME: usize = 64;

/// Somebody who works for the store, or did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffMember {
    /// Their key.
    pub key: StaffKey,
    /// The name of their login, as it was given.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Since when they work here.
    pub added: Time,
    /// Since when they may not sign in any more.
    pub disabled: Option<Time>,
}

impl StaffMember {
    /// Who did what they do.
    pub fn actor(&self) -> Actor {
        Actor::Staff(self.name.clone())
    }
}

impl Office {
    /// Somebody begins to work here. Names that differ in capital letters only are the same.
    ///
    /// # Errors
    /// If the name is none or somebody's, or nobody should have the password.
    pub fn add_staff(
        &self,
        name: &str,
        password: &Password,
        role: Role,
        by: Actor,
        now: Time,
    ) -> Result<StaffKey, OfficeError> {
        check_name(name)?;
        password.check(name)?;
        let (store, name, hash) = (self.policy.store.clone(), name.to_owned(), password.hash()?);
        let key = StaffKey::new(now);
        self.storage.write(move |database| {
            let added = database.execute(
                "INSERT INTO staff (staff, store, name, folded, role, password, added_ns, disabled_ns) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7, NULL) ON CONFLICT (store, folded) DO NOTHING",
                &[
                    (&key).into(),
                    store.as_str().into(),
                    name.as_str().into(),
                    folded(&name).as_str().into(),
                    role.as_str().into(),
                    hash.as_str().into(),
                    now.nanos().into(),
                ],
            )?;
            if added == 0 {
                return Err(StaffError::NameTaken.into());
            }
            note(database, &store, now, Some(key), &StaffEvent::Added { role }, &by)?;
            Ok(key)
        })
    }

    /// Somebody does something else from now on; their sessions end.
    ///
    /// # Errors
    /// If they don't work here, or are the last owner and would not be one.
    pub fn set_role(&self, staff: StaffKey, role: Role, by: Actor, now: Time) -> Result<(), OfficeError> {
        self.change(staff, by, now, StaffEvent::RoleSet { role }, move |database, store| {
            if role != Role::Owner {
                must_not_be_last_owner(database, store, staff)?;
            }
            database.execute(
                "UPDATE staff SET role = $2 WHERE staff = $1",
                &[(&staff).into(), role.as_str().into()],
            )?;
            Ok(())
        })
    }

    /// Somebody has another password; their sessions end.
    ///
    /// # Errors
    /// If they don't work here, or nobody should have the password.
    pub fn set_password(
        &self,
        staff: StaffKey,
        password: &Password,
        by: Actor,
        now: Time,
    ) -> Result<(), OfficeError> {
        let member = self.storage.read(|database| working(database, &self.policy.store, staff))?;
        password.check(&member.name)?;
        let hash = password.hash()?;
        self.change(staff, by, now, StaffEvent::PasswordSet, move |database, _| {
            database.execute(
                "UPDATE staff SET password = $2 WHERE staff = $1",
                &[(&staff).into(), hash.as_str().into()],
            )?;
            Ok(())
        })
    }

    /// Somebody works here no more: they can't sign in, and their sessions end. Their name stays theirs. Badges
    /// are another matter: [`Office::remove_badges`].
    ///
    /// # Errors
    /// If they don't work here, or are the last owner.
    pub fn disable_staff(&self, staff: StaffKey, by: Actor, now: Time) -> Result<(), OfficeError> {
        self.change(staff, by, now, StaffEvent::Disabled, move |database, store| {
            must_not_be_last_owner(database, store, staff)?;
            database.execute(
                "UPDATE staff SET disabled_ns = $2 WHERE staff = $1",
                &[(&staff).into(), now.nanos().into()],
            )?;
            Ok(())
        })
    }

    /// Those who work here or did, by name.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn staff(&self) -> Result<Vec<StaffMember>, OfficeError> {
        self.storage.read(|database| {
            let rows = database.query(
                "SELECT staff, name, role, added_ns, disabled_ns FROM staff WHERE store = $1 ORDER BY folded",
                &[self.policy.store.as_str().into()],
            )?;
            Ok(rows.iter().map(member).collect::<Result<_, _>>()?)
        })
    }

    /// Whether anybody works here: before, nobody can sign in, and the first owner must be added.
    ///
    /// # Errors
    /// If the tables can't be read.
    pub fn has_staff(&self) -> Result<bool, OfficeError> {
        self.storage.read(|database| {
            let any = database.query_one(
                "SELECT staff FROM staff WHERE store = $1 AND disabled_ns IS NULL LIMIT 1",
                &[self.policy.store.as_str().into()],
            )?;
            Ok(any.is_some())
        })
    }

    /// Changes somebody who works here, ends their sessions, and notes it.
    fn change(
        &self,
        staff: StaffKey,
        by: Actor,
        now: Time,
        event: StaffEvent,
        change: impl FnOnce(&mut dyn Database, &str) -> Result<(), OfficeError> + Send + 'static,
    ) -> Result<(), OfficeError> {
        let store = self.policy.store.clone();
        self.storage.write(move |database| {
            working(database, &store, staff)?;
            change(database, &store)?;
            sessions::end_of(database, Visitor::Staff(staff))?;
            note(database, &store, now, Some(staff), &event, &by)?;
            Ok(())
        })
    }
}

/// A name as it is compared.
pub(super) fn folded(name: &str) -> String {
    name.to_lowercase()
}

/// Fails if this is no name. Spaces are the plain one only, so that names that look alike are.
fn check_name(name: &str) -> Result<(), StaffError> {
    let is_printed = |c: char| c == ' ' || !(c.is_control() || c.is_whitespace() || is_invisible(c));
    let is_name =
        (1..=NAME).contains(&name.chars().count()) && name.trim() == name && name.chars().all(is_printed);
    if is_name { Ok(()) } else { Err(StaffError::Name { most: NAME }) }
}

/// Characters that are not seen, or turn others around (Unicode's general category Cf, the common ones).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Somebody of this store, whether they work here still or not.
pub(crate) fn by_key(
    database: &mut dyn Database,
    store: &str,
    staff: StaffKey,
) -> Result<Option<StaffMember>, StorageError> {
    let row = database.query_one(
        "SELECT staff, name, role, added_ns, disabled_ns FROM staff WHERE staff = $1 AND store = $2",
        &[(&staff).into(), store.into()],
    )?;
    row.as_ref().map(member).transpose()
}

/// Somebody who works here.
pub(super) fn working(
    database: &mut dyn Database,
    store: &str,
    staff: StaffKey,
) -> Result<StaffMember, OfficeError> {
    let member = by_key(database, store, staff)?.filter(|member| member.disabled.is_none());
    member.ok_or_else(|| StaffError::NoStaff.into())
}

/// Fails if no other owner works here.
fn must_not_be_last_owner(
    database: &mut dyn Database,
    store: &str,
    staff: StaffKey,
) -> Result<(), OfficeError> {
    let owners = database.query(
        "SELECT staff FROM staff WHERE store = $1 AND role = 'owner' AND disabled_ns IS NULL LIMIT 2",
        &[store.into()],
    )?;
    match owners.as_slice() {
        [only] if only.blob(0)? == staff.as_bytes() => Err(StaffError::LastOwner.into()),
        _ => Ok(()),
    }
}

/// From key, name, role, and moments.
pub(super) fn member(row: &Row) -> Result<StaffMember, StorageError> {
    Ok(StaffMember {
        key: StaffKey::from_bytes(row.blob(0)?)?,
        name: row.text(1)?.to_owned(),
        role: row.text(2)?.parse().map_err(|error: StaffError| StorageError::Damaged(error.to_string()))?,
        added: Time::from_nanos(row.int(3)?),
        disabled: moment(row.int_if_any(4)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_printable_and_looks_like_no_other() {
        for (name, is_one) in [
            ("ann", true),
            ("Ann Lee", true),
            ("Зоя", true),
            (&"n".repeat(64), true),
            (&"n".repeat(65), false),
            ("", false),
            (" ann", false),
            ("ann\n", false),
            ("an\u{a0}n", false),
            ("an\u{200b}n", false),
            ("\u{202e}nna", false),
        ] {
            assert_eq!(check_name(name).is_ok(), is_one, "{name:?}");
        }
    }
}
