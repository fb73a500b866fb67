//! Whether access ends earlier for somebody who has it.

use super::super::said::{About, Consequence, Counted};
use super::super::sides::{Change, Sides, many};
use super::pairs;
use crate::domain::schedule::later;
use crate::domain::world::{Offer, Term};
use crate::domain::zone::Zone;
use crate::model::{Duration, Instant};
use chrono::TimeDelta;

/// How many days back purchases are tried where two lengths differ from month to month.
const MOST_DAYS: i64 = 4_000;

/// Says where access shortens for clients who have it.
pub(super) fn shortened(
    sides: &Sides<'_>,
    change: &Change<'_>,
    [before, after]: [&Offer; 2],
    clients: Option<u64>,
    out: &mut Vec<Consequence>,
) {
    let (now, zone) = (sides.facts.now, sides.facts.zone);
    for (product, is) in pairs(&before.products, &after.products) {
        let course = sides.name("course", product.course);
        let whose = many(clients, Counted::Clients);
        let was = show(sides, product.access);
        let text = match is {
            None if is_over(product.access, now) => continue,
            None => format!("access to {course} ({was}) ends at once for {whose}"),
            Some(is) if is_shorter(product.access, is.access, now, zone) => {
                let now_is = show(sides, is.access);
                let loses = match is.access {
                    Term::For(length) => {
                        format!("; who has had it for longer than {length} loses it at once")
                    }
                    Term::Until(ends) if ends <= now => "; it ends at once".to_owned(),
                    Term::Until(_) | Term::Unlimited => String::new(),
                };
                format!(
                    "access to {course} shortens for {whose}: {was} before, {now_is} now{loses}"
                )
            }
            Some(_) => continue,
        };
        let mut said = change
            .say(About::AccessShortened, text)
            .counting(Counted::Clients, clients);
        said.ids = vec![product.course];
        out.push(said);
    }
}

fn show(sides: &Sides<'_>, term: Term) -> String {
    match term {
        Term::Unlimited => "without end".to_owned(),
        Term::Until(ends) => format!("until {}", sides.show(ends)),
        Term::For(length) => format!("for {length}"),
    }
}

fn is_over(term: Term, now: Instant) -> bool {
    matches!(term, Term::Until(ends) if ends <= now)
}

/// Whether somebody who has access now may have it for a shorter time. When clients bought is not
/// known: any time up to now is possible.
fn is_shorter(before: Term, after: Term, now: Instant, zone: &Zone) -> bool {
    match (before, after) {
        (_, Term::Unlimited) => false,
        (Term::Until(was), _) if was <= now => false,
        (Term::Unlimited, Term::Until(_) | Term::For(_)) => true,
        (Term::Until(was), Term::Until(is)) => is < was,
        // Whoever bought long enough ago.
        (Term::Until(_), Term::For(_)) => true,
        (Term::For(was), Term::Until(is)) => later(now, was, zone).is_none_or(|latest| is < latest),
        (Term::For(was), Term::For(is)) => is_less(is, was, now, zone),
    }
}

/// Whether a length is less than another for some purchase whose access still lasts.
fn is_less(is: Duration, was: Duration, now: Instant, zone: &Zone) -> bool {
    if is == was {
        return false;
    }
    let (is_parts, was_parts) = (
        [is.months, is.days, is.minutes],
        [was.months, was.days, was.minutes],
    );
    let ordered = |one: [u32; 3], other: [u32; 3]| one.iter().zip(other).all(|(a, b)| *a <= b);
    if ordered(was_parts, is_parts) {
        return false;
    }
    if ordered(is_parts, was_parts) {
        return true;
    }
    // A month against days: it depends on the month.
    for days in 0..MOST_DAYS {
        let Some(bought) = now.checked_sub_signed(TimeDelta::days(days)) else {
            break;
        };
        let (Some(old), Some(new)) = (later(bought, was, zone), later(bought, is, zone)) else {
            return true;
        };
        if old <= now {
            return false;
        }
        if new < old {
            return true;
        }
    }
    // It lasts longer than was tried.
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_instant;

    #[test]
    fn access_shortens_if_it_does_for_somebody() {
        let now = parse_instant("2027-09-01T10:00:00Z").unwrap();
        let zone = Zone::get("Europe/Paris").unwrap();
        let until = |text| Term::Until(parse_instant(text).unwrap());
        let length = |text: &str| Term::For(text.parse().unwrap());
        let (past, soon, late) = (
            until("2027-08-31T22:00:00Z"),
            until("2027-09-30T22:00:00Z"),
            until("2028-03-31T22:00:00Z"),
        );
        let cases = [
            (length("6mo"), length("3mo"), true),
            (length("3mo"), length("6mo"), false),
            (length("6mo"), length("6mo"), false),
            (length("6mo"), Term::Unlimited, false),
            (Term::Unlimited, length("12mo"), true),
            (Term::Unlimited, late, true),
            (late, soon, true),
            (soon, late, false),
            // It is over already: nothing is taken away.
            (past, until("2027-07-01T00:00:00Z"), false),
            (past, length("1mo"), false),
            // A month has 30 or 31 days, February 28: the last six months from 1 March have 184.
            (length("30d"), length("1mo"), false),
            (length("31d"), length("1mo"), true),
            (length("1mo"), length("30d"), true),
            (length("6mo"), length("180d"), true),
            (length("1mo"), length("31d"), false),
            // Whoever buys today has access until 1 March 2028.
            (length("6mo"), late, false),
            (length("6mo"), soon, true),
            // Whoever bought a year ago would have lost it.
            (late, length("6mo"), true),
        ];
        for (before, after, expected) in cases {
            assert_eq!(
                is_shorter(before, after, now, &zone),
                expected,
                "{before:?} -> {after:?}"
            );
        }
    }
}
