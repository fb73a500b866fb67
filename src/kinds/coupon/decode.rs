//! A coupon on the platform → its document. The inverse of `encode`.

use crate::kinds::Discount;
use crate::kinds::decode::{
    Fields, From, Inexpressible, form, inexpressible, number, price, text, word,
};
use crate::model::Value;
use crate::yaml::Written;

pub(super) fn decode(of: From<'_>) -> Result<Fields, Inexpressible> {
    let mut fields = Fields::new();
    of.title(&mut fields)?;
    of.set_field(&mut fields, "code", "code", text)?;
    let status = word(&["active", "disabled"]);
    of.field(&mut fields, "status", "status", status)?;
    of.field(&mut fields, "discount", "discount", discount)?;
    match of.attributes.get("ends_at") {
        None => {}
        Some(Value::Null) => fields.push(("valid_until".to_owned(), Written::text("never"))),
        Some(at) => fields.push(("valid_until".to_owned(), of.until(at)?)),
    }
    let mut uses = Fields::new();
    of.field(&mut uses, "total", "uses_total", number)?;
    of.field(&mut uses, "per_contact", "uses_per_contact", number)?;
    if !uses.is_empty() {
        fields.push(("uses".to_owned(), Written::Map(uses)));
    }
    of.field(&mut fields, "lists", "list_ids", |it| {
        of.references("list", it)
    })?;
    Ok(fields)
}

fn discount(value: &Value) -> Result<Written, Inexpressible> {
    match form(value)? {
        ("percent", Value::Text(percent)) => {
            let text = format!("{percent}%");
            match text.parse::<Discount>() {
                Ok(_) => Ok(Written::Text(text)),
                Err(_) => inexpressible("a discount", value),
            }
        }
        ("amount", amount) => price(amount),
        (_, _) => inexpressible("a discount", value),
    }
}
