//! What to write instead of a value of the wrong type or form.

use super::alternatives::{Form, Shape};
use crate::kinds::{At, Day, Discount, Percent, Price};
use crate::model::{Duration, Money, Name, TimeOfDay};
use crate::yaml::{Node, Scalar, ScalarStyle, ScalarType, Value};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// What to do about a node that is none of the forms. `currency` is the project's.
pub(super) fn cure(node: &Node, forms: &[Form<'_>], currency: Option<&str>) -> Option<String> {
    let shapes = |shape| forms.iter().any(|form| form.shape() == shape);
    match &node.value {
        Value::Scalar(scalar) => forms
            .iter()
            .find_map(|form| scalar_cure(scalar, *form, currency))
            .or_else(|| {
                let tag = forms.iter().find(|form| form.tag() == Some(&*scalar.text));
                tag.map(|_| format!("write `{{ {}: … }}`", scalar.text))
            })
            .or_else(|| {
                let listed = scalar.ty == ScalarType::String && shapes(Shape::List);
                listed.then(|| format!("write a list: `[{}]`", scalar.text))
            })
            .or_else(|| {
                let nothing = scalar.ty == ScalarType::Null;
                nothing.then(|| "give it a value, or leave the field out".to_owned())
            }),
        Value::Sequence(items) => match items.as_slice() {
            [_] if !shapes(Shape::List) => Some("write the one item without the list".to_owned()),
            _ => None,
        },
        Value::Mapping(_) if shapes(Shape::List) => {
            Some("begin each item of the list with `- `".to_owned())
        }
        Value::Mapping(_) => None,
    }
}

fn scalar_cure(scalar: &Scalar, form: Form<'_>, currency: Option<&str>) -> Option<String> {
    let text = &*scalar.text;
    let number = matches!(scalar.ty, ScalarType::Int(_) | ScalarType::Float);
    match (form.shape(), form.title()) {
        (Shape::Text, Some("Instant" | "End" | "Day")) if let Some(said) = no_such_day(text) => {
            Some(said)
        }
        (Shape::Text, Some("Money")) => money(text, number, currency),
        (Shape::Text, Some("Discount")) if number => {
            let percent = format!("{text}%").parse::<Discount>().ok()?;
            Some(match amount(text, currency) {
                Some(amount) => format!("write `{percent}`, or `{amount}` for an amount"),
                None => format!("write `{percent}`"),
            })
        }
        (Shape::Text, Some("Discount")) => {
            let text: String = text.split_whitespace().collect();
            let percent = text.parse::<Discount>().ok();
            percent
                .map(|percent| format!("write `{percent}`"))
                .or_else(|| money(&text, false, currency))
        }
        (Shape::Text, Some("Percent")) => {
            let digits = text.trim_end_matches('%').trim();
            let share = format!("{digits}%");
            share
                .parse::<Percent>()
                .ok()
                .map(|_| format!("write `{share}`"))
        }
        (Shape::Text, Some("Duration")) => duration(text, number),
        (Shape::Text, Some("Instant")) => instant(text),
        (Shape::Text, Some("End")) => instant(text).filter(|_| !text.contains('T')),
        (Shape::Text, Some("Day")) => {
            let day = text.get(..10)?;
            day.parse::<Day>().ok().map(|_| format!("write `{day}`"))
        }
        (Shape::Text, Some("TimeOfDay")) => time_of_day(text),
        (Shape::Text, Some("Name" | "PersonName")) => name(scalar),
        (Shape::Text, _) => quoted(scalar),
        (Shape::Truth, _) => truth(text),
        (Shape::Number, _) => (scalar.style == ScalarStyle::Quoted && text.parse::<i64>().is_ok())
            .then(|| "remove the quotes".to_owned()),
        (Shape::Constant, _) => {
            let same = form.constant()? == text && scalar.ty != ScalarType::String;
            same.then(|| format!("put it in quotes: \"{text}\""))
        }
        (Shape::List | Shape::Map | Shape::Anything, _) => None,
    }
}

/// A text that YAML reads as something else.
fn quoted(scalar: &Scalar) -> Option<String> {
    match scalar.ty {
        ScalarType::Int(_) | ScalarType::Float | ScalarType::Bool(_) => {
            Some(format!("put it in quotes: \"{}\"", scalar.text))
        }
        ScalarType::Null | ScalarType::String => None,
    }
}

fn money(text: &str, number: bool, currency: Option<&str>) -> Option<String> {
    if number {
        return Some(match (amount(text, currency), currency) {
            (Some(money), _) => format!("write `{money}`"),
            (None, Some(currency)) => {
                format!("write the amount and `{currency}`, as in `490.00 {currency}`")
            }
            (None, None) => "add the currency, as in `490.00 EUR`".to_owned(),
        });
    }
    // `490,00 EUR`, `1.000,00 EUR`, `1,000 EUR`, `490 eur`, `490.00EUR`, `EUR 490`
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    let code = letters.to_uppercase();
    let code = if code.is_empty() { currency? } else { &code };
    let digits = text.trim_matches(|c: char| !c.is_ascii_digit());
    let price: Price = Money::from_wire(&plain_amount(digits)?, code)
        .ok()?
        .to_string()
        .parse()
        .ok()?;
    let shown = price.0.to_string();
    (shown != text).then(|| format!("write `{shown}`"))
}

/// An amount without separators of thousands and with a decimal point: only what can be read in
/// one way.
fn plain_amount(digits: &str) -> Option<String> {
    let mut groups: Vec<&str> = digits.split(['.', ',']).collect();
    if !groups
        .iter()
        .all(|group| group.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let cents = groups.pop_if(|last| last.len() == 2 && digits.len() > 2);
    let thousands = groups.get(1..)?;
    // `1.490` could be either.
    let clear = thousands.is_empty() || cents.is_some() || !digits.contains('.');
    (clear && thousands.iter().all(|group| group.len() == 3)).then(|| {
        let whole = groups.concat();
        cents.map_or_else(|| whole.clone(), |cents| format!("{whole}.{cents}"))
    })
}

/// A number as an amount of the project's currency: `490`, `490.5`, `1e3`.
fn amount(text: &str, currency: Option<&str>) -> Option<Money> {
    let currency = currency?;
    let plain = text.replace('_', "");
    Money::from_wire(&plain, currency)
        .ok()
        .or_else(|| {
            // Written with an exponent, a leading zero or a sign.
            let exact = plain.parse::<Decimal>();
            let exact = exact.or_else(|_| Decimal::from_scientific(&plain)).ok()?;
            Money::from_wire(&exact.normalize().to_string(), currency).ok()
        })
        .filter(|money| money.minor >= 0)
}

/// `7 days`, `30 min`, `1h 30m`, `2 Weeks`.
fn duration(text: &str, number: bool) -> Option<String> {
    if number {
        return Some(format!(
            "add a unit: `{text}d` for days, `{text}h` for hours, `{text}m` for minutes"
        ));
    }
    let mut short = String::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at(digits);
        let tail = tail.trim_start();
        let letters = tail.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (unit, tail) = tail.split_at(letters);
        let unit = match unit.to_ascii_lowercase().as_str() {
            "mo" | "mon" | "month" | "months" => "mo",
            "w" | "week" | "weeks" => "w",
            "d" | "day" | "days" => "d",
            "h" | "hr" | "hrs" | "hour" | "hours" => "h",
            "m" | "min" | "mins" | "minute" | "minutes" => "m",
            _ => return None,
        };
        short.push_str(number);
        short.push_str(unit);
        rest = tail.trim_start_matches([' ', ',']);
    }
    let _: Duration = short.parse().ok()?;
    (short != text).then(|| format!("write `{short}`"))
}

/// A date without a time, or with a space before it.
/// What is wrong with a date of the right form that no calendar has. Which day was meant is not guessed.
fn no_such_day(text: &str) -> Option<String> {
    let (month_text, day) = text.get(..10)?.rsplit_once('-')?;
    let (year, month) = month_text.split_once('-')?;
    let number = |text: &str, digits: usize| {
        let is_one = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        is_one.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
    let date = |day| NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day);
    if date(day).is_some() {
        return None;
    }
    if !(1..=12).contains(&month) {
        return Some("the month is a number from 01 to 12, after the year".to_owned());
    }
    let last = (28..=31).rev().find(|day| date(*day).is_some())?;
    Some(format!("{month_text} has the days 01 to {last}"))
}

fn instant(text: &str) -> Option<String> {
    let joined = text.trim().replacen(' ', "T", 1);
    let candidates = [joined.clone(), format!("{}T00:00", text.trim())];
    let found = candidates.iter().find(|text| text.parse::<At>().is_ok())?;
    (found != text).then(|| {
        if joined == *found {
            format!("write `{found}`")
        } else {
            format!("add a time of day: `{found}`")
        }
    })
}

/// `1:30`, `9`, `9.30`
fn time_of_day(text: &str) -> Option<String> {
    let (hour, minute) = text.split_once([':', '.']).unwrap_or((text, "00"));
    let found = format!("{hour:0>2}:{minute:0<2}");
    let found = found.get(..5)?;
    let _: TimeOfDay = found.parse().ok()?;
    (found != text).then(|| format!("write `\"{found}\"`"))
}

/// `Web Dev 2026`
fn name(scalar: &Scalar) -> Option<String> {
    if Name::check(&scalar.text).is_ok() {
        return quoted(scalar);
    }
    name_cure(&scalar.text)
}

/// The name that a text could mean.
pub(super) fn name_cure(text: &str) -> Option<String> {
    let slug: String = text
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-");
    Name::check(&slug).ok()?;
    Some(if text.is_ascii() {
        format!("write `{slug}`")
    } else {
        // Letters were lost: it is a suggestion only.
        format!("use lower-case letters, digits and hyphens, as in `{slug}`")
    })
}

fn truth(text: &str) -> Option<String> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" => Some("write `true`".to_owned()),
        "no" | "off" | "n" => Some("write `false`".to_owned()),
        "true" | "false" => Some("remove the quotes".to_owned()),
        _ => None,
    }
}
