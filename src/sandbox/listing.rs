//! Pages of collections as JSON text.

use super::store::{Page, Window};

const DEFAULT_PER_PAGE: u32 = 15;
const MOST_PER_PAGE: u32 = 100;

/// Reads `page` and `per_page` as lenient servers do: what is no number is the default, what is out
/// of range the nearest that is in it.
pub(super) fn window(page: Option<&str>, per_page: Option<&str>) -> Window {
    let number = |text: Option<&str>, default: u64| {
        text.and_then(|text| text.trim().parse::<i128>().ok())
            .map_or(default, |number| {
                u64::try_from(number.max(1)).unwrap_or(u64::MAX)
            })
    };
    let per_page = number(per_page, u64::from(DEFAULT_PER_PAGE)).min(u64::from(MOST_PER_PAGE));
    Window {
        page: number(page, 1),
        per_page: u32::try_from(per_page).unwrap_or(MOST_PER_PAGE),
    }
}

/// `{"data": […], "meta": {…}}`
pub(super) fn text(page: &Page, window: Window) -> String {
    let size: usize = page.rows.iter().map(|row| row.body.len() + 256).sum();
    let mut out = String::with_capacity(size + 128);
    out.push_str("{\"data\":[");
    for (index, row) in page.rows.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        row.write(&mut out);
    }
    out.push_str("],\"meta\":");
    let meta = serde_json::json!({
        "current_page": window.page,
        "last_page": last_page(page.total, window),
        "per_page": window.per_page,
        "total": page.total,
    });
    out.push_str(&meta.to_string());
    out.push('}');
    out
}

/// The number of the last page; 1 if there is nothing.
pub(super) fn last_page(total: u64, window: Window) -> u64 {
    total.div_ceil(u64::from(window.per_page).max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_clamped() {
        let cases = [
            (None, None, 1, 15),
            (Some("2"), Some("100"), 2, 100),
            (Some("0"), Some("0"), 1, 1),
            (Some("-3"), Some("-1"), 1, 1),
            (Some("x"), Some("many"), 1, 15),
            (Some("18446744073709551616"), Some("1000"), u64::MAX, 100),
        ];
        for (page, size, expected_page, expected_size) in cases {
            let expected = Window {
                page: expected_page,
                per_page: expected_size,
            };
            assert_eq!(window(page, size), expected);
        }
    }

    #[test]
    fn there_is_always_a_last_page() {
        let window = Window {
            page: 1,
            per_page: 15,
        };
        for (total, expected) in [(0, 1), (1, 1), (15, 1), (16, 2), (30, 2), (31, 3)] {
            assert_eq!(last_page(total, window), expected);
        }
    }
}
