//! An e-mail address, checked once at the edge.

use std::fmt;

use lettre::Address;

/// RFC 5321, 4.5.3.1.1 and 4.5.3.1.3: octets of a local part, and of a path without its brackets.
const LOCAL_LENGTH_MAX: usize = 64;
const LENGTH_MAX: usize = 254;

/// A checked e-mail address. `Debug` hides it, so that it gets into no log.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct MailAddress(Address);

/// Why a text is no e-mail address. It does not repeat the text, so that it may be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AddressError {
    /// Nothing there.
    #[error("the e-mail address is empty")]
    Empty,
    /// No `@`, or no part on one side of it.
    #[error(
        "an e-mail address has one @ with a name before it and a domain after it, such as ann@example.org"
    )]
    At,
    /// It has a display name, a space, or a control character.
    #[error("write the e-mail address alone: no name, no spaces, no brackets")]
    Alone,
    /// What is before the `@`.
    #[error("what stands before the @ has characters that mail servers do not take, or more than 64 of them")]
    Local,
    /// What is after the `@`.
    #[error("what stands after the @ is not a domain, such as example.org")]
    Domain,
    /// It is too long.
    #[error("the e-mail address is longer than 254 characters")]
    Long,
}

impl MailAddress {
    /// Reads an address as a person types it; spaces around it go, a domain in other letters than ASCII
    /// becomes what the domain name system knows (`bücher.example` → `xn--bcher-kva.example`).
    ///
    /// # Errors
    /// If it is not one address that any mail server takes.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || "<>\"(),:;\\".contains(c)) {
            return Err(AddressError::Alone);
        }
        let (local, domain) = text.split_once('@').ok_or(AddressError::At)?;
        if local.is_empty() || domain.is_empty() || domain.contains('@') {
            return Err(AddressError::At);
        }
        if !local.is_ascii() || local.len() > LOCAL_LENGTH_MAX {
            return Err(AddressError::Local);
        }
        let domain = idna::domain_to_ascii_strict(domain).map_err(|_| AddressError::Domain)?;
        if local.len() + 1 + domain.len() > LENGTH_MAX {
            return Err(AddressError::Long);
        }
        let checked = Address::new(local, domain).map_err(|error| match error {
            lettre::address::AddressError::InvalidUser => AddressError::Local,
            _ => AddressError::Domain,
        })?;
        Ok(Self(checked))
    }

    /// The address in the clear.
    pub fn reveal(&self) -> &str {
        self.0.as_ref()
    }

    pub(super) fn domain(&self) -> &str {
        self.0.domain()
    }

    pub(super) fn address(&self) -> &Address {
        &self.0
    }
}

impl fmt::Debug for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailAddress(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let read = |text: &str| MailAddress::parse(text).map(|address| address.reveal().to_owned());
        assert_eq!(read(" ann@example.org\n").as_deref(), Ok("ann@example.org"));
        assert_eq!(read("a.b+c@bücher.example").as_deref(), Ok("a.b+c@xn--bcher-kva.example"));
        assert_eq!(read("ann@localhost").as_deref(), Ok("ann@localhost"));
    }

    #[test]
    fn what_is_no_address_is_told_why() {
        let why = |text: &str| MailAddress::parse(text).unwrap_err();
        assert_eq!(why("  "), AddressError::Empty);
        assert_eq!(why("ann"), AddressError::At);
        assert_eq!(why("@example.org"), AddressError::At);
        assert_eq!(why("a@b@example.org"), AddressError::At);
        assert_eq!(why("Ann <ann@example.org>"), AddressError::Alone);
        assert_eq!(why("ann@example.org\r\nBcc: x@example.org"), AddressError::Alone);
        assert_eq!(why("ann@example.org,bob@example.org"), AddressError::Alone);
        assert_eq!(why("änn@example.org"), AddressError::Local);
        assert_eq!(why("a..b@example.org"), AddressError::Local);
        assert_eq!(why("ann@exa_mple..org"), AddressError::Domain);
        assert_eq!(why(&format!("{}@example.org", "a".repeat(65))), AddressError::Local);
        assert_eq!(format!("{:?}", MailAddress::parse("ann@example.org")), "Ok(MailAddress(…))");
    }
}
