//! Scalars of the language: one type a form, each with the pattern that its schema shows.
//!
//! Type and schema accept the same texts; a test in `schema` proves it over generated documents.

use crate::model::{Currency, Duration, Moment, Money, TimeOfDay};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

/// A field that can be absent (not managed), `null` (the platform's default) or set.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Field<T> {
    /// Not written: left as it is on the platform.
    #[default]
    Absent,
    /// `null`: the platform's default.
    Null,
    /// A value.
    Set(T),
}

impl<T> Field<T> {
    /// The value, if one is set.
    pub fn set(&self) -> Option<&T> {
        match self {
            Field::Set(value) => Some(value),
            Field::Absent | Field::Null => None,
        }
    }

    /// Whether it is not managed.
    pub fn is_absent(&self) -> bool {
        matches!(self, Field::Absent)
    }

    /// The attribute it becomes: none if absent, `Null`, or what `encode` makes of the value.
    pub fn encode(
        &self,
        encode: impl FnOnce(&T) -> Option<crate::model::Value>,
    ) -> Option<crate::model::Value> {
        match self {
            Field::Absent => None,
            Field::Null => Some(crate::model::Value::Null),
            Field::Set(value) => encode(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Field::Null, Field::Set))
    }
}

impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

/// Reads a scalar by its `FromStr`, with the error's own words.
pub(in crate::kinds) fn from_text<'de, D, T>(
    deserializer: D,
    expected: &'static str,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: fmt::Display,
{
    struct TextVisitor<T>(&'static str, std::marker::PhantomData<T>);

    impl<T> Visitor<'_> for TextVisitor<T>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }

    deserializer.deserialize_str(TextVisitor(expected, std::marker::PhantomData))
}

/// Reading and schema of a type that is one text, by its `FromStr` and a pattern that accepts the
/// same texts.
macro_rules! text_form {
    ($ty:ty, $name:expr, $expected:literal, $description:literal, $pattern:expr, [$($example:literal),+]) => {
        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::kinds::scalars::from_text(deserializer, $expected)
            }
        }

        impl schemars::JsonSchema for $ty {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "title": $name,
                    "description": $description,
                    "type": "string",
                    "pattern": $pattern,
                    // Editors show this instead of the pattern, and so does `schema`.
                    "patternErrorMessage": concat!("expected ", $expected),
                    "examples": [$($example),+],
                })
            }
        }
    };
}

pub(in crate::kinds) use text_form;

/// A day of the years 1000 to 9998.
const DATE: &str = "(?:(?:[1-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)-02-29)";
const CLOCK: &str = "(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?";
const OFFSET: &str = "(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?";

/// `AMOUNT CURRENCY` with the decimals of each currency.
static MONEY: LazyLock<String> = LazyLock::new(|| {
    let mut by_exponent: std::collections::BTreeMap<u32, Vec<&str>> = Default::default();
    for currency in Currency::all() {
        by_exponent
            .entry(currency.exponent().unwrap_or(0))
            .or_default()
            .push(currency.code());
    }
    let groups: Vec<String> = by_exponent
        .into_iter()
        .map(|(exponent, mut codes)| {
            codes.sort_unstable();
            let decimals = if exponent == 0 {
                String::new()
            } else {
                format!("(?:\\.[0-9]{{1,{exponent}}})?")
            };
            format!("{decimals} (?:{})", codes.join("|"))
        })
        .collect();
    format!("(?:0|[1-9][0-9]{{0,11}})(?:{})", groups.join("|"))
});

text_form!(
    Duration,
    "Duration",
    "a duration",
    "Numbers with units, largest first: months `mo`, weeks `w`, days `d`, hours `h`, minutes `m`.",
    "^(?:[0-9]{1,6}mo(?:[0-9]{1,6}w)?(?:[0-9]{1,6}d)?(?:[0-9]{1,6}h)?(?:[0-9]{1,6}m)?|[0-9]{1,6}w(?:[0-9]{1,6}d)?(?:[0-9]{1,6}h)?(?:[0-9]{1,6}m)?|[0-9]{1,6}d(?:[0-9]{1,6}h)?(?:[0-9]{1,6}m)?|[0-9]{1,6}h(?:[0-9]{1,6}m)?|[0-9]{1,6}m)$",
    ["30m", "1d12h", "2w", "6mo"]
);

text_form!(
    TimeOfDay,
    "TimeOfDay",
    "a time of day",
    "An hour and minute of the day, in quotes: `\"09:00\"`.",
    "^(?:[01][0-9]|2[0-3]):[0-5][0-9]$",
    ["09:00"]
);

/// A point in time: `2026-09-07T10:00` in the project's time zone, or with an offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct At(pub Moment);

impl FromStr for At {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(moment @ (Moment::Local(_) | Moment::Offset(_))) => Ok(At(moment)),
            Ok(Moment::Date(_)) => Err("a time of day is missing: write `2026-09-07T10:00`"),
            Err(_) => Err(
                "a time is `2026-09-07T10:00` in the project's time zone, or with an offset: `2026-09-07T10:00+02:00`",
            ),
        }
    }
}

text_form!(
    At,
    "Instant",
    "a time such as `2026-09-07T10:00`",
    "A date and time: `2026-09-07T10:00` in the project's time zone, or with an offset (`2026-09-07T10:00+02:00`, `…Z`).",
    format!("^{DATE}T{CLOCK}{OFFSET}$"),
    ["2026-09-07T10:00"]
);

/// The end of something: an instant (exclusive), or a date, whose whole local day is included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Until(pub Moment);

impl FromStr for Until {
    type Err = crate::model::MomentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Until)
    }
}

text_form!(
    Until,
    "End",
    "a date such as `2026-09-07`, or a time such as `2026-09-07T10:00`",
    "A date, whose whole day in the project's time zone is included, or an instant, which is exclusive.",
    format!("^{DATE}(?:T{CLOCK}{OFFSET})?$"),
    ["2026-09-10", "2026-09-10T18:00"]
);

/// A calendar day, `2026-12-31`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Day(pub chrono::NaiveDate);

impl FromStr for Day {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(Moment::Date(date)) => Ok(Day(date)),
            Ok(Moment::Local(_) | Moment::Offset(_)) | Err(_) => Err("a day is `2026-12-31`"),
        }
    }
}

text_form!(
    Day,
    "Day",
    "a day such as `2026-12-31`",
    "A calendar day in the project's time zone.",
    format!("^{DATE}$"),
    ["2026-12-31"]
);

/// A price: zero or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price(pub Money);

impl FromStr for Price {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let money: Money = text
            .parse()
            .map_err(|error: crate::model::MoneyError| error.to_string())?;
        if text.starts_with('-') {
            return Err("a price is not negative".to_owned());
        }
        Ok(Price(money))
    }
}

text_form!(
    Price,
    "Money",
    "money such as `490.00 EUR`",
    "An amount and a currency: `490.00 EUR`. At most the currency's own decimals.",
    format!("^{}$", *MONEY),
    ["490.00 EUR"]
);

/// What a coupon takes off: a percentage or an amount. Whether it is sensible is a rule's question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Discount {
    /// Hundredths of a percent: `10%` is 1000.
    Percent(i32),
    /// An amount.
    Amount(Money),
}

impl FromStr for Discount {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let Some(number) = text.strip_suffix('%') else {
            return text.parse().map(Discount::Amount).map_err(
                |error: crate::model::MoneyError| {
                    format!("{error}; a discount is a percentage, `10%`, or an amount, `33.00 USD`")
                },
            );
        };
        percent_hundredths(number)
            .map(Discount::Percent)
            .ok_or_else(|| "a percentage is a number with at most two decimals: `10%`".to_owned())
    }
}

/// `12.5` → 1250.
fn percent_hundredths(number: &str) -> Option<i32> {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) if (1..=2).contains(&fraction.len()) => (whole, fraction),
        Some(_) => return None,
        None => (digits, ""),
    };
    if whole.is_empty() || whole.len() > 4 || (whole.len() > 1 && whole.starts_with('0')) {
        return None;
    }
    if !digits
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return None;
    }
    let value: i32 = format!("{whole}{fraction:0<2}").parse().ok()?;
    Some(if negative { -value } else { value })
}

/// `10%`, `12.5%` or `33.00 USD`
impl fmt::Display for Discount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Discount::Amount(money) => money.fmt(f),
            Discount::Percent(hundredths) => write!(f, "{}%", percent_text(*hundredths)),
        }
    }
}

/// 1250 → `12.5`
pub(super) fn percent_text(hundredths: i32) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let whole = hundredths.unsigned_abs() / 100;
    match hundredths.unsigned_abs() % 100 {
        0 => format!("{sign}{whole}"),
        rest if rest % 10 == 0 => format!("{sign}{whole}.{}", rest / 10),
        rest => format!("{sign}{whole}.{rest:02}"),
    }
}

text_form!(
    Discount,
    "Discount",
    "a discount such as `10%` or `33.00 USD`",
    "A percentage from 1% to 100%, or an amount with a currency.",
    format!(
        "^-?(?:(?:0|[1-9][0-9]{{0,3}})(?:\\.[0-9]{{1,2}})?%|{})$",
        *MONEY
    ),
    ["10%", "33.00 USD"]
);

/// A share of a course, `80%`: 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(pub u8);

impl FromStr for Percent {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const WRONG: &str = "a share is a whole percentage from `0%` to `100%`";
        let number = text.strip_suffix('%').ok_or(WRONG)?;
        let plain = number.bytes().all(|byte| byte.is_ascii_digit())
            && !(number.len() > 1 && number.starts_with('0'));
        match number.parse() {
            Ok(share @ 0..=100) if plain => Ok(Percent(share)),
            Ok(_) | Err(_) => Err(WRONG),
        }
    }
}

text_form!(
    Percent,
    "Percent",
    "a share such as `80%`",
    "A whole percentage.",
    "^(?:100|[1-9]?[0-9])%$",
    ["80%"]
);

/// Any text. A number, `true` or `null` must be quoted to be one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(pub Box<str>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextVisitor;

        impl Visitor<'_> for TextVisitor {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
                Ok(Text(text.into()))
            }
        }

        deserializer.deserialize_str(TextVisitor)
    }
}

impl JsonSchema for Text {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// A text with something to read in it: a title or a code, which no platform takes blank.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Title(pub Box<str>);

impl FromStr for Title {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().all(char::is_whitespace) {
            return Err("it is blank, and the platform does not take that");
        }
        Ok(Title(text.into()))
    }
}

text_form!(
    Title,
    "Title",
    "text",
    "Text that is not blank.",
    "[^\\s]",
    ["Web Development, September 2026"]
);

macro_rules! number_form {
    ($(#[$doc:meta])* $ty:ident, $min:literal, $max:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $ty(pub i64);

        impl<'de> Deserialize<'de> for $ty {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct NumberVisitor;

                impl Visitor<'_> for NumberVisitor {
                    type Value = $ty;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_i64<E: de::Error>(self, number: i64) -> Result<$ty, E> {
                        if ($min..=$max).contains(&number) {
                            Ok($ty(number))
                        } else {
                            Err(E::custom(concat!("expected ", $expected)))
                        }
                    }

                    fn visit_u64<E: de::Error>(self, number: u64) -> Result<$ty, E> {
                        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
                    }

                    /// JSON Schema counts `3.0` among the integers, and so does this.
                    fn visit_f64<E: de::Error>(self, number: f64) -> Result<$ty, E> {
                        if number.fract() == 0.0 && number.abs() <= $max as f64 {
                            #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
                            self.visit_i64(number as i64)
                        } else {
                            Err(E::custom(concat!("expected ", $expected)))
                        }
                    }
                }

                deserializer.deserialize_any(NumberVisitor)
            }
        }

        impl JsonSchema for $ty {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($ty).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "integer", "minimum": $min, "maximum": $max })
            }
        }
    };
}

number_form!(
    /// A whole number from 1.
    WholeNumber, 1i64, 1_000_000_000_000i64, "a whole number from 1"
);

number_form!(
    /// A whole number from 0.
    Points, 0i64, 1_000_000_000_000i64, "a whole number from 0"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn discounts() {
        let cases = [
            ("10%", Some(Discount::Percent(1_000)), "10%"),
            ("12.5%", Some(Discount::Percent(1_250)), "12.5%"),
            ("0.05%", Some(Discount::Percent(5)), "0.05%"),
            ("150%", Some(Discount::Percent(15_000)), "150%"),
            ("-5%", Some(Discount::Percent(-500)), "-5%"),
            ("10", None, ""),
            ("10 %", None, ""),
            ("010%", None, ""),
            ("1.234%", None, ""),
        ];
        for (text, expected, shown) in cases {
            let parsed = text.parse::<Discount>().ok();
            assert_eq!(parsed, expected, "{text}");
            if let Some(discount) = parsed {
                assert_eq!(discount.to_string(), shown);
            }
        }
        assert_eq!(
            "33.00 USD".parse::<Discount>().unwrap().to_string(),
            "33.00 USD"
        );
    }

    #[test]
    fn instants_need_a_time_of_day_and_days_must_not_have_one() {
        assert!("2026-09-07T10:00".parse::<At>().is_ok());
        assert!("2026-09-07".parse::<At>().is_err());
        assert!("2026-09-07".parse::<Until>().is_ok());
        assert!("2026-09-07T10:00".parse::<Day>().is_err());
    }
}
