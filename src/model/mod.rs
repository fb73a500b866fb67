//! Plain values that rooms hand to each other.
//!
//! No IO, no clock, no formats of files: those belong to the rooms that read and write them.

mod address;
mod duration;
mod money;
mod object;
mod path;
mod secret;
mod time;
mod value;

pub use address::{Address, Name, NameError, RESERVED_NAMES, RemoteId};
pub use duration::{Duration, DurationError};
pub use money::{Currency, Money, MoneyError};
pub use object::{
    BaseObject, BaseState, Deposed, DesiredObject, DesiredState, Instruction, LiveObject,
    LiveState, OpenIntent, RemovalKind, Target,
};
pub use path::{Path, Seg};
pub use secret::Secret;
pub use time::{
    Instant, Moment, MomentError, TimeOfDay, format_instant, is_normal_instant, parse_instant,
    written_instant,
};
pub use value::{Attributes, Part, Value};
