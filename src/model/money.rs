//! Money: minor units and a currency, never a float.

use std::fmt;
use std::str::FromStr;

/// An ISO 4217 currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The currency of a three-letter code in capitals.
    pub fn from_code(code: &str) -> Option<Self> {
        iso_currency::Currency::from_code(code).map(Currency)
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Digits behind the decimal point: 2 for EUR, 0 for JPY, 3 for KWD. None for what has no
    /// minor unit at all (gold, test codes), which cannot be a price.
    pub fn exponent(self) -> Option<u32> {
        self.0.exponent().map(u32::from)
    }

    /// Every currency that can be a price.
    pub fn all() -> impl Iterator<Item = Currency> {
        use iso_currency::IntoEnumIterator as _;
        iso_currency::Currency::iter()
            .map(Currency)
            .filter(|currency| currency.exponent().is_some())
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.code().cmp(other.code())
    }
}

/// An amount in minor units of a currency; `490.00 EUR` is 49000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money {
    /// Minor units; may be negative.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// Why a text is not money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not `AMOUNT CURRENCY`.
    #[error("money is an amount and a currency, like `490.00 EUR`")]
    Malformed,
    /// No such currency.
    #[error("`{0}` is no currency with prices")]
    UnknownCurrency(String),
    /// More decimals than the currency has.
    #[error("{currency} has {exponent} decimals")]
    TooPrecise {
        /// The currency's code.
        currency: &'static str,
        /// Its decimals.
        exponent: u32,
    },
}

impl Money {
    /// The most digits before the decimal point.
    pub const MAX_WHOLE_DIGITS: usize = 12;

    /// The amount without the currency, with exactly the currency's decimals: `490.00`.
    pub fn amount(self) -> String {
        let exponent = self.currency.exponent().unwrap_or(0) as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = self.minor.unsigned_abs().to_string();
        if exponent == 0 {
            return format!("{sign}{digits}");
        }
        let digits = format!("{digits:0>width$}", width = exponent + 1);
        let (whole, fraction) = digits.split_at(digits.len() - exponent);
        format!("{sign}{whole}.{fraction}")
    }

    /// Reads an amount and a currency code, `490.00` and `EUR`. The amount may have fewer decimals
    /// than the currency and, as servers send them, more if they are zeros and `lenient` says so.
    ///
    /// # Errors
    /// It is not a number, too long, too precise, or the currency is unknown.
    fn read(amount: &str, code: &str, lenient: bool) -> Result<Self, MoneyError> {
        let currency = Currency::from_code(code)
            .ok_or_else(|| MoneyError::UnknownCurrency(code.to_owned()))?;
        let exponent = currency
            .exponent()
            .ok_or_else(|| MoneyError::UnknownCurrency(code.to_owned()))?;
        let (negative, digits) = match amount.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, amount),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(MoneyError::Malformed),
            Some((whole, fraction)) => (whole, fraction),
            None => (digits, ""),
        };
        let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty()
            || whole.len() > Self::MAX_WHOLE_DIGITS
            || (whole.len() > 1 && whole.starts_with('0'))
            || !all_digits(whole)
            || !all_digits(fraction)
        {
            return Err(MoneyError::Malformed);
        }
        let fraction = if lenient {
            fraction.trim_end_matches('0')
        } else {
            fraction
        };
        if fraction.len() > exponent as usize {
            return Err(MoneyError::TooPrecise {
                currency: currency.code(),
                exponent,
            });
        }
        let padded = format!("{whole}{fraction:0<width$}", width = exponent as usize);
        let minor: i64 = padded.parse().map_err(|_| MoneyError::Malformed)?;
        Ok(Money {
            minor: if negative { -minor } else { minor },
            currency,
        })
    }

    /// Reads what a platform sends: an amount such as `490`, `490.0` or `490.0000` and a code.
    ///
    /// # Errors
    /// As for the text form, but zeros beyond the currency's decimals are accepted.
    pub fn from_wire(amount: &str, code: &str) -> Result<Self, MoneyError> {
        Self::read(amount, code, true)
    }
}

/// `490.00 EUR`; exactly one space, no thousands separators, no plus sign.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (amount, code) = text.split_once(' ').ok_or(MoneyError::Malformed)?;
        Money::read(amount, code, false)
    }
}

/// `490.00 EUR`
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.amount(), self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes_minor_units() {
        let cases = [
            ("490.00 EUR", 49_000, "490.00 EUR"),
            ("490 EUR", 49_000, "490.00 EUR"),
            ("0.5 EUR", 50, "0.50 EUR"),
            ("-5.00 USD", -500, "-5.00 USD"),
            ("-0.05 USD", -5, "-0.05 USD"),
            ("1200 JPY", 1_200, "1200 JPY"),
            ("1.234 KWD", 1_234, "1.234 KWD"),
        ];
        for (text, minor, shown) in cases {
            let money: Money = text.parse().unwrap();
            assert_eq!(money.minor, minor, "{text}");
            assert_eq!(money.to_string(), shown);
        }
    }

    #[test]
    fn refuses_what_is_not_exact() {
        for bad in [
            "490",
            "490.00",
            "EUR 490",
            "490.001 EUR",
            "1.5 JPY",
            "010 EUR",
            "1e3 EUR",
            "490. EUR",
            ".5 EUR",
            "490  EUR",
            "1,000 EUR",
            "490 eur",
            "490 XXX",
            "+1 EUR",
            "",
            "1234567890123 EUR",
        ] {
            assert!(bad.parse::<Money>().is_err(), "{bad}");
        }
        assert_eq!(Money::from_wire("490.0000", "EUR").unwrap().minor, 49_000);
        assert!(Money::from_wire("490.0010", "EUR").is_err());
    }
}
