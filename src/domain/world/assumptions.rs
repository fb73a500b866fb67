//! What the sources leave open, as named switches with a default each.
//!
//! `docs/model.md` lists them with their reasons; a test holds both together. Nothing else in this
//! room guesses.

use std::fmt;
use std::str::FromStr;

macro_rules! switches {
    ($($(#[doc = $doc:literal])+ $field:ident: $name:literal, $ty:ident {
        #[doc = $default_doc:literal] $default:ident = $default_word:literal,
        $(#[doc = $other_doc:literal] $other:ident = $other_word:literal,)+ })+) => {
        /// The switches.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Assumptions {
            $($(#[doc = $doc])+ pub $field: $ty,)+
        }

        $(
            $(#[doc = $doc])+
            #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
            pub enum $ty {
                #[doc = $default_doc]
                #[default]
                $default,
                $(#[doc = $other_doc] $other,)+
            }
        )+

        /// Every switch, in the order of the table.
        pub static SWITCHES: &[Switch] = &[
            $(Switch {
                name: $name,
                about: concat!($($doc),+),
                choices: &[
                    ($default_word, $default_doc),
                    $(($other_word, $other_doc),)+
                ],
            },)+
        ];

        impl Assumptions {
            /// Sets a switch by its name and the word of a choice.
            fn set(&mut self, name: &str, word: &str) -> Result<(), UnknownSwitch> {
                match name {
                    $($name => {
                        self.$field = match word {
                            $default_word => $ty::$default,
                            $($other_word => $ty::$other,)+
                            _ => return Err(UnknownSwitch::Choice {
                                switch: $name,
                                word: word.to_owned(),
                            }),
                        };
                        Ok(())
                    })+
                    _ => Err(UnknownSwitch::Name(name.to_owned())),
                }
            }
        }
    };
}

switches! {
    /// Whether a segment lets go of a contact for whom its conditions no longer hold.
    segment_drops: "segment-drops", SegmentDrops {
        /// It does: who is in it is always who fits.
        Yes = "yes",
        /// It keeps whom it has once taken.
        No = "no",
    }
    /// Whether a segment takes back a contact whom a scenario has removed while the conditions hold.
    segment_takes_back: "segment-takes-back", SegmentTakesBack {
        /// The contact stays out until the conditions have ceased to hold and hold again.
        No = "no",
        /// The contact is in it again the next time anything changes about him.
        Yes = "yes",
    }
    /// Whether a payment cancels a wait that is pending in a scenario.
    payment_cancels_waits: "payment-cancels-waits", PaymentCancelsWaits {
        /// It does not: the chain goes on, and its condition must ask.
        No = "no",
        /// A chain that an unpaid order started ends when that order is paid.
        Yes = "yes",
    }
    /// When an order that is paid in parts gives access and counts as bought.
    access_from: "access-from", AccessFrom {
        /// With the first payment.
        FirstPayment = "first-payment",
        /// With the last.
        LastPayment = "last-payment",
    }
    /// What an overdue part of a price does to access.
    overdue: "overdue", Overdue {
        /// Nothing by itself: the school decides.
        KeepsAccess = "keeps-access",
        /// Access rests until it is paid.
        SuspendsAccess = "suspends-access",
    }
    /// Whether a coupon takes its discount off a promotion's price.
    coupon_on_promotion: "coupon-on-promotion", CouponOnPromotion {
        /// Off the price of the moment, the promotion's too.
        Applies = "applies",
        /// While a promotion lasts no coupon is accepted.
        Refused = "refused",
    }
    /// From which parts of a price a coupon's discount is taken.
    coupon_in_parts: "coupon-in-parts", CouponInParts {
        /// From the last ones: what is paid at once stays as it is.
        Last = "last",
        /// From the first ones.
        First = "first",
    }
    /// Whether an order that was made before the sale closed can be paid after it.
    late_payment: "late-payment", LatePayment {
        /// It cannot.
        Refused = "refused",
        /// It can, at its price.
        Accepted = "accepted",
    }
    /// What a checkpoint that a participant has not passed does to the lessons behind it.
    checkpoints: "checkpoints", Checkpoints {
        /// Nothing: whether a lesson is open is a question of its date alone.
        Release = "release",
        /// They stay closed for this participant.
        Hold = "hold",
    }
    /// Who is told of a lesson.
    lesson_notices: "lesson-notices", LessonNotices {
        /// Whoever has access when it opens later than access began.
        WhenItOpens = "when-it-opens",
        /// Also of those that are open at once.
        Always = "always",
    }
}

/// A switch: its name, what it is about, its choices (word and meaning) with the default first.
#[derive(Clone, Copy, Debug)]
pub struct Switch {
    /// The name, as in `--assume NAME=CHOICE`.
    pub name: &'static str,
    /// What is open.
    pub about: &'static str,
    /// The choices, the default first.
    pub choices: &'static [(&'static str, &'static str)],
}

/// A switch or a choice that does not exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownSwitch {
    /// It is not `NAME=CHOICE`.
    Form(String),
    /// There is no such switch.
    Name(String),
    /// The switch has no such choice.
    Choice {
        /// The switch.
        switch: &'static str,
        /// What was asked for.
        word: String,
    },
}

impl fmt::Display for UnknownSwitch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnknownSwitch::Form(text) => {
                write!(
                    f,
                    "`{text}` is no assumption: write `NAME=CHOICE`, for example `segment-drops=no`"
                )
            }
            UnknownSwitch::Name(name) => {
                let names: Vec<&str> = SWITCHES.iter().map(|switch| switch.name).collect();
                write!(
                    f,
                    "there is no assumption `{name}`; there are {}",
                    names.join(", ")
                )
            }
            UnknownSwitch::Choice { switch, word } => {
                let choices = SWITCHES
                    .iter()
                    .filter(|known| known.name == *switch)
                    .flat_map(|known| known.choices.iter().map(|(word, _)| *word));
                let choices: Vec<&str> = choices.collect();
                write!(f, "`{switch}` is {}, not `{word}`", choices.join(" or "))
            }
        }
    }
}

impl std::error::Error for UnknownSwitch {}

/// One `NAME=CHOICE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    name: String,
    choice: String,
}

impl FromStr for Assumption {
    type Err = UnknownSwitch;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, choice) = text
            .split_once('=')
            .ok_or_else(|| UnknownSwitch::Form(text.to_owned()))?;
        Assumptions::default().set(name, choice)?;
        Ok(Assumption {
            name: name.to_owned(),
            choice: choice.to_owned(),
        })
    }
}

impl Assumptions {
    /// The defaults with some switches set; later ones win.
    ///
    /// # Errors
    /// A switch or choice that does not exist.
    pub fn with(assumed: &[Assumption]) -> Result<Self, UnknownSwitch> {
        let mut assumptions = Assumptions::default();
        for Assumption { name, choice } in assumed {
            assumptions.set(name, choice)?;
        }
        Ok(assumptions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_set_by_name() {
        let assumed = ["segment-drops=no", "overdue=suspends-access"];
        let assumed = assumed.map(|text| text.parse().unwrap());
        let assumptions = Assumptions::with(&assumed).unwrap();
        assert_eq!(assumptions.segment_drops, SegmentDrops::No);
        assert_eq!(assumptions.overdue, Overdue::SuspendsAccess);
        assert_eq!(assumptions.late_payment, LatePayment::Refused);
    }

    #[test]
    fn what_is_unknown_is_said_with_what_is_known() {
        let error = |text: &str| text.parse::<Assumption>().unwrap_err().to_string();
        assert!(error("segment-drops").contains("NAME=CHOICE"));
        assert!(error("segments=no").contains("segment-drops"));
        assert_eq!(
            error("segment-drops=maybe"),
            "`segment-drops` is yes or no, not `maybe`"
        );
    }

    #[test]
    fn the_first_choice_is_the_default() {
        for switch in SWITCHES {
            let mut assumptions = Assumptions::default();
            let (word, _) = switch.choices[0];
            assumptions.set(switch.name, word).unwrap();
            assert_eq!(assumptions, Assumptions::default(), "{}", switch.name);
        }
    }
}
