//! What was applied, for people who hand it on.

use crate::domain::outputs::{
    Accepted, Accepts, Coupon, Offer, Outputs, Place, Remark, Sale, Screen, Validity,
};
use crate::domain::zone::Zone;
use crate::model::Instant;
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use std::fmt::Write as _;

/// Offers with their links, codes, and where to look; each value after the end of its name.
pub fn render(outputs: &Outputs, zone: &Zone, style: Style) -> String {
    let Outputs {
        target: _,
        at: _,
        offers,
        coupons,
        screens,
    } = outputs;
    let mut out = String::new();
    for it in offers {
        let head = style.paint(
            Tone::Strong,
            format!("{}  {}", it.address, escape(&it.title)),
        );
        out.push_str(&head);
        if let Some(said) = it.remark() {
            out.push_str(&marked(said, zone, style));
        }
        out.push('\n');
        table(&mut out, offer(it, zone, style));
        out.push('\n');
    }
    section(
        &mut out,
        "Coupons",
        style,
        coupons.iter().map(|it| {
            let code = it.code.as_deref().map_or_else(unknown, text);
            (
                format!("{}.code", it.address),
                code + &facts(it, zone, style),
            )
        }),
    );
    section(&mut out, "Screens", style, screens.iter().map(screen));
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// Why something does not do what it is for: `sale ended 2026-09-11 00:00`.
pub fn remark(remark: Remark, zone: &Zone) -> String {
    let at = |at: Option<Instant>| at.map_or_else(String::new, |at| format!(" {}", time(at, zone)));
    match remark {
        Remark::Sale(sale, on) => match sale {
            Sale::Open => "on sale".to_owned(),
            Sale::Draft => "a draft, not on sale yet".to_owned(),
            Sale::Archived => "archived".to_owned(),
            Sale::NotOpen => format!("sale opens{}", at(on)),
            Sale::Ended => format!("sale ended{}", at(on)),
            Sale::Unknown => "its status is not managed".to_owned(),
        },
        Remark::Coupon(validity, on) => match validity {
            Validity::Works => "works".to_owned(),
            Validity::Disabled => "disabled".to_owned(),
            Validity::Expired => format!("expired{}", at(on)),
            Validity::Unknown => "its status is not managed".to_owned(),
        },
    }
}

type Row = (String, String);

fn offer(offer: &Offer, zone: &Zone, style: Style) -> Vec<Row> {
    let page = offer.page.as_deref().map_or_else(unknown, text);
    let mut rows = vec![("page".to_owned(), page)];
    rows.extend(offer.coupons.iter().map(|Accepted { coupon, link }| {
        let link = match link {
            Ok(link) => text(link),
            Err(why) => style.paint(Tone::Dim, format!("({})", escape(&why.to_string()))),
        };
        let facts = facts(coupon, zone, style);
        (format!("link.{}", coupon.address.name), link + &facts)
    }));
    let said = match offer.accepts {
        Accepts::None | Accepts::Any | Accepts::Chosen => match offer.other_coupons.len() {
            0 => return rows,
            1 => "one coupon more, which is not managed here".to_owned(),
            others => format!("{others} coupons more, which are not managed here"),
        },
        Accepts::Unknown => "which coupons it accepts is not managed here".to_owned(),
    };
    rows.push((String::new(), style.paint(Tone::Dim, format!("({said})"))));
    rows
}

/// What a client must know of a coupon, behind its code or link.
fn facts(coupon: &Coupon, zone: &Zone, style: Style) -> String {
    let mut facts = String::new();
    match (coupon.remark(), coupon.until) {
        (Some(said), _) => facts.push_str(&marked(said, zone, style)),
        (None, Some(until)) => {
            let until = format!("  (ends {})", time(until, zone));
            facts.push_str(&style.paint(Tone::Dim, until));
        }
        (None, None) => {}
    }
    if !coupon.lists.is_empty() {
        let lists: Vec<String> = coupon
            .lists
            .iter()
            .map(|list| match &list.address {
                Some(address) => address.to_string(),
                None => format!("list {}", list.id),
            })
            .collect();
        let only = format!("  (only for {})", lists.join(", "));
        facts.push_str(&style.paint(Tone::Dim, only));
    }
    facts
}

fn screen(screen: &Screen) -> Row {
    let Screen {
        address,
        id: _,
        title,
        place,
    } = screen;
    let place = match place {
        Place::Url(url) => text(url),
        Place::Path(path) => format!("bursar sandbox → {}", escape(path)),
        Place::Menu(menu) => format!("{} → \"{}\"", menu.join(" → "), escape(title)),
        Place::Unknown => unknown(),
    };
    (format!("{address}.screen"), place)
}

fn section(out: &mut String, title: &str, style: Style, rows: impl Iterator<Item = Row>) {
    let rows: Vec<Row> = rows.collect();
    if rows.is_empty() {
        return;
    }
    // Writing to a string cannot fail, here and below.
    let _ = writeln!(out, "{}", style.paint(Tone::Strong, title));
    table(out, rows);
    out.push('\n');
}

/// Names are ASCII, so their length is their width.
fn table(out: &mut String, rows: Vec<Row>) {
    let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in rows {
        let _ = writeln!(out, "  {name:width$}  {value}");
    }
}

fn marked(said: Remark, zone: &Zone, style: Style) -> String {
    let said = format!("({})", remark(said, zone));
    format!("  {}", style.paint(Tone::Warning, said))
}

fn time(at: Instant, zone: &Zone) -> String {
    zone.local(at).format("%Y-%m-%d %H:%M").to_string()
}

fn text(text: &str) -> String {
    escape(text).into_owned()
}

fn unknown() -> String {
    "(not known)".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::outputs::{List, NoLink};
    use crate::model::{Address, parse_instant};

    fn coupon() -> Coupon {
        Coupon {
            address: Address::new("coupon", "come-back"),
            title: "Come back".to_owned(),
            code: Some("COME\u{1b}BACK".to_owned()),
            validity: Validity::Works,
            until: parse_instant("2026-09-30T21:00:00Z"),
            lists: vec![
                List {
                    address: Some(Address::new("list", "unpaid")),
                    id: 5,
                },
                List {
                    address: None,
                    id: 99,
                },
            ],
        }
    }

    fn outputs() -> Outputs {
        let address = Address::new("offer", "a");
        Outputs {
            target: None,
            at: parse_instant("2026-08-01T00:00:00Z").unwrap(),
            offers: vec![Offer {
                address: address.clone(),
                id: 1,
                title: "Web\n::error::x".to_owned(),
                page: Some("https://x/o/1".to_owned()),
                sale: Sale::NotOpen,
                opens: parse_instant("2026-08-31T21:00:00Z"),
                closes: None,
                accepts: Accepts::Chosen,
                coupons: vec![Accepted {
                    coupon: coupon(),
                    link: Err(NoLink::Form("kwiga".to_owned())),
                }],
                other_coupons: vec![7, 8],
            }],
            coupons: vec![coupon()],
            screens: vec![Screen {
                address,
                id: 1,
                title: "Web\u{202e}".to_owned(),
                place: Place::Menu(&["Sales", "Offers"]),
            }],
        }
    }

    #[test]
    fn shows_all_of_it_in_the_projects_time() {
        // Kyiv is three hours ahead in summer.
        let zone = Zone::get("Europe/Kyiv").unwrap();
        assert_eq!(
            render(&outputs(), &zone, Style::Plain),
            "offer.a  Web\\n\\u{3a}:error::x  (sale opens 2026-09-01 00:00)\n\
             \u{20} page            https://x/o/1\n\
             \u{20} link.come-back  (how a link applies a coupon on kwiga is not known)  (ends 2026-10-01 00:00)  (only for list.unpaid, list 99)\n\
             \u{20}                 (2 coupons more, which are not managed here)\n\
             \n\
             Coupons\n\
             \u{20} coupon.come-back.code  COME\\u{1b}BACK  (ends 2026-10-01 00:00)  (only for list.unpaid, list 99)\n\
             \n\
             Screens\n\
             \u{20} offer.a.screen  Sales → Offers → \"Web\\u{202e}\"\n"
        );
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let zone = Zone::utc();
        let coloured = render(&outputs(), &zone, Style::Coloured);
        let plain = render(&outputs(), &zone, Style::Plain);
        let mut without = String::new();
        let mut inside = false;
        for char in coloured.chars() {
            match char {
                '\u{1b}' => inside = true,
                'm' if inside => inside = false,
                _ if inside => {}
                char => without.push(char),
            }
        }
        assert_ne!(coloured, plain);
        assert_eq!(without, plain);
    }
}
