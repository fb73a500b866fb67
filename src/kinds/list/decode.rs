//! A list on the platform → its document. The inverse of `encode`.

use crate::kinds::decode::{Fields, From, Inexpressible, word};
use crate::kinds::filter::decode::filter;

pub(super) fn decode(of: From<'_>) -> Result<Fields, Inexpressible> {
    let mut fields = Fields::new();
    of.title(&mut fields)?;
    of.set_field(&mut fields, "type", "type", word(&["static", "segment"]))?;
    of.field(&mut fields, "where", "where", |it| filter(of, it))?;
    Ok(fields)
}
