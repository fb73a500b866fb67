//! What happens to a school and its people from outside, as it is written down.

use super::Life;
use crate::domain::world::{Buyable, Command, Id, Incomplete, Newcomer, School};
use crate::kinds::WireMoney;
use crate::model::{Instant, parse_instant};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One thing that happens.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub(super) enum Entry {
    /// An object is as it is from now on, or is gone.
    Object {
        /// Where it lives.
        collection: String,
        /// Its id.
        id: Id,
        /// Its body; gone, if null.
        body: Option<Map<String, Value>>,
    },
    /// A contact is known from now on.
    Contact {
        /// Its id.
        id: Id,
        /// Its tags.
        tags: Vec<String>,
        /// Its orders until now.
        orders: Vec<Past>,
        /// The lists it is in.
        lists: Vec<Id>,
        /// Whether that is a registration, which scenarios may wait for.
        registers: bool,
    },
    /// A contact has these tags from now on.
    Tags {
        /// The contact.
        contact: Id,
        /// The tags.
        tags: Vec<String>,
    },
    /// Staff has made an order.
    Order {
        /// The order's object.
        order: i64,
        /// Whose.
        contact: Id,
        /// Of which offer.
        offer: Id,
        /// What it costs.
        price: Option<WireMoney>,
        /// Whether it counts as paid.
        paid: bool,
    },
    /// Staff has edited an order.
    OrderEdited {
        /// The order's object.
        order: i64,
        /// Whose.
        contact: Id,
        /// The new price, if it is another.
        price: Option<WireMoney>,
        /// Whether it is paid from now on.
        paid: bool,
    },
    /// Staff has put a contact into a list, or taken it out.
    Member {
        /// The list.
        list: Id,
        /// The contact.
        contact: Id,
        /// Whether it is in the list from now on.
        is_in: bool,
    },
    /// A contact has done something.
    Deed {
        /// The contact.
        contact: Id,
        /// What, as in the request.
        deed: Value,
    },
    /// The order of the world with this number is that object.
    Numbered {
        /// The number in the world.
        number: u64,
        /// The object.
        order: i64,
    },
}

/// An order of the past.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Past {
    /// The order's object.
    pub order: i64,
    /// Of which offer.
    pub offer: Id,
    /// When it was made.
    pub at: String,
    /// What it costs.
    pub price: Option<WireMoney>,
    /// Whether it was paid.
    pub paid: bool,
}

/// An object of the school is as it is from now on. What a world cannot read, since a person has
/// written nonsense into it, does nothing in it.
pub(super) fn change(
    school: &mut School,
    collection: &str,
    id: Id,
    body: Option<Map<String, Value>>,
) {
    school.remove(collection, id);
    if let Some(body) = body {
        let _ = school.insert(collection, id, Value::Object(body), Incomplete::Refused);
    }
}

impl Life {
    /// Takes in what happened to a person.
    pub(super) fn apply(&mut self, entry: Entry) {
        match entry {
            Entry::Object { .. } => {}
            Entry::Contact {
                id,
                tags,
                orders,
                lists,
                registers,
            } => self.arrive(id, tags, orders, lists, registers),
            Entry::Tags { contact, tags } => {
                let had = self.world.person(contact).map(|person| person.tags.clone());
                let had = had.unwrap_or_default();
                for tag in had.iter().filter(|tag| !tags.contains(tag)) {
                    self.act_quietly(contact, Command::Untags(tag.clone()));
                }
                for tag in tags {
                    self.act_quietly(contact, Command::Tags(tag));
                }
            }
            Entry::Order {
                order,
                contact,
                offer,
                price,
                paid,
            } => {
                let price = price.map(|price| price.0);
                let command = Command::CreatesOrder { offer, price, paid };
                self.act_quietly(contact, command);
                let made = self
                    .world
                    .person(contact)
                    .and_then(|person| person.orders.last());
                if let Some(number) = made.map(|made| made.number) {
                    self.orders.insert(number, order);
                }
            }
            Entry::OrderEdited {
                order,
                contact,
                price,
                paid,
            } => self.edit(order, contact, price, paid),
            Entry::Member {
                list,
                contact,
                is_in,
            } => {
                let command = if is_in {
                    Command::AddsToList(list)
                } else {
                    Command::RemovesFromList(list)
                };
                self.act_quietly(contact, command);
            }
            Entry::Deed { contact, deed } => {
                if let Ok(command) = super::command(&deed) {
                    self.act_quietly(contact, command);
                }
            }
            Entry::Numbered { number, order } => {
                self.orders.insert(number, order);
            }
        }
    }

    /// What was done once can be done again: a refusal then is a refusal now.
    fn act_quietly(&mut self, contact: Id, command: Command) {
        let _ = self.world.act(contact, command);
    }

    fn arrive(
        &mut self,
        id: Id,
        tags: Vec<String>,
        orders: Vec<Past>,
        lists: Vec<Id>,
        registers: bool,
    ) {
        let mut newcomer = Newcomer {
            tags: tags.into_iter().collect(),
            lists: lists.into_iter().collect(),
            ..Newcomer::default()
        };
        let now = self.world.now();
        let instant = |past: &Past| -> Instant { parse_instant(&past.at).unwrap_or(now) };
        let (mut paid, unpaid): (Vec<Past>, Vec<Past>) =
            orders.into_iter().partition(|past| past.paid);
        paid.sort_by_key(instant);
        for past in &paid {
            newcomer
                .bought
                .push((Buyable::Offer(past.offer), instant(past)));
        }
        for past in &unpaid {
            let price = past.price.map(|price| price.0);
            newcomer.ordered.push((past.offer, instant(past), price));
        }
        if registers {
            self.world.registers(id, newcomer);
        } else {
            self.world.arrive(id, newcomer);
        }
        // They were taken in in this order.
        let numbers = self.world.person(id).into_iter();
        let numbers: Vec<u64> = numbers
            .flat_map(|person| person.orders.iter().map(|order| order.number))
            .collect();
        for (number, past) in numbers.into_iter().zip(paid.iter().chain(&unpaid)) {
            self.orders.insert(number, past.order);
        }
    }

    fn edit(&mut self, order: i64, contact: Id, price: Option<WireMoney>, paid: bool) {
        let Some(person) = self.world.person(contact) else {
            return;
        };
        let of = |number: u64| self.orders.get(&number) == Some(&order);
        let Some(known) = person.orders.iter().find(|known| of(known.number)) else {
            return;
        };
        let (offer, number) = (known.offer, known.number);
        let of_offer = person.orders.iter().filter(|known| known.offer == offer);
        let nth = of_offer.take_while(|known| known.number != number).count() as u64 + 1;
        if paid {
            let order = Some(nth);
            self.act_quietly(contact, Command::MarksPaid { offer, order });
        }
        if let Some(price) = price {
            let command = Command::EditsOrder {
                offer,
                order: Some(nth),
                price: Some(price.0),
                access: None,
            };
            self.act_quietly(contact, command);
        }
    }
}
