//! Markdown → HTML and plain text.
//!
//! Both go through the same events. Marks pass through untouched, also in addresses of links.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// Renders Markdown to HTML, without a line end behind it.
pub(super) fn to_html(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut out, OwnAddresses::new(events(markdown)));
    out.truncate(out.trim_end().len());
    out
}

/// Renders Markdown to plain text: links as `text (url)`, no line end behind it.
pub(super) fn to_text(markdown: &str) -> String {
    let mut plain = Plain::default();
    for event in events(markdown) {
        plain.event(event);
    }
    plain.out.truncate(plain.out.trim_end().len());
    plain.out
}

fn events(markdown: &str) -> Parser<'_> {
    Parser::new_ext(
        markdown,
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH,
    )
}

/// Writes the start tags of links and images itself: the crate would percent-encode the marks in
/// their addresses.
struct OwnAddresses<'a, I: Iterator<Item = Event<'a>>> {
    events: I,
}

impl<'a, I: Iterator<Item = Event<'a>>> OwnAddresses<'a, I> {
    fn new(events: I) -> Self {
        OwnAddresses { events }
    }

    /// The text up to the end of an image.
    fn alternative_text(&mut self) -> String {
        let mut depth = 0usize;
        let mut text = String::new();
        for event in self.events.by_ref() {
            match event {
                Event::Start(Tag::Image { .. }) => depth += 1,
                Event::End(TagEnd::Image) if depth == 0 => break,
                Event::End(TagEnd::Image) => depth -= 1,
                Event::Text(piece) | Event::Code(piece) => text.push_str(&piece),
                Event::SoftBreak | Event::HardBreak => text.push(' '),
                Event::Start(_)
                | Event::End(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::FootnoteReference(_)
                | Event::Rule
                | Event::TaskListMarker(_) => {}
            }
        }
        text
    }
}

impl<'a, I: Iterator<Item = Event<'a>>> Iterator for OwnAddresses<'a, I> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        let event = self.events.next()?;
        Some(match event {
            Event::Start(Tag::Link {
                dest_url, title, ..
            }) => Event::InlineHtml(
                format!("<a href=\"{}\"{}>", address(&dest_url), titled(&title)).into(),
            ),
            Event::End(TagEnd::Link) => Event::InlineHtml(CowStr::Borrowed("</a>")),
            Event::Start(Tag::Image {
                dest_url, title, ..
            }) => {
                let alt = attribute(&self.alternative_text());
                let (src, title) = (address(&dest_url), titled(&title));
                Event::InlineHtml(format!("<img src=\"{src}\" alt=\"{alt}\"{title} />").into())
            }
            other => other,
        })
    }
}

fn titled(title: &str) -> String {
    if title.is_empty() {
        String::new()
    } else {
        format!(" title=\"{}\"", attribute(title))
    }
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// An address, escaped for an attribute. A scheme that runs code is not written.
fn address(url: &str) -> String {
    let scheme: String = url
        .chars()
        .filter(|character| !character.is_whitespace() && !character.is_control())
        .take_while(|character| *character != ':')
        .collect();
    match scheme.to_ascii_lowercase().as_str() {
        "javascript" | "vbscript" | "data" => "#".to_owned(),
        _ => attribute(url).replace(' ', "%20"),
    }
}

/// The writer of plain text.
#[derive(Default)]
struct Plain {
    out: String,
    /// What stands before each line, from the outermost block inwards.
    margins: Vec<Margin>,
    /// The next number of each open list; `None` for bullets.
    lists: Vec<Option<u64>>,
    /// Addresses of the open links and where their texts begin.
    links: Vec<(String, usize)>,
    images: usize,
    /// Whether a blank line is due before the next text.
    blank_due: bool,
    /// Whether the current line is still empty.
    fresh: bool,
    cells: usize,
}

/// What stands before the lines of a block.
struct Margin {
    /// Before the first line, until it is written.
    first: Option<String>,
    /// Before every other line.
    rest: String,
}

impl Plain {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text)
            | Event::Code(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => self.text(&text),
            Event::Html(html) => self.text(&without_tags(&html)),
            Event::SoftBreak | Event::HardBreak => self.break_line(),
            Event::Rule => {
                self.text("----------");
                self.end_block();
            }
            Event::InlineHtml(html) => {
                if html.to_ascii_lowercase().starts_with("<br") {
                    self.break_line();
                }
            }
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(start) => {
                self.end_line();
                if self.lists.is_empty() {
                    self.blank_due = !self.out.is_empty();
                }
                self.lists.push(start);
            }
            Tag::Item => {
                self.end_line();
                let bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    Some(None) | None => "- ".to_owned(),
                };
                self.margins.push(Margin {
                    rest: " ".repeat(bullet.len()),
                    first: Some(bullet),
                });
            }
            Tag::BlockQuote(_) => self.margins.push(Margin {
                first: None,
                rest: "> ".to_owned(),
            }),
            Tag::CodeBlock(_) => self.margins.push(Margin {
                first: None,
                rest: "    ".to_owned(),
            }),
            Tag::Link { dest_url, .. } => {
                self.begin_line();
                self.links.push((dest_url.into_string(), self.out.len()));
            }
            Tag::Image { .. } => self.images += 1,
            Tag::TableHead | Tag::TableRow => self.cells = 0,
            Tag::TableCell => {
                if self.cells > 0 {
                    self.text(" | ");
                }
                self.cells += 1;
            }
            Tag::Paragraph
            | Tag::Heading { .. }
            | Tag::HtmlBlock
            | Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Table(_)
            | Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::HtmlBlock
            | TagEnd::Table
            | TagEnd::DefinitionList
            | TagEnd::FootnoteDefinition => self.end_block(),
            TagEnd::BlockQuote(_) | TagEnd::CodeBlock => {
                self.end_line();
                self.margins.pop();
                self.blank_due = true;
            }
            TagEnd::List(_) => {
                self.lists.pop();
                self.end_line();
                if self.lists.is_empty() {
                    self.blank_due = true;
                }
            }
            TagEnd::Item => {
                self.end_line();
                self.margins.pop();
            }
            TagEnd::TableHead | TagEnd::TableRow => self.end_line(),
            TagEnd::Link => {
                if let Some((url, from)) = self.links.pop()
                    && self.out.get(from..) != Some(url.as_str())
                {
                    self.text(&format!(" ({url})"));
                }
            }
            TagEnd::Image => self.images = self.images.saturating_sub(1),
            TagEnd::DefinitionListTitle
            | TagEnd::DefinitionListDefinition
            | TagEnd::TableCell
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::MetadataBlock(_) => {}
        }
    }

    /// Writes text; its line ends are the text's own.
    fn text(&mut self, text: &str) {
        for (at, line) in text.split('\n').enumerate() {
            if at > 0 {
                self.break_line();
            }
            if !line.is_empty() {
                self.begin_line();
                self.out.push_str(line);
            }
        }
    }

    /// Writes what is due before text.
    fn begin_line(&mut self) {
        if self.blank_due && !self.out.is_empty() {
            self.end_line();
            let margin: String = self
                .margins
                .iter()
                .filter(|m| m.first.is_none())
                .map(|m| m.rest.as_str())
                .collect();
            self.out.push_str(margin.trim_end());
            self.out.push('\n');
            self.fresh = true;
        }
        self.blank_due = false;
        if self.fresh || self.out.is_empty() {
            self.fresh = false;
            for margin in &mut self.margins {
                match margin.first.take() {
                    Some(first) => self.out.push_str(&first),
                    None => self.out.push_str(&margin.rest),
                }
            }
        }
    }

    fn break_line(&mut self) {
        self.out.push('\n');
        self.fresh = true;
    }

    fn end_line(&mut self) {
        if !self.fresh && !self.out.is_empty() {
            self.break_line();
        }
    }

    fn end_block(&mut self) {
        self.end_line();
        self.blank_due = true;
    }
}

/// What stands between the tags of raw HTML.
fn without_tags(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for character in html.chars() {
        match character {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => out.push(character),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::letters::marks;

    #[test]
    fn writes_html() {
        let cases = [
            (
                "With **A** you\npay.",
                "<p>With <strong>A</strong> you\npay.</p>",
            ),
            (
                "[pay *now*](https://x/?a=1&b=2 \"t\")",
                "<p><a href=\"https://x/?a=1&amp;b=2\" title=\"t\">pay <em>now</em></a></p>",
            ),
            (
                "![a *b*](https://x/i.png)",
                "<p><img src=\"https://x/i.png\" alt=\"a b\" /></p>",
            ),
            ("[x](javascript:alert(1))", "<p><a href=\"#\">x</a></p>"),
            (
                "# T\n\n- a\n- b",
                "<h1>T</h1>\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>",
            ),
            (
                "|a|b|\n|-|-|\n|1|2|",
                "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody>\n<tr><td>1</td><td>2</td></tr>\n</tbody></table>",
            ),
        ];
        for (markdown, expected) in cases {
            assert_eq!(to_html(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn writes_plain_text() {
        let cases = [
            ("With **A** you\npay `now`.", "With A you\npay now."),
            ("One.\n\nTwo.", "One.\n\nTwo."),
            ("# Title\nText", "Title\n\nText"),
            ("[pay](https://x/)", "pay (https://x/)"),
            ("[https://x/](https://x/)", "https://x/"),
            ("<https://x/>", "https://x/"),
            ("![logo](https://x/i.png)", "logo"),
            (
                "Do:\n\n- a\n- b\n  - c\n\nEnd",
                "Do:\n\n- a\n- b\n  - c\n\nEnd",
            ),
            ("3. a\n4. b", "3. a\n4. b"),
            ("- a\n\n  b\n- c", "- a\n\n  b\n\n- c"),
            ("> a\n> b\n>\n> c\n\nd", "> a\n> b\n>\n> c\n\nd"),
            (
                "a\n\n    code\n    more\n\nb",
                "a\n\n    code\n    more\n\nb",
            ),
            ("|a|b|\n|-|-|\n|1|2|\n\nend", "a | b\n1 | 2\n\nend"),
            ("a\n\n---\n\nb", "a\n\n----------\n\nb"),
            ("a<br>b <b>c</b>", "a\nb c"),
            ("", ""),
        ];
        for (markdown, expected) in cases {
            assert_eq!(to_text(markdown), expected, "{markdown}");
        }
    }

    #[test]
    fn marks_pass_through() {
        let mark = marks::value("**<b>**");
        let html = to_html(&format!("{mark} *{mark}* [x](https://y/{mark})"));
        let expected = format!("<p>{mark} <em>{mark}</em> <a href=\"https://y/{mark}\">x</a></p>");
        assert_eq!(html, expected);
        let text = to_text(&format!("**{mark}**[x]({mark})"));
        assert_eq!(text, format!("{mark}x ({mark})"));
    }
}
