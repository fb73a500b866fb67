//! Letters about coupons that scenarios send, and what the scenario does around them.

use super::Configuration;
use crate::kinds::coupon::Coupon;
use crate::kinds::letter::{About, Letter};
use crate::kinds::offer::Offer;
use crate::kinds::scenario::{Action, Event, Scenario, ScenarioStatus, Trigger};
use crate::kinds::{Document, Reference};
use crate::model::Path;

/// A letter about a coupon, sent by an action of a scenario.
#[derive(Clone, Copy)]
pub(super) struct Mailing<'a> {
    /// The scenario's document.
    pub(super) document: &'a Document,
    /// The scenario.
    pub(super) scenario: &'a Scenario,
    /// The trigger that sends, by its position.
    pub(super) trigger: usize,
    /// The action that sends, by its position in the trigger.
    pub(super) action: usize,
    /// The letter.
    pub(super) letter: (&'a Document, &'a Letter),
    /// The coupon that it is about.
    pub(super) coupon: (&'a Document, &'a Coupon),
}

/// Every mailing of a declared letter about a declared coupon, paused scenarios included.
pub(super) fn mailings<'a>(configuration: &Configuration<'a>) -> Vec<Mailing<'a>> {
    let mut found = Vec::new();
    for (document, scenario) in configuration.scenarios() {
        for (trigger, of) in scenario.triggers.iter().enumerate() {
            for (action, what) in of.do_.iter().enumerate() {
                let Action::SendLetter(reference) = what else {
                    continue;
                };
                let Some(letter) = configuration.letter(reference) else {
                    continue;
                };
                let coupon = letter.1.about.coupon.as_ref();
                let coupon = coupon.and_then(|coupon| configuration.index.coupon(coupon));
                if let Some(coupon) = coupon {
                    found.push(Mailing {
                        document,
                        scenario,
                        trigger,
                        action,
                        letter,
                        coupon,
                    });
                }
            }
        }
    }
    found
}

impl<'a> Mailing<'a> {
    /// The place of the letter's name in the sending action.
    pub(super) fn path(&self) -> Path {
        action_path(self.trigger, self.action).key("send_letter")
    }

    /// Whether the scenario acts; one whose status is not managed may.
    pub(super) fn is_active(&self) -> bool {
        self.scenario.status.set() != Some(&ScenarioStatus::Paused)
    }

    /// The event that starts the chain.
    pub(super) fn event(&self) -> Option<&'a Event> {
        self.scenario.triggers.first()?.when.as_ref()
    }

    /// The declared offers that the letter is about.
    pub(super) fn offers_of_letter(
        &self,
        configuration: &Configuration<'a>,
    ) -> Vec<(&'a Document, &'a Offer)> {
        let About { offer, offers, .. } = &self.letter.1.about;
        let about = offer.iter().chain(offers.iter().flatten());
        about
            .filter_map(|offer| configuration.index.offer(offer))
            .collect()
    }

    /// The declared offers for which the coupon is mailed: those of the letter, else the event's.
    pub(super) fn offers(
        &self,
        configuration: &Configuration<'a>,
    ) -> Vec<(&'a Document, &'a Offer)> {
        let About { offer, offers, .. } = &self.letter.1.about;
        if offer.is_some() || offers.is_some() {
            return self.offers_of_letter(configuration);
        }
        match self.event() {
            Some(Event::UnpaidOrder(of) | Event::PaidOrder(of)) => {
                configuration.index.offer(&of.offer).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// When the client gets into one of `lists`.
    pub(super) fn entry(&self, lists: &[Reference]) -> Entry {
        let gates = |list: &Reference| lists.iter().any(|own| same(own, list));
        if let Some(Event::EnteredList(list)) = self.event()
            && gates(list)
        {
            return Entry::Before;
        }
        let mut later = None;
        for (place, list) in self.additions_at() {
            if !gates(list) {
                continue;
            }
            if place < (self.trigger, self.action) {
                return Entry::Before;
            }
            later.get_or_insert_with(|| action_path(place.0, place.1));
        }
        later.map_or(Entry::Never, Entry::Later)
    }

    /// Every addition to a list in the whole chain, with the place of the list's name.
    pub(super) fn additions(&self) -> impl Iterator<Item = (Path, &'a Reference)> {
        self.additions_at()
            .map(|(at, list)| (action_path(at.0, at.1).key("add_to_list"), list))
    }

    fn additions_at(&self) -> impl Iterator<Item = ((usize, usize), &'a Reference)> + use<'a> {
        let triggers = self.scenario.triggers.iter().enumerate();
        triggers.flat_map(|(at, trigger)| {
            let actions = trigger.do_.iter().enumerate();
            actions.filter_map(move |(action, what)| match what {
                Action::AddToList(list) => Some(((at, action), list)),
                Action::RemoveFromList(_)
                | Action::SendLetter(_)
                | Action::AwardPoints(_)
                | Action::ExtendAccess(_) => None,
            })
        })
    }

    /// The place of a removal by a later trigger from another list than `lists`, where no later action
    /// removes the client from one of them: an expiry that ends nothing.
    pub(super) fn wrong_expiry(&self, lists: &[Reference]) -> Option<Path> {
        let gates = |list: &Reference| lists.iter().any(|own| same(own, list));
        if self.removal(gates).is_some() {
            return None;
        }
        let later = self.scenario.triggers.iter().enumerate();
        later.skip(self.trigger + 1).find_map(|(at, trigger)| {
            let other = |what: &Action| match what {
                Action::RemoveFromList(list) => !gates(list),
                _ => false,
            };
            let action = trigger.do_.iter().position(other)?;
            Some(action_path(at, action).key("remove_from_list"))
        })
    }

    /// The minutes from the sending until a later action removes the client from a list for which
    /// `is_it` holds, with that action's place: the waits of the triggers after the sending one. A
    /// removal in the same trigger, after the sending, comes after no time.
    pub(super) fn removal(&self, is_it: impl Fn(&Reference) -> bool) -> Option<(u64, Path)> {
        let mut minutes = 0;
        for (at, trigger) in self.scenario.triggers.iter().enumerate().skip(self.trigger) {
            let first = if at == self.trigger {
                self.action + 1
            } else {
                minutes += delay_minutes(trigger);
                0
            };
            for (action, what) in trigger.do_.iter().enumerate().skip(first) {
                if let Action::RemoveFromList(list) = what
                    && is_it(list)
                {
                    return Some((minutes, action_path(at, action).key("remove_from_list")));
                }
            }
        }
        None
    }
}

/// Whether, and where, a client gets into one of a coupon's lists.
pub(super) enum Entry {
    /// Before the letter: by an earlier action, or the event is the entry itself.
    Before,
    /// By an action after the letter; its place.
    Later(Path),
    /// By nothing in this scenario.
    Never,
}

/// The place of an action.
pub(super) fn action_path(trigger: usize, action: usize) -> Path {
    let path = Path::root().key("triggers").index(trigger);
    path.key("do").index(action)
}

/// Both waits of a trigger together, in minutes; months, which are refused elsewhere, count nothing.
pub(super) fn delay_minutes(trigger: &Trigger) -> u64 {
    let minutes = |wait: Option<crate::model::Duration>| {
        wait.and_then(crate::model::Duration::exact_minutes)
            .unwrap_or(0)
    };
    minutes(trigger.wait_before_if) + minutes(trigger.wait)
}

/// Whether two references name one document.
pub(super) fn same(one: &Reference, other: &Reference) -> bool {
    match (one, other) {
        (Reference::Name(one), Reference::Name(other)) => one == other,
        (Reference::Outside { id: one, .. }, Reference::Outside { id: other, .. }) => one == other,
        (Reference::Name(_), Reference::Outside { .. })
        | (Reference::Outside { .. }, Reference::Name(_)) => false,
    }
}
