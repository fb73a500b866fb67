//! A rendered letter → the Markdown that gives it, where there is some.
//!
//! What is proposed is rendered again: only what gives the same HTML and plain text counts.

use super::markdown::{to_html, to_text};
use super::marks;

/// The subject and body of a letter that is rendered to these.
pub fn unrendered(subject: &str, html: &str, text: &str) -> Option<(String, String)> {
    let is_line = subject.trim() == subject && !subject.contains(['\n', '\r']);
    let all = [subject, html, text];
    if !is_line || all.iter().any(|it| marks::forbidden(it).is_some()) {
        return None;
    }
    let candidates = [
        from_html(html),
        Some(text.to_owned()),
        Some(html.to_owned()),
    ];
    let body = candidates
        .into_iter()
        .flatten()
        .find(|body| to_html(body) == html && to_text(body) == text)?;
    Some((subject.to_owned(), body))
}

/// The Markdown of plain HTML: paragraphs, headings, lists, links, emphasis.
fn from_html(html: &str) -> Option<String> {
    let mut out = Writer::default();
    let mut rest = html;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('<') {
            let (tag, after) = inner.split_once('>')?;
            out.tag(tag.trim_end_matches(" /"))?;
            rest = after;
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            out.text(&unescaped(text));
            rest = after;
        }
    }
    let text = out.out.trim_end().to_owned();
    (!text.is_empty()).then(|| text + "\n")
}

#[derive(Default)]
struct Writer {
    out: String,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    links: Vec<String>,
    quotes: usize,
    in_block: bool,
}

impl Writer {
    fn tag(&mut self, tag: &str) -> Option<()> {
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        match name {
            "p" => self.begin(""),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = name.get(1..)?.parse().ok()?;
                self.begin(&format!("{} ", "#".repeat(level)));
            }
            "/p" | "/h1" | "/h2" | "/h3" | "/h4" | "/h5" | "/h6" => self.end(),
            "strong" | "/strong" => self.out.push_str("**"),
            "em" | "/em" => self.out.push('*'),
            "del" | "/del" => self.out.push_str("~~"),
            "br" => {
                let margin = self.margin();
                self.out.push_str("\\\n");
                self.out.push_str(&margin);
            }
            "hr" => {
                self.begin("---");
                self.end();
            }
            "ul" => self.lists.push(None),
            "ol" => {
                let start = attributes
                    .strip_prefix("start=\"")
                    .and_then(|it| it.strip_suffix('"'));
                self.lists.push(Some(start.unwrap_or("1").parse().ok()?));
            }
            "/ul" | "/ol" => {
                self.lists.pop()?;
                if self.lists.is_empty() {
                    self.blank_line();
                }
            }
            "li" => {
                let depth = self.lists.len().checked_sub(1)?;
                self.fresh_line();
                let bullet = match self.lists.last_mut()? {
                    Some(number) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    None => "- ".to_owned(),
                };
                self.out.push_str(&"   ".repeat(depth));
                self.out.push_str(&bullet);
                self.in_block = true;
            }
            "/li" => {
                self.in_block = false;
                self.fresh_line();
            }
            "blockquote" => self.quotes += 1,
            "/blockquote" => self.quotes = self.quotes.checked_sub(1)?,
            "a" => {
                let address = attributes.strip_prefix("href=\"")?.strip_suffix('"')?;
                self.links.push(unescaped(address));
                self.out.push('[');
            }
            "/a" => {
                let address = self.links.pop()?;
                let is_bare = !address.contains([' ', '(', ')', '<', '>', '\n']);
                self.out.push_str(&match is_bare {
                    true => format!("]({address})"),
                    false => format!("](<{address}>)"),
                });
            }
            _ => return None,
        }
        Some(())
    }

    fn text(&mut self, text: &str) {
        if !self.in_block && text.trim().is_empty() {
            return;
        }
        if let Some((before, rest)) = text.split_once("{{")
            && let Some((value, after)) = rest.split_once("}}")
        {
            self.text(before);
            self.out.push_str(&format!("{{{{{value}}}}}"));
            return self.text(after);
        }
        let margin = self.margin();
        for character in text.chars() {
            match character {
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|' => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '#' | '+' | '-' | '=' if self.at_line_start() => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '.' | ')' if self.is_behind_number() => {
                    self.out.push('\\');
                    self.out.push(character);
                }
                '&' => self.out.push_str("&amp;"),
                '\n' => {
                    self.out.push('\n');
                    self.out.push_str(&margin);
                }
                other => self.out.push(other),
            }
        }
    }

    fn line(&self) -> &str {
        self.out.rsplit('\n').next().unwrap_or("")
    }

    fn at_line_start(&self) -> bool {
        self.line().trim_start_matches(['>', ' ', '-']).is_empty()
    }

    fn is_behind_number(&self) -> bool {
        let line = self.line().trim_start_matches(['>', ' ', '-']);
        !line.is_empty() && line.len() <= 9 && line.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn margin(&self) -> String {
        "> ".repeat(self.quotes) + &"   ".repeat(self.lists.len())
    }

    fn begin(&mut self, mark: &str) {
        let is_in_item = self.lists.is_empty();
        if is_in_item {
            self.blank_line();
            self.out.push_str(&"> ".repeat(self.quotes));
        }
        self.out.push_str(mark);
        self.in_block = true;
    }

    fn end(&mut self) {
        self.in_block = false;
        self.fresh_line();
    }

    fn fresh_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
    }

    fn blank_line(&mut self) {
        self.fresh_line();
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push_str(">".repeat(self.quotes).as_str());
            self.out.push('\n');
        }
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_markdown_gives_is_found_again() {
        for markdown in [
            "Hello.\n",
            "# Hello\n\nWith **bold** and *soft* words, [a link](https://a.example/?b=1&c=2).\n",
            "- one\n- two\n\nAfter.\n",
            "1. one\n2. two\n",
            "A < B & C > D, 5 * 3, a_b_c, [x], `code`-like.\n"
                .replace('`', "\\`")
                .as_str(),
            "one\\\ntwo\nthree\n",
            "Вартість 490,00 €.\n\n---\n\nДо зустрічі!\n",
            "> quoted\n",
            "Dear {{ contact.first_name }},\n",
        ] {
            let (html, text) = (to_html(markdown), to_text(markdown));
            let found = unrendered("Subject", &html, &text);
            let (_, body) = found.unwrap_or_else(|| panic!("{markdown}\n{html}\n{text}"));
            assert_eq!((to_html(&body), to_text(&body)), (html, text));
        }
    }

    #[test]
    fn what_nothing_gives_is_not_invented() {
        assert_eq!(unrendered("S", "<p>one</p>", "two"), None);
        assert_eq!(unrendered(" S", "<p>one</p>", "one"), None);
        assert_eq!(unrendered("S", "<p>\u{fdd0}</p>", "\u{fdd0}"), None);
    }
}
