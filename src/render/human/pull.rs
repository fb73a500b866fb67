//! What `pull --all` has written down.

use crate::decompile::{Drafts, LeftOut};
use crate::render::terminal::escape;
use std::fmt::Write as _;

/// What is shown.
#[derive(Debug)]
pub struct View<'a> {
    /// The new files, as paths in the project.
    pub files: Vec<String>,
    /// How many objects are adopted.
    pub adopted: usize,
    /// What was written down and what was not.
    pub drafts: &'a Drafts,
    /// Whether it has been done, or would be.
    pub written: bool,
}

/// For people: files, what is left out and why, counts.
pub fn render(view: &View<'_>) -> String {
    let View {
        files,
        adopted,
        drafts,
        written,
    } = view;
    let mut out = String::new();
    for path in files {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{}", escape(path));
    }
    for LeftOut {
        kind,
        id,
        title,
        why,
    } in &drafts.left_out
    {
        let (title, why) = (escape(title), escape(why));
        let _ = writeln!(out, "{kind} \"{title}\" (id {id}): left out: {why}");
    }
    let _ = writeln!(
        out,
        "{}: {adopted} adopted into {}, {} left out; {} copies made for one client and {} archived \
         are not managed.",
        if *written { "Pulled" } else { "Would pull" },
        match files.len() {
            1 => "1 file".to_owned(),
            count => format!("{count} files"),
        },
        drafts.left_out.len(),
        drafts.copies,
        drafts.put_away,
    );
    out
}
