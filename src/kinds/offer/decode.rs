//! An offer on the platform → its document. The inverse of `encode`.

use crate::kinds::decode::{
    Fields, From, Inexpressible, duration, flag, inexpressible, list, number, price, text, word,
};
use crate::model::Value;
use crate::yaml::Written;

type Result<T> = std::result::Result<T, Inexpressible>;

pub(super) fn decode(of: From<'_>) -> Result<Fields> {
    let mut fields = Fields::new();
    let status = word(&["draft", "published", "archived"]);
    of.title(&mut fields)?;
    of.field(&mut fields, "status", "status", status)?;
    of.field(&mut fields, "listed", "listed", flag)?;
    of.field(&mut fields, "price", "price", price)?;
    of.field(&mut fields, "promotion", "promotion", |it| {
        promotion(of, it)
    })?;
    of.field(&mut fields, "payment", "payment", |it| payment(of, it))?;
    of.field(&mut fields, "sale", "sale", |it| sale(of, it))?;
    of.field(&mut fields, "products", "products", |it| {
        let products = list(it)?.iter().map(|product| self::product(of, product));
        products.collect::<Result<_>>().map(Written::List)
    })?;
    coupons(of, &mut fields)?;
    of.field(&mut fields, "upgrade", "upgrade", |it| upgrade(of, it))?;
    of.field(&mut fields, "renewal", "renewal", |it| renewal(of, it))?;
    of.field(&mut fields, "cross_sell", "cross_sell_offer_ids", |it| {
        of.references("offer", it)
    })?;
    of.field(&mut fields, "page", "page", |it| {
        let (mut fields, page) = (Fields::new(), inside(of, it)?);
        let languages = word(&["en", "uk", "ru", "it", "es", "de", "pl", "fr"]);
        page.field(&mut fields, "language", "language", languages)?;
        Ok(Written::Map(fields))
    })?;
    of.field(&mut fields, "form", "form", |it| form(of, it))?;
    of.field(&mut fields, "letters", "letters", |it| letters(of, it))?;
    Ok(fields)
}

fn inside<'a>(of: From<'a>, value: &'a Value) -> Result<From<'a>> {
    match of.of(value) {
        Some(inside) => Ok(inside),
        None => inexpressible("a map", value),
    }
}

fn promotion(of: From<'_>, value: &Value) -> Result<Written> {
    let (mut fields, it) = (Fields::new(), inside(of, value)?);
    it.field(&mut fields, "price", "price", price)?;
    it.set_field(&mut fields, "from", "starts_at", |at| of.at(at))?;
    it.set_field(&mut fields, "until", "ends_at", |at| of.until(at))?;
    Ok(Written::Map(fields))
}

fn payment(of: From<'_>, value: &Value) -> Result<Written> {
    let (mut fields, it) = (Fields::new(), inside(of, value)?);
    it.field(&mut fields, "full", "full", flag)?;
    let mut parts = Fields::new();
    it.field(&mut parts, "equal", "equal_installments", |equal| {
        let (mut fields, equal) = (Fields::new(), inside(of, equal)?);
        equal.field(&mut fields, "count", "count", number)?;
        equal.field(&mut fields, "every", "every", duration)?;
        Ok(Written::Map(fields))
    })?;
    it.field(&mut parts, "schedule", "installments", |parts| {
        let parts = list(parts)?.iter().map(|part| installment(of, part));
        parts.collect::<Result<_>>().map(Written::List)
    })?;
    if !parts.is_empty() {
        fields.push(("installments".to_owned(), Written::Map(parts)));
    }
    it.field(&mut fields, "subscription", "subscription", |it| {
        let (mut fields, it) = (Fields::new(), inside(of, it)?);
        it.field(&mut fields, "every", "every", duration)?;
        let charges = word(&["automatic", "manual"]);
        it.field(&mut fields, "charge", "charge", charges)?;
        Ok(Written::Map(fields))
    })?;
    it.field(&mut fields, "without_login", "without_login", flag)?;
    Ok(Written::Map(fields))
}

fn installment(of: From<'_>, value: &Value) -> Result<Written> {
    let (mut fields, it) = (Fields::new(), inside(of, value)?);
    it.field(&mut fields, "amount", "price", price)?;
    it.set_field(&mut fields, "due", "due_at", |at| of.until(at))?;
    Ok(Written::Map(fields))
}

fn sale(of: From<'_>, value: &Value) -> Result<Written> {
    let (mut fields, it) = (Fields::new(), inside(of, value)?);
    it.field(&mut fields, "opens", "opens_at", |at| of.at(at))?;
    it.field(&mut fields, "closes", "closes_at", |at| of.until(at))?;
    Ok(Written::Map(fields))
}

fn product(of: From<'_>, value: &Value) -> Result<Written> {
    let (mut fields, it) = (Fields::new(), inside(of, value)?);
    let course = it.attributes.get("course_id").unwrap_or(&Value::Null);
    fields.push(("course".to_owned(), of.reference("course", course)?));
    it.field(&mut fields, "cohort", "schedule", |schedule| {
        cohort(of, course, schedule)
    })?;
    it.field(&mut fields, "access", "access", |it| access(of, it))?;
    it.field(&mut fields, "content", "content", |it| {
        content(of, course, it)
    })?;
    Ok(Written::Map(fields))
}

/// `null` is the product's own schedule.
fn cohort(of: From<'_>, course: &Value, schedule: &Value) -> Result<Written> {
    let of_product = Value::map([
        ("source", Value::text("product")),
        ("base", Value::text("scratch")),
        ("openings", Value::List(Vec::new())),
    ]);
    if *schedule == of_product {
        return Ok(Written::Null);
    }
    match of.naming.cohort(course, schedule) {
        Some(cohort) => Ok(cohort),
        None => inexpressible("a schedule", schedule),
    }
}

fn access(of: From<'_>, value: &Value) -> Result<Written> {
    let it = inside(of, value)?;
    let at = |key| it.attributes.get(key).unwrap_or(&Value::Null);
    match at("kind").as_text() {
        Some("unlimited") => Ok(Written::text("unlimited")),
        Some("until") => Ok(Written::map([("until", of.until(at("ends_at"))?)])),
        Some("for") => Ok(Written::map([("for", duration(at("length"))?)])),
        Some(_) | None => inexpressible("access", value),
    }
}

fn content(of: From<'_>, course: &Value, value: &Value) -> Result<Written> {
    let it = inside(of, value)?;
    let at = |key| match it.attributes.get(key) {
        None | Some(Value::Null) => Ok(&[][..]),
        Some(items) => list(items),
    };
    let (modules, lessons) = (at("module_ids")?, at("lesson_ids")?);
    let (new, new_modules) = (
        it.attributes.get("new_content").and_then(Value::as_text),
        at("new_content_module_ids")?,
    );
    let is_all = it.attributes.get("all") == Some(&Value::Bool(true));
    let is_bare = modules.is_empty() && lessons.is_empty() && new_modules.is_empty();
    match (is_all, new) {
        (true, Some("none") | None) if is_bare => return Ok(Written::text("all")),
        (true, _) => return inexpressible("content", value),
        (false, _) => {}
    }
    let named = |ids: &[Value]| {
        let names = ids.iter().map(|id| match of.naming.module(course, id) {
            Some(name) => Ok(Written::Text(name)),
            None => inexpressible("a module", id),
        });
        names.collect::<Result<_>>().map(Written::List)
    };
    let mut fields = Fields::new();
    if !modules.is_empty() {
        fields.push(("modules".to_owned(), named(modules)?));
    }
    if !lessons.is_empty() {
        let paths = lessons.iter().map(|id| match of.naming.lesson(course, id) {
            Some(path) => Ok(Written::Text(path)),
            None => inexpressible("a lesson", id),
        });
        let paths = paths.collect::<Result<_>>()?;
        fields.push(("lessons".to_owned(), Written::List(paths)));
    }
    let new = match new {
        Some("none") | None if new_modules.is_empty() => Written::text("none"),
        Some("all") if new_modules.is_empty() => Written::text("all"),
        Some("modules") => named(new_modules)?,
        Some(_) | None => return inexpressible("content", value),
    };
    fields.push(("new_content".to_owned(), new));
    Ok(Written::Map(fields))
}

fn coupons(of: From<'_>, fields: &mut Fields) -> Result<()> {
    let Some(policy) = of.attributes.get("coupon_policy") else {
        return Ok(());
    };
    let ids = of.attributes.get("coupon_ids").unwrap_or(&Value::Null);
    let none = *ids == Value::Null || *ids == Value::List(Vec::new());
    let coupons = match policy.as_text() {
        None if *policy == Value::Null => Written::Null,
        Some(word @ ("none" | "any")) if none => Written::text(word),
        Some("chosen") if *ids == Value::Null => Written::List(Vec::new()),
        Some("chosen") => of.references("coupon", ids)?,
        Some(_) | None => return inexpressible("the policy of coupons", policy),
    };
    fields.push(("coupons".to_owned(), coupons));
    Ok(())
}

fn upgrade(of: From<'_>, value: &Value) -> Result<Written> {
    let it = inside(of, value)?;
    Ok(Written::map([
        ("from", it.reference_at("offer", "from_offer_id")?),
        ("to", it.reference_at("offer", "to_offer_id")?),
    ]))
}

fn renewal(of: From<'_>, value: &Value) -> Result<Written> {
    let it = inside(of, value)?;
    let by = it.attributes.get("by").unwrap_or(&Value::Null);
    Ok(Written::map([
        ("of", it.reference_at("offer", "offer_id")?),
        ("by", duration(by)?),
    ]))
}

fn form(of: From<'_>, value: &Value) -> Result<Written> {
    let (mut fields, it) = (Fields::new(), inside(of, value)?);
    it.field(&mut fields, "fields", "fields", |asked| {
        let asked = list(asked)?.iter().map(|field| {
            let (mut fields, it) = (Fields::new(), inside(of, field)?);
            it.field(&mut fields, "name", "name", text)?;
            it.set_field(&mut fields, "required", "required", flag)?;
            Ok(Written::Map(fields))
        });
        asked.collect::<Result<_>>().map(Written::List)
    })?;
    it.field(&mut fields, "consent", "consent", flag)?;
    it.field(&mut fields, "terms", "terms_url", text)?;
    Ok(Written::Map(fields))
}

fn letters(of: From<'_>, value: &Value) -> Result<Written> {
    let (mut fields, it) = (Fields::new(), inside(of, value)?);
    for key in ["activation", "purchased", "failed", "accepted_free"] {
        it.field(&mut fields, key, key, |choice| {
            let choice = inside(of, choice)?;
            match choice.attributes.get("mode").and_then(Value::as_text) {
                Some("default") => Ok(Written::Null),
                Some("none") => Ok(Written::text("none")),
                Some("letter") => choice.reference_at("letter", "letter_id"),
                Some(_) | None => inexpressible("a letter", value),
            }
        })?;
    }
    Ok(Written::Map(fields))
}
