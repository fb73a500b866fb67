//! The state: its addresses, and one object of it.

use super::values::{self, Names};
use crate::model::{Address, Attributes, BaseObject, BaseState, Value};
use crate::render::terminal::escape;
use crate::render::{Style, Tone};
use std::fmt::Write as _;

/// Every address, one a line; what is only remembered says so.
pub fn list(state: &BaseState) -> String {
    state
        .objects
        .iter()
        .map(|(address, object)| {
            let remark = if object.retired { " (retired)" } else { "" };
            format!("{address}{remark}\n")
        })
        .collect()
}

/// One object as it was last applied.
pub fn show(address: &Address, object: &BaseObject, names: &Names, style: Style) -> String {
    let BaseObject {
        id,
        attributes,
        outputs,
        protect,
        retired,
        deposed,
    } = object;
    let title = format!("# {address} (id {id})");
    let mut out = format!("{}\n", style.paint(Tone::Strong, title));
    for (holds, remark) in [
        (*protect, "protected: never removed or replaced"),
        (*retired, "retired: only remembered"),
    ] {
        if holds {
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(out, "# {remark}");
        }
    }
    for old in deposed {
        let _ = writeln!(out, "# left behind by a replacement: id {}", old.id);
    }
    out.push_str(&values::block(attributes, 0, names));
    if !outputs.is_empty() {
        let _ = writeln!(out, "# given by the platform");
        let outputs: Attributes = outputs
            .iter()
            .map(|(name, value)| (escape(name).into_owned(), Value::text(value)))
            .collect();
        out.push_str(&values::block(&outputs, 0, names));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Deposed, RemoteId};
    use std::collections::BTreeMap;

    fn object() -> BaseObject {
        BaseObject {
            id: RemoteId(7),
            attributes: Attributes::from_iter([
                ("code".to_owned(), Value::text("X")),
                ("list_ids".to_owned(), Value::List(vec![Value::Int(5)])),
            ]),
            outputs: BTreeMap::from([("url".to_owned(), "https://x".to_owned())]),
            protect: true,
            retired: false,
            deposed: vec![Deposed { id: RemoteId(6) }],
        }
    }

    #[test]
    fn shows_all_of_an_object() {
        let mut names = Names::default();
        names.add(&Address::new("list", "unpaid"), RemoteId(5));
        assert_eq!(
            show(
                &Address::new("coupon", "x"),
                &object(),
                &names,
                Style::Plain
            ),
            "# coupon.x (id 7)\n\
             # protected: never removed or replaced\n\
             # left behind by a replacement: id 6\n\
             code = \"X\"\n\
             list_ids = [list.unpaid]\n\
             # given by the platform\n\
             url = \"https://x\"\n"
        );
    }

    #[test]
    fn lists_addresses_in_order() {
        let retired = BaseObject {
            retired: true,
            ..object()
        };
        let state = BaseState {
            objects: BTreeMap::from([
                (Address::new("offer", "b"), object()),
                (Address::new("coupon", "a"), retired),
            ]),
            open_intents: Vec::new(),
        };
        assert_eq!(list(&state), "coupon.a (retired)\noffer.b\n");
    }
}
