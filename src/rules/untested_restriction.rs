//! `untested-restriction`: no test covers a restriction.

use super::{Configuration, Rule, configuration, passes};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::kinds::pack::Item;
use crate::kinds::test::{BoughtBefore, CanBuy, Deed};
use crate::kinds::{Document, Index, Spec};
use crate::model::{Address, Path};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = Rule {
    code: Code::UntestedRestriction,
    check,
};

/// What tests show of who can buy something.
#[derive(Default)]
struct Tried {
    new: bool,
    existing: bool,
    allowed: bool,
    blocked: bool,
}

/// Who has been shown to be able to buy a restricted pass, alone or through a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restriction {
    /// The pass that is restricted.
    pub pass: Address,
    /// What is bought: the pass itself, or a pack with it.
    pub target: Address,
    /// A new member has been tried.
    pub new: bool,
    /// An existing one has.
    pub existing: bool,
    /// One who is allowed has.
    pub allowed: bool,
    /// One who is blocked has.
    pub blocked: bool,
}

/// Every restriction of what is for sale, with what tests show of it.
pub fn restrictions(index: &Index<'_>) -> Vec<Restriction> {
    let tried = tried(index);
    let mut holders: BTreeMap<&str, Vec<&Document>> = BTreeMap::new();
    for document in index.of_kind("pack") {
        let Spec::Pack(pack) = &document.spec else {
            continue;
        };
        if pack.for_sale.set() == Some(&false) {
            continue;
        }
        for item in pack.items.set().into_iter().flatten() {
            if let Item::Pass(item) = item
                && let Some(name) = item.pass.name()
            {
                let holding = holders.entry(name.as_str()).or_default();
                if holding
                    .last()
                    .is_none_or(|last| last.address != document.address)
                {
                    holding.push(document);
                }
            }
        }
    }
    let mut all = Vec::new();
    for document in index.of_kind("pass") {
        let Spec::Pass(pass) = &document.spec else {
            continue;
        };
        let restricted = passes::is_for_new_members(pass)
            || !passes::allowed(pass).is_empty()
            || !passes::denied(pass).is_empty();
        // What is not for sale cannot be shown to be allowed.
        let sold = pass.for_sale.set() != Some(&false);
        if !restricted || !sold || passes::is_unsellable(pass) {
            continue;
        }
        let packs = holders.get(&*document.address.name).into_iter().flatten();
        for target in std::iter::once(document).chain(packs) {
            let none = Tried::default();
            let Tried {
                new,
                existing,
                allowed,
                blocked,
            } = tried.get(&target.address).unwrap_or(&none);
            all.push(Restriction {
                pass: document.address.clone(),
                target: target.address.clone(),
                new: *new,
                existing: *existing,
                allowed: *allowed,
                blocked: *blocked,
            });
        }
    }
    all
}

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    let mut missing: BTreeMap<Address, Vec<String>> = BTreeMap::new();
    for restriction in restrictions(configuration.index) {
        let Restriction {
            pass,
            target,
            new,
            existing,
            allowed,
            blocked,
        } = restriction;
        let lacks: Vec<&str> = [
            (new, "a new member"),
            (existing, "an existing one"),
            (allowed, "one who should be allowed"),
            (blocked, "one who should be blocked"),
        ]
        .into_iter()
        .filter(|(there, _)| !there)
        .map(|(_, who)| who)
        .collect();
        if lacks.is_empty() {
            continue;
        }
        let how = if target == pass {
            "alone".to_owned()
        } else {
            format!("through the pack `{}`", target.name)
        };
        let said = format!("{how}: {}", lacks.join(", "));
        missing.entry(pass).or_default().push(said);
    }
    for (document, pass) in configuration.passes() {
        let Some(missing) = missing.get(&document.address) else {
            continue;
        };
        let for_new = passes::is_for_new_members(pass);
        let which = if for_new { "new_members_only" } else { "tags" };
        findings.push(
            Diagnostic::new(
                Code::UntestedRestriction,
                document.name_span(),
                format!("no test shows who can buy `{}`", document.address.name),
            )
            .label("restricted, and not tested")
            .why(format!("not tried {}", missing.join("; ")))
            .help("write a `test` whose people are these profiles, with `expect: { …: { can_buy: … } }`")
            .related(
                configuration::key(document, &Path::root().key(which)),
                "the restriction",
            )
            .about(&document.address),
        );
    }
}

/// What is expected of whom, by what can be bought.
fn tried(index: &Index<'_>) -> BTreeMap<Address, Tried> {
    let mut tried: BTreeMap<Address, Tried> = BTreeMap::new();
    for document in index.of_kind("test") {
        let Spec::Test(test) = &document.spec else {
            continue;
        };
        let mut buyers: BTreeSet<&str> = BTreeSet::new();
        for entry in &test.timeline {
            // People act first, and expectations are looked at afterwards.
            for (name, deed) in &entry.do_.people {
                if matches!(deed, Deed::Buys(_)) {
                    buyers.insert(name.0.as_str());
                }
            }
            for (name, expectation) in &entry.expect {
                let person = test.people.get(name);
                let has_bought = person.is_some_and(|person| {
                    person.bought.iter().any(|bought| match bought {
                        BoughtBefore::Address(address) => &*address.0.kind != "offer",
                        BoughtBefore::Offer(_) => false,
                        BoughtBefore::Pass(_) | BoughtBefore::Pack(_) => true,
                    })
                }) || buyers.contains(name.0.as_str());
                for (what, can) in expectation.can_buy.iter().flatten() {
                    let seen = tried.entry(what.0.clone()).or_default();
                    let can = match can {
                        CanBuy::Is(can) => *can,
                        CanBuy::Because(purchase) => purchase.is,
                    };
                    seen.new |= !has_bought;
                    seen.existing |= has_bought;
                    seen.allowed |= can;
                    seen.blocked |= !can;
                }
            }
        }
    }
    tried
}
