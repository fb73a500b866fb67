//! Text inside of XML and HTML.

use super::terminal::escape;

/// Text on one line that is no markup, and holds nothing that XML forbids. What a terminal would obey is told by
/// its code.
pub fn line(raw: &str) -> String {
    entities(&escape(raw))
}

/// Text that is no markup, of what is harmless in all else already.
pub fn entities(shown: &str) -> String {
    shown
        .chars()
        .filter(|char| !matches!(char, '\u{fffe}' | '\u{ffff}'))
        .fold(String::with_capacity(shown.len()), |mut out, char| {
            match char {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                char => out.push(char),
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        assert_eq!(
            line("<a b=\"c\">]]>&amp;</a>"),
            "&lt;a b=&quot;c&quot;&gt;]]&gt;&amp;amp;&lt;/a&gt;"
        );
        assert_eq!(line("a\u{0}\u{1b}b\u{ffff}"), "a\\u{0}\\u{1b}b");
        assert_eq!(line("<a>\r\n\u{ffff}::b"), "&lt;a&gt;\\r\\n::b");
        assert_eq!(line("::<b>"), "\\u{3a}:&lt;b&gt;");
    }
}
