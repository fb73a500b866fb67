//! Words that CI systems obey when they read them in a log, and forms for machines without them.
//!
//! GitHub's runner obeys a line that begins with `::`, spaces before it or not; it and Azure
//! Pipelines obey `##[…]` and `##vso[…]` anywhere in a line, TeamCity `##teamcity[…]`. GitLab's
//! section marks need control codes, which are shown as text anyway.

use super::terminal::is_obeyed;

/// Where a sign stands that must be written differently so that nothing is obeyed: byte offsets of
/// a `#` or a `:`, in order.
pub(super) fn signs(text: &str) -> Vec<usize> {
    let mut found = anywhere(text);
    found.extend(beginnings(text));
    found.sort_unstable();
    found
}

/// JSON that neither a terminal nor a CI system obeys, and that means the same.
pub fn harmless_json(text: String) -> String {
    // Its lines never begin with `::`, and `##` stands in texts alone.
    let signs = anywhere(&text);
    written(text, &signs, |char| format!("\\u{:04x}", u32::from(char)))
}

/// XML that neither a terminal nor a CI system obeys, and that means the same.
pub(super) fn harmless_xml(text: String) -> String {
    let signs = signs(&text);
    written(text, &signs, |char| format!("&#{};", u32::from(char)))
}

/// The second `#` of each `##WORD[`.
fn anywhere(text: &str) -> Vec<usize> {
    text.match_indices('[')
        .filter_map(|(at, _)| {
            let before = text.get(..at)?;
            let before = before.trim_end_matches(|char: char| char.is_ascii_alphabetic());
            before.ends_with("##").then(|| before.len() - 1)
        })
        .collect()
}

/// The first `:` of each line that begins with two.
fn beginnings(text: &str) -> Vec<usize> {
    let mut start = 0;
    let mut found = Vec::new();
    for line in text.split_inclusive(['\n', '\r']) {
        let words = line.trim_start();
        if words.starts_with("::") {
            found.push(start + line.len() - words.len());
        }
        start += line.len();
    }
    found
}

/// The text with signs, and what a terminal would obey, written otherwise. Blanks stay.
fn written(text: String, signs: &[usize], with: impl Fn(char) -> String) -> String {
    let stays = |char: char| !is_obeyed(char) || matches!(char, '\n' | '\t' | '\r');
    if signs.is_empty() && text.chars().all(stays) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 64);
    for (at, char) in text.char_indices() {
        if stays(char) && signs.binary_search(&at).is_err() {
            out.push(char);
        } else {
            out.push_str(&with(char));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_found_where_they_are_obeyed() {
        for (text, expected) in [
            ("a :: b", &[][..]),
            ("::error::x", &[0]),
            ("a\n \t::error::x", &[4]),
            ("é\r::stop-commands::x", &[3]),
            ("x ##vso[task.complete]", &[3]),
            ("###[error]x", &[2]),
            ("##VSO[x]##[y]", &[1, 9]),
            ("##teamcity[x]", &[1]),
            ("## [a heading](x), #[attribute], ##1[", &[]),
        ] {
            assert_eq!(signs(text), expected, "{text:?}");
        }
    }

    #[test]
    fn json_and_xml_mean_the_same() {
        let text = "##[error]\n::x ##vso[é]\u{9b}\u{202e}";
        let json = serde_json::Value::from(text).to_string();
        let harmless = harmless_json(json);
        assert!(signs(&harmless).is_empty(), "{harmless}");
        assert!(harmless.ends_with("\\u009b\\u202e\""), "{harmless}");
        assert_eq!(
            serde_json::from_str::<String>(&harmless).ok().as_deref(),
            Some(text)
        );
        assert_eq!(
            harmless_xml(text.to_owned()),
            "#&#35;[error]\n&#58;:x #&#35;vso[é]&#155;&#8238;"
        );
    }
}
