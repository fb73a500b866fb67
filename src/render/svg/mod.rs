//! SVG: charts in one file, without scripts.
//!
//! Colours are attributes, for a file that stands alone; classes let a page give its own.

pub mod graph;
pub mod timeline;

use std::collections::BTreeMap;

/// Addresses that a chart marks, each with its sign.
pub type Marks = BTreeMap<String, &'static str>;

/// A text of at most so many columns.
fn shortened(name: &str, most: usize) -> String {
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
    if name.width() <= most {
        return name.to_owned();
    }
    let mut left = most.saturating_sub(1);
    let fits = |char: &char| {
        let width = char.width().unwrap_or(0);
        let has_room = width <= left;
        left = left.saturating_sub(width);
        has_room
    };
    let kept: String = name.chars().take_while(fits).collect();
    format!("{kept}…")
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn names_are_shortened_by_what_they_take() {
        assert_eq!(shortened("abc", 3), "abc");
        assert_eq!(shortened("abcd", 3), "ab…");
        // Each takes two columns.
        assert_eq!(shortened("日本語", 6), "日本語");
        assert_eq!(shortened("日本語", 5), "日本…");
        assert_eq!(shortened("日本語", 4), "日…");
    }
}
