//! Where something stands inside a document.

use std::fmt;

/// One step into a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seg {
    /// Into a mapping.
    Key(Box<str>),
    /// Into a sequence, from 0.
    Index(usize),
}

/// Steps from the top of a document to a value in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path(pub Vec<Seg>);

impl Path {
    /// The document itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// This path and a key.
    #[must_use]
    pub fn key(&self, key: &str) -> Self {
        let mut path = self.clone();
        path.0.push(Seg::Key(key.into()));
        path
    }

    /// This path and an index.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut path = self.clone();
        path.0.push(Seg::Index(index));
        path
    }

    /// The first key, if the path starts with one.
    pub fn field(&self) -> Option<&str> {
        match self.0.first() {
            Some(Seg::Key(key)) => Some(key),
            Some(Seg::Index(_)) | None => None,
        }
    }

    /// Parses the form that [`Path`]'s `Display` writes: `payment.schedule[0].due`.
    pub fn parse(text: &str) -> Self {
        let mut path = Path::root();
        for piece in text.split('.').filter(|piece| !piece.is_empty()) {
            let (key, rest) = piece.split_once('[').map_or((piece, ""), |(k, r)| (k, r));
            if !key.is_empty() {
                path.0.push(Seg::Key(key.into()));
            }
            for index in rest.split('[').filter_map(|part| part.strip_suffix(']')) {
                if let Ok(index) = index.parse() {
                    path.0.push(Seg::Index(index));
                }
            }
        }
        path
    }
}

impl From<&[&str]> for Path {
    fn from(keys: &[&str]) -> Self {
        Path(keys.iter().map(|key| Seg::Key((*key).into())).collect())
    }
}

/// `payment.schedule[0].due`
impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                Seg::Key(key) if at == 0 => f.write_str(key)?,
                Seg::Key(key) => write!(f, ".{key}")?,
                Seg::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_and_reads_the_usual_form() {
        let path = Path::root()
            .key("payment")
            .key("schedule")
            .index(0)
            .key("due");
        assert_eq!(path.to_string(), "payment.schedule[0].due");
        assert_eq!(Path::parse("payment.schedule[0].due"), path);
    }
}
