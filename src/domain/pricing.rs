//! Prices: discounts and promotions, exact to the minor unit.

use crate::kinds::Discount;
use crate::model::{Instant, Money};

/// A fixed discount in another currency than the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the discount is in {}, the price in {}", .discount.currency.code(), .price.currency.code())]
pub struct CurrencyMismatch {
    /// What is taken off.
    pub discount: Money,
    /// What it is taken off from.
    pub price: Money,
}

/// A lower price for a time: from `starts` (at once, if `None`) up to `ends` (exclusive; without
/// end, if `None`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promotion {
    /// The price meanwhile.
    pub price: Money,
    /// Its first instant.
    pub starts: Option<Instant>,
    /// The instant at which it is over.
    pub ends: Option<Instant>,
}

/// A price with a discount: rounded half up to the minor unit, once, and never below zero.
///
/// # Errors
/// A fixed discount in another currency.
pub fn discounted(price: Money, discount: Discount) -> Result<Money, CurrencyMismatch> {
    let minor = match discount {
        Discount::Percent(hundredths) => {
            // Exact in i128: a price has at most 15 digits.
            let rest = i128::from(price.minor) * i128::from(10_000 - i64::from(hundredths));
            let rounded = (rest * 2 + 10_000).div_euclid(20_000);
            i64::try_from(rounded).unwrap_or(i64::MAX)
        }
        Discount::Amount(amount) if amount.currency == price.currency => {
            price.minor.saturating_sub(amount.minor)
        }
        Discount::Amount(discount) => return Err(CurrencyMismatch { discount, price }),
    };
    Ok(Money {
        minor: minor.max(0),
        currency: price.currency,
    })
}

/// The price at an instant: the promotion's while it lasts, else the regular one.
pub fn price_at(regular: Money, promotion: Option<Promotion>, at: Instant) -> Money {
    match promotion {
        Some(Promotion {
            price,
            starts,
            ends,
        }) if starts.is_none_or(|starts| starts <= at) && ends.is_none_or(|ends| at < ends) => {
            price
        }
        Some(_) | None => regular,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::parse_instant;

    #[test]
    fn discounts_are_exact() {
        let cases = [
            ("490.00 EUR", "10%", "441.00 EUR"),
            ("490.00 EUR", "33.00 EUR", "457.00 EUR"),
            ("490.00 EUR", "500.00 EUR", "0.00 EUR"),
            ("490.00 EUR", "100%", "0.00 EUR"),
            ("490.00 EUR", "150%", "0.00 EUR"),
            // 0.05 − 10 % = 0.045, half up: 0.05.
            ("0.05 EUR", "10%", "0.05 EUR"),
            // 0.15 − 50 % = 0.075 → 0.08.
            ("0.15 EUR", "50%", "0.08 EUR"),
            // 99.99 × 0.875 = 87.49125.
            ("99.99 EUR", "12.5%", "87.49 EUR"),
            // 1 yen − 50 % = 0.5 → 1; 333 × 0.67 = 223.11.
            ("1 JPY", "50%", "1 JPY"),
            ("333 JPY", "33%", "223 JPY"),
            // 1.234 × 0.9 = 1.1106.
            ("1.234 KWD", "10%", "1.111 KWD"),
            ("999999999999.99 EUR", "0.01%", "999899999999.99 EUR"),
        ];
        for (price, discount, expected) in cases {
            let after = discounted(price.parse().unwrap(), discount.parse().unwrap());
            assert_eq!(after.unwrap().to_string(), expected, "{price} − {discount}");
        }
        let mismatch = discounted("490.00 EUR".parse().unwrap(), "33.00 USD".parse().unwrap());
        assert_eq!(
            mismatch.unwrap_err().to_string(),
            "the discount is in USD, the price in EUR"
        );
    }

    #[test]
    fn promotions_include_their_start_and_exclude_their_end() {
        let instant = |text| parse_instant(text).unwrap();
        let promotion = Promotion {
            price: "390.00 EUR".parse().unwrap(),
            starts: Some(instant("2026-06-30T21:00:00Z")),
            ends: Some(instant("2026-07-31T21:00:00Z")),
        };
        let open = Promotion {
            starts: None,
            ends: None,
            ..promotion
        };
        let cases = [
            (promotion, "2026-06-30T20:59:59Z", "490.00 EUR"),
            (promotion, "2026-06-30T21:00:00Z", "390.00 EUR"),
            (promotion, "2026-07-31T20:59:59Z", "390.00 EUR"),
            (promotion, "2026-07-31T21:00:00Z", "490.00 EUR"),
            (open, "2030-01-01T00:00:00Z", "390.00 EUR"),
        ];
        for (promotion, at, expected) in cases {
            let price = price_at("490.00 EUR".parse().unwrap(), Some(promotion), instant(at));
            assert_eq!(price.to_string(), expected, "{at}");
        }
    }
}
