//! Texts that name something: documents, addresses, parts of courses, people, variables.

use super::scalars::text_form;
use crate::model::{Address, Currency, Name};
use std::str::FromStr;
use std::sync::LazyLock;

/// The pattern of a name, without anchors. Reserved words are no names.
const SLUG: &str = "(?!(?:none|any|all)(?:[./]|$))(?:[a-z0-9]|[a-z0-9][a-z0-9-]{0,61}[a-z0-9])";

text_form!(
    Name,
    "Name",
    "a name",
    "1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends. `none`, `any` and `all` are reserved.",
    format!("^{SLUG}$"),
    ["web-dev-2026-09"]
);

/// A lesson of a course: `css/flexbox`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonPath {
    /// The module's name.
    pub module: Name,
    /// The lesson's name.
    pub lesson: Name,
}

impl FromStr for LessonPath {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (module, lesson) = text
            .split_once('/')
            .ok_or("a lesson is its module's name and its own: `css/flexbox`")?;
        Ok(LessonPath {
            module: name(module)?,
            lesson: name(lesson)?,
        })
    }
}

fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).map_err(|error| error.to_string())
}

text_form!(
    LessonPath,
    "LessonPath",
    "a lesson such as `css/flexbox`",
    "A lesson by its module's name and its own.",
    format!("^{SLUG}/{SLUG}$"),
    ["css/flexbox"]
);

/// A lesson from the course down: `web-dev/css/flexbox`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CourseLesson {
    /// The course's name.
    pub course: Name,
    /// The module's name.
    pub module: Name,
    /// The lesson's name.
    pub lesson: Name,
}

impl FromStr for CourseLesson {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('/');
        let (Some(course), Some(module), Some(lesson), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(
                "a lesson is its course's, its module's and its own name: `web-dev/css/flexbox`"
                    .to_owned(),
            );
        };
        Ok(CourseLesson {
            course: name(course)?,
            module: name(module)?,
            lesson: name(lesson)?,
        })
    }
}

/// `web-dev/css/flexbox`
impl std::fmt::Display for CourseLesson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}/{}", self.course, self.module, self.lesson)
    }
}

text_form!(
    CourseLesson,
    "CourseLesson",
    "a lesson such as `web-dev/css/flexbox`",
    "A lesson by its course's name, its module's and its own.",
    format!("^{SLUG}/{SLUG}/{SLUG}$"),
    ["web-dev/css/flexbox"]
);

macro_rules! address_form {
    ($(#[$doc:meta])* $ty:ident, $kinds:expr, $expected:literal, $description:literal, $example:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $ty(pub Address);

        impl $ty {
            /// The kinds whose addresses it takes.
            pub const KINDS: &[&str] = $kinds;
        }

        impl FromStr for $ty {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let (kind, rest) = text.split_once('.').ok_or($expected)?;
                if !Self::KINDS.contains(&kind) {
                    return Err(format!("expected {}", $expected));
                }
                name(rest)?;
                Ok($ty(Address::new(kind, rest)))
            }
        }

        text_form!(
            $ty,
            stringify!($ty),
            $expected,
            $description,
            format!("^(?:{})\\.{SLUG}$", Self::KINDS.join("|")),
            [$example]
        );
    };
}

address_form!(
    /// The address of something that is written to the platform: `coupon.black-friday-2025`.
    WrittenAddress,
    &["offer", "coupon", "list", "letter", "scenario", "pass", "pack"],
    "an address such as `coupon.black-friday-2025`",
    "The address of an object on the platform: its kind and its name.",
    "coupon.black-friday-2025"
);

address_form!(
    /// The address of something that people buy: `pass.discovery`.
    BuyableAddress,
    &["offer", "pass", "pack"],
    "the address of an offer, pass or pack, such as `pass.discovery`",
    "The address of an offer, a pass or a pack.",
    "pass.discovery"
);

address_form!(
    /// The address of a pass or a pack: `pack.welcome-pack`.
    PassAddress,
    &["pass", "pack"],
    "the address of a pass or pack, such as `pass.discovery`",
    "The address of a pass or a pack.",
    "pass.discovery"
);

/// A person of a test. `staff` is no person: it is the school.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(pub Name);

impl FromStr for PersonName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "staff" {
            return Err("`staff` is the school's and cannot be a person".to_owned());
        }
        name(text).map(PersonName)
    }
}

impl std::fmt::Display for PersonName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

text_form!(
    PersonName,
    "PersonName",
    "the name of a person of this test",
    "A person of this test: 1 to 63 lower-case letters, digits and hyphens. `staff` is the school's.",
    format!("^(?!staff$){SLUG}$"),
    ["olena"]
);

/// What stands in `${…}`: a letter, then letters, digits, `_`, `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VariableName(pub Box<str>);

impl FromStr for VariableName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = text.as_bytes();
        let first = bytes.first().is_some_and(u8::is_ascii_alphabetic);
        let rest = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if first && bytes.len() <= 63 && bytes.iter().all(rest) {
            Ok(VariableName(text.into()))
        } else {
            Err("a variable is a letter, then letters, digits, `_`, `-`: at most 63 in all")
        }
    }
}

text_form!(
    VariableName,
    "VariableName",
    "the name of a variable",
    "A letter, then letters, digits, `_` and `-`: at most 63 in all.",
    "^[A-Za-z][A-Za-z0-9_-]{0,62}$",
    ["suffix"]
);

/// A currency by its ISO 4217 code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyCode(pub Currency);

impl FromStr for CurrencyCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Currency::from_code(text)
            .filter(|currency| currency.exponent().is_some())
            .map(CurrencyCode)
            .ok_or_else(|| format!("`{text}` is no currency with prices"))
    }
}

static CURRENCIES: LazyLock<String> = LazyLock::new(|| {
    let mut codes: Vec<&str> = Currency::all().map(Currency::code).collect();
    codes.sort_unstable();
    format!("^(?:{})$", codes.join("|"))
});

text_form!(
    CurrencyCode,
    "Currency",
    "a currency such as `EUR`",
    "The ISO 4217 code of a currency.",
    &*CURRENCIES,
    ["EUR"]
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths() {
        let lesson: CourseLesson = "web-dev/css/flexbox".parse().unwrap();
        assert_eq!(lesson.to_string(), "web-dev/css/flexbox");
        for bad in [
            "web-dev/css",
            "web-dev/css/flexbox/x",
            "web-dev//x",
            "a/all/b",
        ] {
            assert!(bad.parse::<CourseLesson>().is_err(), "{bad}");
        }
        let address: BuyableAddress = "pass.discovery".parse().unwrap();
        assert_eq!(address.0, Address::new("pass", "discovery"));
        for bad in [
            "discovery",
            "list.x",
            "pass.",
            "pass.none",
            "pass.a.b",
            "pass.A",
        ] {
            assert!(bad.parse::<BuyableAddress>().is_err(), "{bad}");
        }
        assert!("staff".parse::<PersonName>().is_err());
        assert!("staffan".parse::<PersonName>().is_ok());
        assert!("XXX".parse::<CurrencyCode>().is_err());
    }
}
