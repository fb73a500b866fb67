//! Exit codes, frozen.

/// How a command ended. The number is the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: unclassified; failed tests and missed coverage too.
    Unclassified,
    /// 2: there are changes (only with `--detailed-exitcode`).
    Changes,
    /// 3: the configuration or the usage is invalid.
    Invalid,
    /// 4: credentials are missing or refused.
    Credentials,
    /// 5: the rate or retry budget is used up.
    Exhausted,
    /// 6: blocked by a gate, by protection or by an unresolved conflict.
    Blocked,
    /// 7: the plan is stale, or not for this target.
    Stale,
    /// 8: the state is locked.
    Locked,
    /// 9: partly applied.
    Partly,
    /// 10: confirmation is needed.
    Confirmation,
    /// 130: interrupted by SIGINT, cleanly.
    Interrupted,
    /// 143: ended by SIGTERM, cleanly.
    Terminated,
}

/// Every exit code, in the order of the numbers.
pub const EXITS: &[Exit] = &[
    Exit::Done,
    Exit::Unclassified,
    Exit::Changes,
    Exit::Invalid,
    Exit::Credentials,
    Exit::Exhausted,
    Exit::Blocked,
    Exit::Stale,
    Exit::Locked,
    Exit::Partly,
    Exit::Confirmation,
    Exit::Interrupted,
    Exit::Terminated,
];

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Unclassified => 1,
            Exit::Changes => 2,
            Exit::Invalid => 3,
            Exit::Credentials => 4,
            Exit::Exhausted => 5,
            Exit::Blocked => 6,
            Exit::Stale => 7,
            Exit::Locked => 8,
            Exit::Partly => 9,
            Exit::Confirmation => 10,
            Exit::Interrupted => 130,
            Exit::Terminated => 143,
        }
    }

    /// A word for machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Exit::Done => "done",
            Exit::Unclassified => "unclassified",
            Exit::Changes => "changes",
            Exit::Invalid => "invalid",
            Exit::Credentials => "credentials",
            Exit::Exhausted => "exhausted",
            Exit::Blocked => "blocked",
            Exit::Stale => "stale",
            Exit::Locked => "locked",
            Exit::Partly => "partly-applied",
            Exit::Confirmation => "confirmation-needed",
            Exit::Interrupted => "interrupted",
            Exit::Terminated => "terminated",
        }
    }

    /// What it means, and what to do.
    pub fn page(self) -> (&'static str, &'static str) {
        match self {
            Exit::Done => (
                "done",
                "The command did what it was asked. With `--detailed-exitcode`: there is nothing to change.",
            ),
            Exit::Unclassified => (
                "unclassified",
                "Something went wrong that has no code of its own; also failed tests and missed coverage.",
            ),
            Exit::Changes => (
                "there are changes",
                "Only with `--detailed-exitcode`: the plan holds at least one change; of `drift`, something was changed on the platform.",
            ),
            Exit::Invalid => (
                "invalid configuration or usage",
                "The configuration has errors, there is no project, or the command line is wrong. Nothing was read from the platform or written to it.",
            ),
            Exit::Credentials => (
                "credentials",
                "The platform refused the credentials, or there are none. Set BURSAR_TOKEN and BURSAR_ACCOUNT, or BURSAR_TOKEN_FILE and BURSAR_ACCOUNT_FILE.",
            ),
            Exit::Exhausted => (
                "rate or retry budget used up",
                "The platform kept refusing or failing until the budget of retries was used up. Run the command again later.",
            ),
            Exit::Blocked => (
                "blocked",
                "A gate (`safety`, `--max-removals`), protection or an unresolved conflict forbids the plan. Nothing was written; the plan says what to do.",
            ),
            Exit::Stale => (
                "the plan is stale",
                "The configuration, the state or the platform has changed since the plan was saved, or it was made for another target. Plan again.",
            ),
            Exit::Locked => (
                "the state is locked",
                "Another apply is running on this state; the message names the holder. Wait for it to end. `plan` without `--out` looks all the same.",
            ),
            Exit::Partly => (
                "partly applied",
                "Some steps failed and what depends on them was skipped; all others were done. Correct the cause and apply again: it goes on from there.",
            ),
            Exit::Confirmation => (
                "confirmation is needed",
                "There are changes, and nobody could be asked. Apply in a terminal, with `--auto-approve`, or apply a saved plan.",
            ),
            Exit::Interrupted => (
                "interrupted",
                "SIGINT: what was in flight was finished and saved. Apply again to go on.",
            ),
            Exit::Terminated => (
                "terminated",
                "SIGTERM: what was in flight was finished and saved. Apply again to go on.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_frozen() {
        let codes: Vec<u8> = EXITS.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 130, 143]);
    }
}
