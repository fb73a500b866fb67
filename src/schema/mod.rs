//! Kinds → JSON Schema, and documents against it.
//!
//! The types of `kinds` are the one truth: schemas are generated from them, and reading tries the
//! type first. Only a document that its type refuses is held against the schema, which finds
//! everything that is wrong with it, each at its place, with a cure.

mod alternatives;
mod check;
mod cure;
mod explain;
mod generate;
mod read;

pub use check::check;
pub use explain::{Explanation, FieldLine, UnknownTopic, ValueLine, explain};
pub use generate::{PROJECT, schemas};
pub use read::{read_document, read_project};

#[cfg(test)]
mod tests;
