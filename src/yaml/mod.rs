//! Text → a tree that knows where every node came from.
//!
//! Reading never fails: what is wrong becomes a finding, and the rest of the file is still read.
//! This is the only room that knows the YAML crate.

mod anchors;
mod compose;
mod de;
mod de_error;
pub mod edit;
mod format;
mod json;
mod keys;
mod limits;
mod node;
mod parse;
mod scalar;
mod syntax;
mod written;

pub use de::{from_node, from_node_only, from_node_without};
pub use de_error::{DeError, DeErrorKind, Place, describe};
pub use format::{Unformatted, format};
pub use json::to_json;
pub use limits::Limits;
pub use node::{Entry, Mapping, Node, Scalar, ScalarStyle, ScalarType, Value};
pub use parse::{decode, not_utf8, parse};
pub use written::Written;
