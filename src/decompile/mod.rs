//! What the platform holds → documents, and edits of documents.
//!
//! ```text
//! live ─names, decode, cohorts→ drafts ─files→ texts      (compiled and planned by `cli`:
//!    └────────── choices ←── findings, plan ───────┘        what does not hold is chosen again)
//! live ─mirrors→ edits of the course mirrors
//! drift ─proposals→ edits of the documents that declare what has drifted
//! ```
//!
//! What is written is only kept if it compiles without errors and plans to nothing: what the
//! language cannot say of an object is found out by saying it.

mod account;
mod choices;
mod files;
mod mirrors;
mod naming;
mod proposals;
mod slug;

pub use account::{Account, Draft, Drafts, LeftOut, drafts};
pub use choices::{Choices, Stuck};
pub use files::{NewFile, files};
pub use mirrors::{Mirror, Refreshed, mirror, refresh};
pub use naming::Parts;
pub use proposals::{Grounds, NotProposed, Proposal, Proposals, propose};
