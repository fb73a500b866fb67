//! The patterns of `exclude`.

/// A pattern over paths from the project's folder, with `/` between names.
///
/// `*` stands for any part of a name, `?` for one character, `**` for any number of names. A pattern
/// without `/` counts for names in every folder (`./name` for one place only); a folder that matches leaves out all that is in it.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    names: Vec<String>,
}

impl Pattern {
    /// Reads a pattern; a trailing `/` means nothing.
    pub(super) fn new(text: &str) -> Self {
        let text = text.trim_end_matches('/');
        let anywhere = !text.contains('/');
        let mut names: Vec<String> = text
            .split('/')
            .filter(|name| !matches!(*name, "" | "."))
            .map(str::to_owned)
            .collect();
        if anywhere && !names.is_empty() {
            names.insert(0, "**".to_owned());
        }
        Pattern { names }
    }

    /// Whether the pattern leaves out the path.
    pub(super) fn matches(&self, path: &str) -> bool {
        let names: Vec<&str> = path.split('/').collect();
        // Any folder above may match too. `drafts/**` stands for all that is in `drafts`.
        (1..=names.len()).any(|length| match names.get(..length) {
            Some(part) => matches_names(&self.names, part),
            None => false,
        })
    }
}

/// Whether the names match one by one; `**` takes any number of them.
fn matches_names(pattern: &[String], names: &[&str]) -> bool {
    backtrack(
        pattern.len(),
        names.len(),
        |at| pattern.get(at).is_some_and(|name| name == "**"),
        |at, name_at| match (pattern.get(at), names.get(name_at)) {
            (Some(pattern), Some(name)) => matches_name(pattern, name),
            (None, _) | (_, None) => false,
        },
    )
}

/// Whether one name matches.
fn matches_name(pattern: &str, name: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    backtrack(
        pattern.len(),
        name.len(),
        |at| pattern.get(at) == Some(&'*'),
        |at, char_at| match pattern.get(at) {
            Some('?') => true,
            Some(char) => name.get(char_at) == Some(char),
            None => false,
        },
    )
}

/// Matching with wildcards in at most `pattern × text` steps: only the last wildcard is ever tried
/// again.
fn backtrack(
    pattern_len: usize,
    text_len: usize,
    is_star: impl Fn(usize) -> bool,
    fits: impl Fn(usize, usize) -> bool,
) -> bool {
    let (mut at, mut text_at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while text_at < text_len {
        if at < pattern_len && is_star(at) {
            retry = Some((at, text_at));
            at += 1;
        } else if at < pattern_len && fits(at, text_at) {
            at += 1;
            text_at += 1;
        } else if let Some((star, taken)) = retry {
            retry = Some((star, taken + 1));
            at = star + 1;
            text_at = taken + 1;
        } else {
            return false;
        }
    }
    (at..pattern_len).all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_what_the_pattern_names() {
        let check = |pattern: &str, path: &str, expected: bool| {
            assert_eq!(
                Pattern::new(pattern).matches(path),
                expected,
                "{pattern} {path}"
            );
        };
        check("drafts/**", "drafts/a.yaml", true);
        check("drafts/**", "drafts/deep/a.yaml", true);
        check("drafts/**", "other/drafts/a.yaml", false);
        check("drafts/", "drafts/a.yaml", true);
        check("drafts", "other/drafts/a.yaml", true);
        check("./drafts/a.yaml", "drafts/a.yaml", true);
        check("./a.yaml", "a.yaml", true);
        check("./a.yaml", "x/a.yaml", false);
        check("*.draft.yaml", "x/y.draft.yaml", true);
        check("*.draft.yaml", "x/y.yaml", false);
        check("**/old/*.yaml", "old/a.yaml", true);
        check("**/old/*.yaml", "x/y/old/a.yaml", true);
        check("offers/*.yaml", "offers/deep/a.yaml", false);
        check("a?c.yaml", "abc.yaml", true);
        check("a?c.yaml", "ac.yaml", false);
        check("", "a.yaml", false);
    }

    #[test]
    fn many_stars_are_no_trap() {
        let pattern = Pattern::new(&"*a".repeat(200));
        assert!(!pattern.matches(&"a".repeat(190)));
    }
}
