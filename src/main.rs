//! The program: arguments to [`bursar::cli`], its number to the system.

use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

fn main() -> ExitCode {
    panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |place| format!(" ({place})"));
        bursar::cli::broken(&place);
    }));
    // What the hook has said is all there is to say.
    panic::catch_unwind(AssertUnwindSafe(|| bursar::cli::run(std::env::args_os())))
        .map_or(ExitCode::FAILURE, ExitCode::from)
}
