//! A letter on the platform → its document. The inverse of `encode`, where there is one: a letter
//! that nothing in the language renders to cannot be written.

use crate::kinds::decode::{Fields, From, Inexpressible, word};
use crate::model::Value;
use crate::yaml::Written;

pub(super) fn decode(of: From<'_>) -> Result<Fields, Inexpressible> {
    let mut fields = Fields::new();
    of.title(&mut fields)?;
    let languages = word(&["en", "uk", "ru", "it", "es", "de", "pl", "fr"]);
    of.set_field(&mut fields, "language", "language", languages)?;
    // A part of the letter says nothing of the rest.
    let rendered = ["subject", "html", "text"];
    if rendered.iter().all(|key| of.attributes.get(*key).is_none()) {
        return Ok(fields);
    }
    let at = |key| of.attributes.get(key).and_then(Value::as_text);
    let (Some(subject), Some(html), Some(text)) = (at("subject"), at("html"), at("text")) else {
        return Err(Inexpressible(
            "a letter without subject, HTML or plain text cannot be written".to_owned(),
        ));
    };
    let Some((subject, body)) = of.naming.letter(subject, html, text) else {
        return Err(Inexpressible(
            "no Markdown gives this HTML and this plain text".to_owned(),
        ));
    };
    fields.push(("subject".to_owned(), Written::Text(subject)));
    fields.push(("body".to_owned(), Written::Text(body)));
    Ok(fields)
}
