//! Text → a tree that knows where every node came from.
//!
//! Reading never fails: what is wrong becomes a finding, and the rest of the file is still read.
//! This is the only room that knows the YAML crate.

mod de;
mod node;
mod parse;

pub use de::{DeError, from_node, from_node_without};
pub use node::{Entry, Mapping, Node, Scalar, ScalarStyle, ScalarType, Value};
pub use parse::{Limits, parse};
