//! Names made of titles and codes.

use crate::model::{Address, Name};
use std::collections::BTreeSet;

/// The longest name that is made; a number may come behind it.
const MOST_BYTES: usize = 50;

/// A name of a title: its letters as plain lower-case ones, everything else a hyphen.
pub(super) fn slug(title: &str, otherwise: &str) -> String {
    let plain = deunicode::deunicode(title).to_ascii_lowercase();
    let mut out = String::new();
    for character in plain.chars() {
        if character.is_ascii_alphanumeric() {
            out.push(character);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.truncate(MOST_BYTES);
    let out = out.trim_end_matches('-');
    match Name::check(out) {
        Ok(()) => out.to_owned(),
        Err(_) if out.is_empty() => otherwise.to_owned(),
        Err(_) => format!("{otherwise}-{out}"),
    }
}

/// The first free name: this one, or this one and a number.
pub(super) fn free(wanted: &str, is_free: impl Fn(&str) -> bool) -> String {
    if is_free(wanted) {
        return wanted.to_owned();
    }
    let mut number = 2usize;
    loop {
        let name = format!("{wanted}-{number}");
        if is_free(&name) {
            return name;
        }
        number += 1;
    }
}

/// A free name of a kind, taken.
pub(super) fn take(taken: &mut BTreeSet<Address>, kind: &str, title: &str) -> String {
    let wanted = slug(title, kind);
    let name = free(&wanted, |name| !taken.contains(&Address::new(kind, name)));
    taken.insert(Address::new(kind, name.as_str()));
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_names() {
        let cases = [
            (
                "Web Development, September 2026",
                "web-development-september-2026",
            ),
            ("COMEBACK10", "comeback10"),
            ("  --A--  ", "a"),
            ("Малювання", "maliuvannia"),
            ("Été à Paris", "ete-a-paris"),
            ("None", "offer-none"),
            ("***", "offer"),
            ("", "offer"),
        ];
        for (title, expected) in cases {
            assert_eq!(slug(title, "offer"), expected, "{title}");
        }
        let long = slug(&"a ".repeat(60), "offer");
        assert!(Name::check(&long).is_ok() && long.len() <= 50, "{long}");
    }

    #[test]
    fn no_name_is_given_twice() {
        let mut taken = BTreeSet::new();
        let names: Vec<String> = ["A", "a", "A!"]
            .iter()
            .map(|title| take(&mut taken, "offer", title))
            .collect();
        assert_eq!(names, ["a", "a-2", "a-3"]);
    }
}
