//! Pages that need nothing else.

pub mod timeline;
