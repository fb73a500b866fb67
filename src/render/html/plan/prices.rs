//! Prices before and after, as they come with the plan: no sum is made here.

use super::paragraph;
use crate::plan::Price;
use crate::render::html::page::{table_end, table_head};
use crate::render::human::plan::pieces::{NOT_TO_BE_HAD, way};
use crate::render::markup::line;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A row for each way to buy each thing.
pub(super) fn table(out: &mut String, prices: &[Price], titles: &BTreeMap<&str, &str>) {
    if prices.is_empty() {
        paragraph(out, "note", "No price changes.");
        return;
    }
    let columns = ["What is bought", "How", "Before", "After"];
    table_head(out, "Prices before and after", &columns);
    for price in prices {
        let Price {
            address,
            of,
            way: _,
            coupon: _,
            before,
            after,
        } = price;
        let (before, after) = match (before, after) {
            (Some(before), Some(after)) if before == after => {
                (before.0.to_string(), format!("{} (stays)", after.0))
            }
            (before, after) => {
                let shown = |price: &Option<crate::kinds::WireMoney>| {
                    price
                        .as_ref()
                        .map_or_else(|| NOT_TO_BE_HAD.to_owned(), |price| price.0.to_string())
                };
                (shown(before), shown(after))
            }
        };
        let title = titles.get(of.as_str()).map_or_else(String::new, |title| {
            format!("<br><span class=\"note\">{}</span>", line(title))
        });
        let because = if of == address {
            String::new()
        } else {
            let address = line(address);
            format!("<br><span class=\"note\">because of <code>{address}</code></span>")
        };
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\"><code>{}</code>{title}{because}</th><td>{}</td><td class=\"money\">{}</td><td class=\"money\">{}</td></tr>",
            line(of),
            line(&way(price)),
            line(&before),
            line(&after)
        );
    }
    table_end(out);
}
