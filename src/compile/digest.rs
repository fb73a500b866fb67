//! The digest of a configuration.

use crate::model::{Address, DesiredObject, DesiredState, Instruction, Part, RemovalKind, Value};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of everything that a desired state says, in lower-case hexadecimal.
///
/// The same state has the same digest on every machine and in every version that does not change
/// the canonical text: each value by its type, each text by its length, maps in the order of keys.
pub fn digest(desired: &DesiredState) -> String {
    let mut hash = Canonical(Sha256::new());
    let DesiredState {
        objects,
        removals,
        // How much a list may be behind changes no object.
        derived: _,
        // What is read only is not the plan's; the ids stand in the attributes that use them.
        mirrors: _,
    } = desired;
    hash.text("bursar desired state 1");
    hash.number(objects.len());
    for (address, object) in objects {
        let DesiredObject {
            attributes,
            previous,
            protect,
            adopt,
        } = object;
        hash.address(address);
        hash.number(attributes.len());
        for (key, value) in attributes {
            hash.text(key);
            hash.value(value);
        }
        hash.number(previous.len());
        previous.iter().for_each(|address| hash.address(address));
        hash.text(&format!("{protect:?} {:?}", adopt.map(|id| id.0)));
    }
    hash.number(removals.len());
    for (address, Instruction { document, then }) in removals {
        hash.address(address);
        hash.address(document);
        hash.text(match then {
            RemovalKind::Retire => "retire",
            RemovalKind::Delete => "delete",
            RemovalKind::Forget => "forget",
        });
    }
    hash.0
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

struct Canonical(Sha256);

impl Canonical {
    fn tag(&mut self, tag: u8) {
        self.0.update([tag]);
    }

    fn number(&mut self, number: usize) {
        self.0.update((number as u64).to_be_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.update(text.as_bytes());
    }

    fn address(&mut self, address: &Address) {
        self.text(&address.kind);
        self.text(&address.name);
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.tag(b'n'),
            Value::Bool(false) => self.tag(b'f'),
            Value::Bool(true) => self.tag(b't'),
            Value::Int(number) => {
                self.tag(b'i');
                self.0.update(number.to_be_bytes());
            }
            Value::Text(text) => {
                self.tag(b's');
                self.text(text);
            }
            Value::List(items) => {
                self.tag(b'l');
                self.number(items.len());
                items.iter().for_each(|item| self.value(item));
            }
            Value::Map(entries) => {
                self.tag(b'm');
                self.number(entries.len());
                for (key, value) in entries {
                    self.text(key);
                    self.value(value);
                }
            }
            Value::Ref(address) => {
                self.tag(b'r');
                self.address(address);
            }
            Value::Late(parts) => {
                self.tag(b'o');
                self.number(parts.len());
                parts.iter().for_each(|part| self.part(part));
            }
        }
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Text(text) => {
                self.tag(b's');
                self.text(text);
            }
            Part::Output { of, name } => {
                self.tag(b'p');
                self.address(of);
                self.text(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Attributes;
    use crate::model::RemoteId;
    use std::collections::BTreeSet;

    #[test]
    fn differs_by_everything_that_is_said() {
        let address = Address::new("offer", "a");
        let state = |change: &dyn Fn(&mut DesiredObject)| {
            let mut object = DesiredObject {
                attributes: Attributes::from_iter([("title".to_owned(), Value::text("A"))]),
                previous: Vec::new(),
                protect: None,
                adopt: None,
            };
            change(&mut object);
            DesiredState {
                objects: [(address.clone(), object)].into(),
                ..DesiredState::default()
            }
        };
        let title = |object: &mut DesiredObject, value| {
            object.attributes.insert("title".to_owned(), value);
        };
        let list = |texts: &[&str]| Value::List(texts.iter().map(|t| Value::text(*t)).collect());
        let states = [
            DesiredState::default(),
            state(&|_| {}),
            state(&|object| title(object, Value::text("B"))),
            state(&|object| title(object, Value::Null)),
            state(&|object| title(object, list(&["ab", "c"]))),
            state(&|object| title(object, list(&["a", "bc"]))),
            state(&|object| object.protect = Some(true)),
            state(&|object| object.protect = Some(false)),
            state(&|object| object.adopt = Some(RemoteId(1))),
            state(&|object| object.previous = vec![Address::new("offer", "b")]),
        ];
        let digests: BTreeSet<String> = states.iter().map(digest).collect();
        assert_eq!(digests.len(), states.len());
        assert_eq!(digest(&states[1]), digest(&states[1].clone()));
        assert!(digests.iter().all(|digest| digest.len() == 64));
    }
}
