//! People and timelines over a compiled configuration: tests, journeys, and what they cover.
//!
//! ```text
//! compiled ─stage→ a school with names ─a test's people and timeline→ outcome
//!                                      ─a journey→ story
//! outcomes ─coverage→ what no test has shown
//! ```
//!
//! Pure: the clock is the test's own, and the same configuration gives the same bytes.

mod coverage;
mod expectation;
mod graph;
mod journey;
mod run;
mod stage;
mod story;
mod timeline;
mod words;

pub use coverage::{Coverage, Covered, Gap, Measure, coverage};
pub use graph::{Arrow, Graph, GraphBox, Shape, graph};
pub use journey::{Journey, Piece, Played};
pub use run::{Miss, Outcome, run};
pub use stage::{Stage, Unstageable};
pub use story::{Line, Story};
pub use timeline::{Moment, Move, Relative, Shown, Span, Timeline, timeline};
