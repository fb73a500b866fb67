//! Pages that need nothing else.

mod page;
pub mod plan;
pub mod timeline;
