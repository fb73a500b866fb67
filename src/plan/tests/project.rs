//! Small projects of every shape, from bytes.

use super::world::{World, declare, late_url, state};
use crate::model::DesiredState;
use serde_json::{Value as Json, json};

/// Choices, one byte each; zero when there are none left.
pub(super) struct Choices<'a>(pub &'a [u8]);

impl Choices<'_> {
    fn below(&mut self, count: u8) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        first % count
    }

    fn chance(&mut self) -> bool {
        self.below(2) == 1
    }
}

/// Which objects there are.
struct Present {
    lists: Vec<&'static str>,
    coupons: Vec<&'static str>,
    offers: Vec<&'static str>,
    letters: Vec<&'static str>,
}

const NAMES: [&str; 3] = ["a", "b", "c"];

/// A project: up to three objects of each of five kinds that refer to each other.
pub(crate) fn project(bytes: &[u8]) -> DesiredState {
    let mut choices = Choices(bytes);
    let mut some =
        || -> Vec<&'static str> { NAMES.into_iter().filter(|_| choices.below(4) > 0).collect() };
    let present = Present {
        lists: some(),
        coupons: some(),
        offers: some(),
        letters: some(),
    };
    let scenarios = some();
    let mut objects = Vec::new();
    for name in &present.lists {
        let body = list(&mut choices, &present, name);
        objects.push(declare("list", name, body));
    }
    for name in &present.coupons {
        let body = coupon(&mut choices, &present, name);
        objects.push(declare("coupon", name, body));
    }
    for name in &present.offers {
        let body = offer(&mut choices, &present, name);
        objects.push(declare("offer", name, body));
    }
    for name in &present.letters {
        let html = match present.offers.first() {
            Some(offer) if choices.chance() => json!(late_url(&format!("offer.{offer}"))),
            _ => json!("h"),
        };
        let body = json!({"title": name, "subject": "s", "html": html, "text": "t"});
        objects.push(declare("letter", name, body));
    }
    for name in &scenarios {
        let body = scenario(&mut choices, &present, name);
        objects.push(declare("scenario", name, body));
    }
    for object in &mut objects {
        object.1.protect = choices.chance().then_some(false);
    }
    state(objects)
}

fn references(choices: &mut Choices<'_>, kind: &str, names: &[&str]) -> Json {
    names
        .iter()
        .filter(|_| choices.chance())
        .map(|name| json!(format!("@{kind}.{name}")))
        .collect()
}

fn status(choices: &mut Choices<'_>, body: &mut Json, values: &[&str]) {
    let at = usize::from(choices.below(4));
    if let Some(value) = values.get(at) {
        body["status"] = json!(value);
    } else if at == 2 {
        body["status"] = Json::Null;
    }
}

fn list(choices: &mut Choices<'_>, present: &Present, name: &str) -> Json {
    match (choices.below(3), present.offers.first()) {
        (0, _) => json!({"title": name, "type": "static"}),
        (1, Some(offer)) => json!({
            "title": name, "type": "segment",
            "where": {"bought": {"offer_id": format!("@offer.{offer}")}},
        }),
        _ => json!({
            "title": name, "type": "segment",
            "where": {"any": [
                {"purchases": {"at_least": choices.below(3)}},
                {"last_purchase": {"more_than": "90d"}},
            ]},
        }),
    }
}

fn coupon(choices: &mut Choices<'_>, present: &Present, name: &str) -> Json {
    let discount = match choices.chance() {
        true => json!({"percent": "10"}),
        false => json!({"amount": {"amount": "5.00", "currency": "EUR"}}),
    };
    let mut body = json!({"title": name, "code": name, "discount": discount});
    status(choices, &mut body, &["active", "disabled"]);
    if choices.chance() {
        body["list_ids"] = references(choices, "list", &present.lists);
    }
    if choices.chance() {
        body["ends_at"] = Json::Null;
    }
    body
}

fn offer(choices: &mut Choices<'_>, present: &Present, name: &str) -> Json {
    let price = |amount: u8| json!({"amount": format!("{amount}.00"), "currency": "EUR"});
    let mut body = json!({"title": name, "price": price(choices.below(3))});
    status(choices, &mut body, &["published", "draft"]);
    if choices.chance() {
        body["coupon_ids"] = references(choices, "coupon", &present.coupons);
    }
    if choices.chance() {
        body["cross_sell_offer_ids"] = references(choices, "offer", &present.offers);
    }
    match choices.below(3) {
        0 => body["promotion"] = Json::Null,
        1 => body["promotion"] = json!({"price": price(1)}),
        _ => {}
    }
    if let (true, Some(letter)) = (choices.chance(), present.letters.last()) {
        let choice = json!({"mode": "letter", "letter_id": format!("@letter.{letter}")});
        body["letters"] = json!({"purchased": choice});
    }
    if choices.chance() {
        let access = match choices.chance() {
            true => json!({"kind": "unlimited"}),
            false => json!({"kind": "for", "length": "6mo"}),
        };
        body["products"] = json!([{"course_id": choices.below(2), "access": access}]);
    }
    body
}

fn scenario(choices: &mut Choices<'_>, present: &Present, name: &str) -> Json {
    let event = match (present.lists.first(), present.offers.first()) {
        (Some(list), _) if choices.chance() => {
            json!({"entered_list": {"list_id": format!("@list.{list}")}})
        }
        (_, Some(offer)) => json!({"paid_order": {"offer_id": format!("@offer.{offer}")}}),
        _ => json!({"registered": {}}),
    };
    let mut trigger = json!({"when": event, "do": []});
    if choices.chance() {
        trigger["if"] = json!({"tag": {"name": "vip"}});
    }
    if let (true, Some(list)) = (choices.chance(), present.lists.last()) {
        trigger["do"] = json!([{"add_to_list": {"list_id": format!("@list.{list}")}}]);
    }
    let mut body = json!({"title": name, "triggers": [trigger]});
    status(choices, &mut body, &["active", "paused"]);
    body
}

/// Somebody works on the platform by hand.
pub(super) fn meddle(world: &mut World, bytes: &[u8]) {
    let mut choices = Choices(bytes);
    let addresses: Vec<_> = world.base.objects.keys().cloned().collect();
    for address in addresses {
        let (kind, name) = (&*address.kind, &*address.name);
        let edits = match choices.below(10) {
            0 => json!({"extra": {"note": "by hand"}}),
            1 => match kind {
                "list" | "letter" => json!({"status": "archived"}),
                "coupon" => json!({"status": "disabled"}),
                "offer" => json!({"status": "archived"}),
                _ => json!({"status": "active"}),
            },
            2 => match kind {
                "offer" => {
                    json!({"price": {"amount": "99.00", "currency": "EUR"}, "letters": null})
                }
                "scenario" => json!({"triggers": []}),
                "coupon" => json!({"discount": {"percent": "50", "amount": null}}),
                _ => json!({"title": format!("{name} by hand")}),
            },
            3 => {
                world.vanish(kind, name);
                continue;
            }
            _ => continue,
        };
        world.edit(kind, name, edits);
    }
}
