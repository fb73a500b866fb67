//! What the YAML 1.2 core schema makes of a plain scalar.

use crate::yaml::ScalarType;

/// The type of a plain scalar.
pub(super) fn resolve(text: &str) -> ScalarType {
    let Some(first) = text.as_bytes().first() else {
        return ScalarType::Null;
    };
    match first {
        b'~' | b'n' | b'N' => match text {
            "~" | "null" | "Null" | "NULL" => ScalarType::Null,
            _ => ScalarType::String,
        },
        b't' | b'T' | b'f' | b'F' => match text {
            "true" | "True" | "TRUE" => ScalarType::Bool(true),
            "false" | "False" | "FALSE" => ScalarType::Bool(false),
            _ => ScalarType::String,
        },
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(text),
        _ => ScalarType::String,
    }
}

/// The value of a scalar that [`resolve`] calls a float.
pub(super) fn float(text: &str) -> f64 {
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        Some(_) | None => (false, text),
    };
    let value = match unsigned {
        ".inf" | ".Inf" | ".INF" => f64::INFINITY,
        ".nan" | ".NaN" | ".NAN" => f64::NAN,
        _ => match (
            unsigned.strip_prefix("0x"),
            unsigned.strip_prefix("0o"),
            unsigned.parse(),
        ) {
            (Some(digits), _, _) => whole(digits, 16),
            (None, Some(digits), _) => whole(digits, 8),
            (None, None, parsed) => parsed.unwrap_or(f64::NAN),
        },
    };
    if negative { -value } else { value }
}

fn number(text: &str) -> ScalarType {
    for (prefix, radix) in [("0o", 8), ("0x", 16)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
                ScalarType::String
            } else {
                i64::from_str_radix(digits, radix).map_or(ScalarType::Float, ScalarType::Int)
            };
        }
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (digits, rest) = split_digits(unsigned);
    if rest.is_empty() && !digits.is_empty() {
        return text.parse().map_or(ScalarType::Float, ScalarType::Int);
    }
    let float = match unsigned {
        ".inf" | ".Inf" | ".INF" => true,
        ".nan" | ".NaN" | ".NAN" => unsigned.len() == text.len(),
        _ => is_float(digits, rest),
    };
    if float {
        ScalarType::Float
    } else {
        ScalarType::String
    }
}

/// Whether digits and what follows them are `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn is_float(digits: &str, rest: &str) -> bool {
    let (fraction, exponent) = match rest.strip_prefix('.') {
        Some(rest) => split_digits(rest),
        None => ("", rest),
    };
    if digits.is_empty() && fraction.is_empty() {
        return false;
    }
    match exponent.strip_prefix(['e', 'E']) {
        Some(power) => {
            let (digits, rest) = split_digits(power.strip_prefix(['+', '-']).unwrap_or(power));
            !digits.is_empty() && rest.is_empty()
        }
        None => exponent.is_empty(),
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|byte| !byte.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at(end)
}

fn whole(digits: &str, radix: u32) -> f64 {
    digits.chars().fold(0.0, |value, digit| {
        value * f64::from(radix) + f64::from(digit.to_digit(radix).unwrap_or(0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(ty: ScalarType, texts: &[&str]) {
        for text in texts {
            assert_eq!(resolve(text), ty, "{text}");
        }
    }

    #[test]
    fn follows_the_core_schema() {
        check(ScalarType::Null, &["", "~", "null", "Null", "NULL"]);
        check(ScalarType::Bool(true), &["true", "True", "TRUE"]);
        check(ScalarType::Bool(false), &["false", "False", "FALSE"]);
        check(
            ScalarType::Int(10),
            &["10", "010", "+10", "0o12", "0xA", "0xa"],
        );
        check(ScalarType::Int(0), &["0", "-0", "+0", "0o0", "0x0", "000"]);
        check(ScalarType::Int(-7), &["-7", "-007"]);
        check(ScalarType::Int(31), &["0x1F", "0o37"]);
        check(ScalarType::Int(i64::MAX), &["9223372036854775807"]);
        check(ScalarType::Int(i64::MIN), &["-9223372036854775808"]);
        check(
            ScalarType::Float,
            &[
                "1.5",
                "1.",
                ".5",
                "-.5",
                "1e3",
                "1E+3",
                "1.0e-3",
                "+1.0",
                ".inf",
                "-.Inf",
                "+.INF",
                ".nan",
                ".NaN",
                ".NAN",
                "9223372036854775808",
                "-9223372036854775809",
                "0xffffffffffffffff",
                "0o7777777777777777777777777",
            ],
        );
        check(
            ScalarType::String,
            &[
                "no",
                "No",
                "on",
                "off",
                "yes",
                "y",
                "nUll",
                "tRUE",
                "nulls",
                "truer",
                "1:30",
                "12:30:45",
                "2026-09-07",
                "1_000",
                "0b1",
                "0o8",
                "0o",
                "0x",
                "0xg",
                "-0x1",
                "+0o1",
                "-",
                "+",
                ".",
                "..",
                "-.",
                "e3",
                "1e",
                "1e+",
                ".e3",
                "1.5.2",
                "1,5",
                "--1",
                "+-1",
                "-.nan",
                "+.NaN",
                ".iNf",
                "inf",
                "nan",
                "1 2",
                " 1",
                "é",
                "490.00 EUR",
                "7d",
            ],
        );
    }

    #[test]
    fn reads_floats() {
        for (text, value) in [
            ("1.5", 1.5),
            ("-.5", -0.5),
            ("1.", 1.0),
            ("+1e3", 1000.0),
            ("-.inf", f64::NEG_INFINITY),
            ("0x10000000000000000", 18_446_744_073_709_551_616.0),
            ("0o2000000000000000000000", 18_446_744_073_709_551_616.0),
            ("9223372036854775808", 9_223_372_036_854_775_808.0),
        ] {
            assert!(
                (float(text) - value).abs() < f64::EPSILON || float(text) == value,
                "{text}"
            );
        }
        assert!(float(".nan").is_nan());
    }
}
