//! A pass on the platform → its document. The inverse of `encode`.

use crate::kinds::decode::{
    Fields, From, Inexpressible, duration, flag, inexpressible, instant, list, number, price, text,
};
use crate::model::Value;
use crate::yaml::Written;

pub(super) fn decode(of: From<'_>) -> Result<Fields, Inexpressible> {
    let mut fields = Fields::new();
    of.title(&mut fields)?;
    of.field(&mut fields, "price", "price", price)?;
    of.field(&mut fields, "credits", "credits", number)?;
    of.field(&mut fields, "valid_for", "valid_for", duration)?;
    of.field(&mut fields, "for_sale", "status", for_sale)?;
    of.field(&mut fields, "sale_ends", "sale_ends_at", |at| {
        match of.naming.last_day(instant(at)?) {
            Some(day) => Ok(Written::Text(day)),
            None => inexpressible("an end of sale within a day", at),
        }
    })?;
    of.field(&mut fields, "new_members_only", "new_members_only", flag)?;
    if let Some(tags) = of.inside("tags") {
        let mut own = Fields::new();
        for key in ["allowed", "denied"] {
            tags.field(&mut own, key, key, |tags| {
                let tags = list(tags)?.iter().map(text);
                tags.collect::<Result<_, _>>().map(Written::List)
            })?;
        }
        fields.push(("tags".to_owned(), Written::Map(own)));
    } else {
        of.field(&mut fields, "tags", "tags", |tags| {
            inexpressible("tags", tags)
        })?;
    }
    Ok(fields)
}

/// A status as `for_sale`.
pub(in crate::kinds) fn for_sale(status: &Value) -> Result<Written, Inexpressible> {
    match status.as_text() {
        Some("available") => Ok(Written::Bool(true)),
        Some("unavailable") => Ok(Written::Bool(false)),
        Some(_) | None => inexpressible("a status", status),
    }
}
