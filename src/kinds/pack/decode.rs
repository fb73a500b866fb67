//! A pack on the platform → its document. The inverse of `encode`.

use crate::kinds::decode::{Fields, From, Inexpressible, inexpressible, list, number, price};
use crate::kinds::pass::decode::for_sale;
use crate::model::Value;
use crate::yaml::Written;

pub(super) fn decode(of: From<'_>) -> Result<Fields, Inexpressible> {
    let mut fields = Fields::new();
    of.title(&mut fields)?;
    of.field(&mut fields, "price", "price", price)?;
    of.field(&mut fields, "for_sale", "status", for_sale)?;
    of.field(&mut fields, "items", "items", |items| {
        let items = list(items)?.iter().map(|it| item(of, it));
        items.collect::<Result<_, _>>().map(Written::List)
    })?;
    Ok(fields)
}

fn item(of: From<'_>, value: &Value) -> Result<Written, Inexpressible> {
    let Some(it) = of.of(value) else {
        return inexpressible("an item", value);
    };
    let at = |key: &str| it.attributes.get(key).unwrap_or(&Value::Null);
    let is_for_sale = *at("for_sale") != Value::Bool(false);
    let mut fields = match (at("pass_id"), at("other_id")) {
        (pass, Value::Null) if is_for_sale => {
            vec![("pass".to_owned(), of.reference("pass", pass)?)]
        }
        (Value::Null, other) => {
            let other = Written::map([("id", number(other)?)]);
            let mut fields = vec![("other".to_owned(), other)];
            if !is_for_sale {
                fields.push(("for_sale".to_owned(), Written::Bool(false)));
            }
            fields
        }
        (_, _) => return inexpressible("an item", value),
    };
    it.set_field(&mut fields, "quantity", "quantity", number)?;
    Ok(Written::Map(fields))
}
