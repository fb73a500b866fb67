//! DOT: graphs for Graphviz.

pub mod graph;
