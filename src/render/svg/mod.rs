//! SVG: charts in one file, without scripts.

pub mod timeline;
