//! A tree → a typed value, by serde.

use crate::model::Path;
use crate::yaml::Node;
use serde::de::DeserializeOwned;

/// Why a tree is not the typed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeError {
    /// Where in the tree.
    pub path: Path,
    /// What is wrong, in the words of the type.
    pub message: String,
}

/// Reads a typed value from a tree.
///
/// # Errors
/// The first place at which the tree is not what the type takes.
pub fn from_node<T: DeserializeOwned>(node: &Node) -> Result<T, DeError> {
    let _ = node;
    Err(DeError {
        path: Path::root(),
        message: String::new(),
    })
}

/// Reads a typed value from the tree's top mapping, passing over some of its keys.
///
/// # Errors
/// The first place at which the tree is not what the type takes.
pub fn from_node_without<T: DeserializeOwned>(node: &Node, skip: &[&str]) -> Result<T, DeError> {
    let _ = skip;
    from_node(node)
}
