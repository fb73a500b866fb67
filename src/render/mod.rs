//! Values → text, one folder a format.
//!
//! Everything here is given values and writes to a `String`; nothing is computed, opened or asked.
//! Text that comes from files or from a platform goes through [`terminal::escape`], and
//! what machines read through [`ci`].

mod accepted;
pub mod ci;
pub mod dot;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod ics;
pub mod json;
pub mod junit;
pub mod markdown;
mod markup;
pub mod mermaid;
mod progress;
pub mod sarif;
mod style;
pub mod svg;
pub mod terminal;
mod tested;
#[cfg(test)]
mod tests;
mod text_diff;

pub use accepted::{Accepted, NotAccepted};
pub use progress::Progress;
pub use style::{Style, Tone};
pub use tested::Tested;
