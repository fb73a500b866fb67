//! Identity: addresses here, ids on the platform.

use std::fmt;
use std::sync::Arc;

/// `kind.name`: what an object is called in the configuration, unique in a project.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The kind, `offer`.
    pub kind: Arc<str>,
    /// The name, `web-dev-2026-09`.
    pub name: Arc<str>,
}

impl Address {
    /// An address of two texts that are known to be well formed.
    pub fn new(kind: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> Self {
        Address {
            kind: kind.into(),
            name: name.into(),
        }
    }

    /// Reads `kind.name`.
    ///
    /// # Errors
    /// The name is not a slug, or there is no dot.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let (kind, name) = text.split_once('.').ok_or(NameError::Malformed)?;
        Name::check(kind)?;
        Name::check(name)?;
        Ok(Address::new(kind, name))
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind, self.name)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// An object's id on the platform: a positive integer of the platform's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RemoteId(pub i64);

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The name of a document: `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(pub Arc<str>);

/// Names that mean something else where a name could stand.
pub const RESERVED_NAMES: &[&str] = &["none", "any", "all"];

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not a slug.
    #[error(
        "a name is 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends"
    )]
    Malformed,
    /// `none`, `any` or `all`.
    #[error("`none`, `any` and `all` are reserved and cannot be names")]
    Reserved,
}

impl Name {
    /// Whether a text is a name.
    ///
    /// # Errors
    /// It is not a slug, or reserved.
    pub fn check(text: &str) -> Result<(), NameError> {
        let bytes = text.as_bytes();
        let ends = |byte: Option<&u8>| {
            byte.is_some_and(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let inner = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-';
        if bytes.len() > 63
            || !ends(bytes.first())
            || !ends(bytes.last())
            || !bytes.iter().all(inner)
        {
            return Err(NameError::Malformed);
        }
        if RESERVED_NAMES.contains(&text) {
            return Err(NameError::Reserved);
        }
        Ok(())
    }

    /// Reads a name.
    ///
    /// # Errors
    /// It is not a slug, or reserved.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        Name::check(text)?;
        Ok(Name(text.into()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Name::parse(text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_slugs_of_at_most_63() {
        for good in ["a", "0", "web-dev-2026-09", &"a".repeat(63)] {
            assert_eq!(Name::check(good), Ok(()), "{good}");
        }
        for bad in ["", "-a", "a-", "A", "a_b", "ä", &"a".repeat(64)] {
            assert_eq!(Name::check(bad), Err(NameError::Malformed), "{bad}");
        }
        assert_eq!(Name::check("none"), Err(NameError::Reserved));
    }
}
