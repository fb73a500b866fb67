//! A link with a coupon applied.

/// The address of an offer's page with a coupon applied: `…?coupon=CODE`.
///
/// That is the form of the embedded platform. How the others apply a coupon by a link is not known.
pub fn applied_to(page: &str, code: &str) -> String {
    let mark = if page.contains('?') { '&' } else { '?' };
    format!("{page}{mark}coupon={}", percent_encoded(code))
}

/// A text for a query of an address.
fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_encoded_for_addresses() {
        let cases = [
            (
                "https://x/o/1",
                "COMEBACK10",
                "https://x/o/1?coupon=COMEBACK10",
            ),
            (
                "https://x/o/1",
                "10 % €",
                "https://x/o/1?coupon=10%20%25%20%E2%82%AC",
            ),
            ("https://x/?o=1", "A&b=c", "https://x/?o=1&coupon=A%26b%3Dc"),
        ];
        for (page, code, expected) in cases {
            assert_eq!(applied_to(page, code), expected);
        }
    }
}
