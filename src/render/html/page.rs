//! What all pages have in common: one file that loads nothing and runs nothing.

use std::fmt::Write as _;

const STYLE: &str = include_str!("page.css");

/// A page. The title and the body are markup already.
pub(super) fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

/// The head of a table, with what each column is.
pub(super) fn table_head(out: &mut String, caption: &str, columns: &[&str]) {
    let _ = write!(
        out,
        "<div class=\"wide\"><table>\n<caption>{caption}</caption>\n<thead><tr>"
    );
    for column in columns {
        let _ = write!(out, "<th scope=\"col\">{column}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
}

/// The end of a table.
pub(super) fn table_end(out: &mut String) {
    out.push_str("</tbody>\n</table></div>\n");
}

/// A drawing that may be wider than the screen: it is moved by itself, by keys too.
pub(super) fn figure(out: &mut String, label: &str, drawing: &str) {
    let _ = writeln!(
        out,
        "<figure class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"{label}\">\n{drawing}</figure>"
    );
}
