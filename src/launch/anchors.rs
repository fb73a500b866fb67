//! Moments of one launch and the same moments of the next: what stands between them keeps its place.

use chrono::{NaiveDateTime, TimeDelta};

/// Moments that are known in both launches.
#[derive(Clone, Debug)]
pub(super) struct Anchors {
    pairs: Vec<(NaiveDateTime, NaiveDateTime)>,
    days: i64,
}

impl Anchors {
    /// Without any, everything is so many days later.
    pub(super) fn new(days: i64) -> Self {
        Anchors {
            pairs: Vec::new(),
            days,
        }
    }

    /// Adds a moment and what it becomes.
    pub(super) fn add(&mut self, old: NaiveDateTime, new: NaiveDateTime) {
        self.pairs.push((old, new));
    }

    /// The moment in the new launch: as far from the nearest that is known, and on the same side of
    /// all.
    pub(super) fn moved(&self, moment: NaiveDateTime) -> NaiveDateTime {
        if let Some((_, new)) = self.pairs.iter().find(|(old, _)| *old == moment) {
            return *new;
        }
        let before = self.pairs.iter().filter(|(old, _)| *old < moment);
        let before = before.max_by_key(|pair| **pair).copied();
        let behind = self.pairs.iter().filter(|(old, _)| *old > moment);
        let behind = behind.min_by_key(|pair| **pair).copied();
        let after = |(old, new): (NaiveDateTime, NaiveDateTime)| new + (moment - old);
        let fits = |candidate: &NaiveDateTime| {
            before.is_none_or(|(_, new)| new < *candidate)
                && behind.is_none_or(|(_, new)| *candidate < new)
        };
        match (before, behind) {
            (None, None) => moment + TimeDelta::days(self.days),
            (Some(one), None) | (None, Some(one)) => after(one),
            (Some(first), Some(second)) => {
                let (near, far) = if moment - first.0 <= second.0 - moment {
                    (after(first), after(second))
                } else {
                    (after(second), after(first))
                };
                let mut candidates = [near, far].into_iter();
                let whole = candidates.find(fits);
                whole.unwrap_or_else(|| {
                    if second.1 <= first.1 {
                        return near;
                    }
                    // Where there is less room than before: the middle of it, at the same hour if
                    // that is in between.
                    let middle = first.1 + (second.1 - first.1) / 2;
                    let at_hour = middle.date().and_time(moment.time());
                    if fits(&at_hour) {
                        at_hour
                    } else {
                        to_minute(middle)
                    }
                })
            }
        }
    }
}

fn to_minute(moment: NaiveDateTime) -> NaiveDateTime {
    use chrono::Timelike as _;
    moment.with_second(0).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    #[test]
    fn where_there_is_less_room_the_hour_stays() {
        // Three weeks with a pause in them become one.
        let mut anchors = Anchors::new(119);
        anchors.add(at("2027-10-18T10:00"), at("2028-02-14T10:00"));
        anchors.add(at("2027-11-08T10:00"), at("2028-02-21T10:00"));
        assert_eq!(
            anchors.moved(at("2027-10-25T10:00")),
            at("2028-02-17T10:00")
        );
    }

    #[test]
    fn what_stands_between_known_moments_keeps_its_side() {
        let mut anchors = Anchors::new(7);
        assert_eq!(
            anchors.moved(at("2027-03-01T09:59")),
            at("2027-03-08T09:59")
        );
        // An opening a week later, an end of access five days later.
        anchors.add(at("2027-04-30T18:00"), at("2027-05-07T18:00"));
        anchors.add(at("2027-09-01T12:00"), at("2027-09-06T12:00"));
        let cases = [
            ("2027-04-30T18:00", "2027-05-07T18:00"),
            ("2027-03-01T10:00", "2027-03-08T10:00"),
            ("2027-05-01T18:00", "2027-05-08T18:00"),
            ("2027-08-31T12:00", "2027-09-05T12:00"),
            ("2027-09-02T12:00", "2027-09-07T12:00"),
        ];
        for (old, new) in cases {
            assert_eq!(anchors.moved(at(old)), at(new), "{old}");
        }
        // Ten days between two moments become two: six days behind the first has no place.
        anchors.add(at("2027-10-01T12:00"), at("2027-10-08T12:00"));
        anchors.add(at("2027-10-11T12:00"), at("2027-10-10T12:00"));
        assert_eq!(
            anchors.moved(at("2027-10-02T12:00")),
            at("2027-10-09T12:00")
        );
        assert_eq!(
            anchors.moved(at("2027-10-06T12:00")),
            at("2027-10-09T12:00")
        );
    }
}
