//! The pages that anybody can open in a demo.

/// Their addresses, and a name for the picture of each.
pub(crate) const PAGES: &[(&str, &str)] = &[("demo", "/demo"), ("mailbox", "/demo/mail")];
