//! What a command printed.

use bursar::kinds;
use std::collections::BTreeMap;

/// What a command did.
pub(super) struct Ran {
    pub(super) command: String,
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Ran {
            command,
            code,
            stdout,
            stderr,
        } = self;
        write!(f, "`{command}` exited with {code:?}\n{stdout}{stderr}")
    }
}

/// What stands between the drift and the actions of a plan.
const ACTIONS: &str = "bursar will perform the following actions:";

impl Ran {
    pub(super) fn exits(&self, code: i32) {
        assert_eq!(self.code, Some(code), "{self}");
    }

    /// The mark of every object of the plan.
    pub(super) fn marks(&self) -> BTreeMap<String, String> {
        let (_, actions) = self.stdout.split_once(ACTIONS).unwrap_or(("", ""));
        marks(actions)
    }

    /// The mark of every object that was changed outside of bursar.
    pub(super) fn drifted(&self) -> BTreeMap<String, String> {
        let (drift, _) = self
            .stdout
            .split_once(ACTIONS)
            .unwrap_or((&self.stdout, ""));
        let (_, drift) = drift
            .split_once("changed outside of bursar")
            .unwrap_or(("", ""));
        marks(drift)
    }

    /// The lines of an object in the plan.
    pub(super) fn block(&self, address: &str) -> Vec<&str> {
        let (_, actions) = self.stdout.split_once(ACTIONS).unwrap_or(("", ""));
        let is_it = |line: &&str| marked(line).is_none_or(|(_, of)| of != address);
        let lines = actions.lines().skip_while(is_it);
        lines.take_while(|line| !line.is_empty()).collect()
    }
}

fn marks(text: &str) -> BTreeMap<String, String> {
    let own = |(mark, address): (&str, &str)| (address.to_owned(), mark.to_owned());
    text.lines().filter_map(marked).map(own).collect()
}

/// `~` and `offer.x` of `  ~ offer.x "Title" (id 7) {`, not of the sentence above it.
fn marked(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ').filter(|word| !word.is_empty());
    let (mark, address, rest) = (words.next()?, words.next()?, words.next());
    let is_mark = ["+", "~", "+/-", "#", "-", "=", ">", ".", "!"].contains(&mark);
    let is_head = line.len() - line.trim_start().len() + mark.len() == 3;
    let (kind, _) = address.split_once('.')?;
    let is_sentence = rest.is_some_and(|word| ["will", "must", "has", "is"].contains(&word));
    (is_mark && is_head && !is_sentence && kinds::kind(kind).is_some()).then_some((mark, address))
}
