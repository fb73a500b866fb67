//! `letter`: an e-mail.

use super::body::Body;
use super::decode::{Fields, From, Inexpressible, Naming};
use super::durations::{Counts, check_duration};
use super::{
    Access, Collection, DocumentPlaces, Kind, Links, Reference, RenderedLetter, Status, Strength,
    Surroundings, Text, Title,
};
use crate::diag::Diagnostics;
use crate::model::{Attributes, Duration, Path, Value};
use schemars::JsonSchema;
use serde::Deserialize;

mod decode;
pub mod wire;

/// An e-mail. Its values are filled in from the configuration when it is compiled.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// What people call it; its name, if absent. Clients do not see it.
    pub title: Option<Title>,
    /// The subject line; a template.
    pub subject: Text,
    /// What the letter may speak of; `{}` speaks of nothing.
    #[serde(default)]
    pub about: About,
    /// The language in which money and durations are written: `fr`.
    pub language: Option<Language>,
    /// The text: a template in Markdown, rendered to HTML and plain text.
    pub body: Text,
}

/// What a letter may speak of.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// The offer: `{{ offer.title }}`, `{{ offer.url }}`, `{{ price.before }}`.
    pub offer: Option<Reference>,
    /// Several offers: `{{ offers[0].title }}`.
    pub offers: Option<Vec<Reference>>,
    /// The coupon: `{{ coupon.code }}`, `{{ coupon.discount }}`, `{{ price.after }}`.
    pub coupon: Option<Reference>,
    /// How long the coupon works for the client: `{{ valid_for }}`.
    pub valid_for: Option<Duration>,
}

/// A language that the platform speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Ukrainian.
    Uk,
    /// Russian.
    Ru,
    /// Italian.
    It,
    /// Spanish.
    Es,
    /// German.
    De,
    /// Polish.
    Pl,
    /// French.
    Fr,
}

impl Language {
    /// The two-letter code.
    pub fn code(self) -> &'static str {
        match self {
            Language::En => "en",
            Language::Uk => "uk",
            Language::Ru => "ru",
            Language::It => "it",
            Language::Es => "es",
            Language::De => "de",
            Language::Pl => "pl",
            Language::Fr => "fr",
        }
    }
}

static COLLECTION: Collection = Collection {
    path: "letters",
    menu: &["Newsletters", "Messages", "Letter constructor"],
    access: Access::Write,
    natural_key: "title",
    status: Status {
        values: &["active", "archived"],
        default: "active",
        resting: None,
        retired: "archived",
        rests_while_replaced: false,
    },
    fields: &[],
    pairs: &[&["subject", "html", "text"]],
    required: &["title", "subject", "html", "text"],
    minimal: r#"{"title":"x","subject":"","html":"","text":""}"#,
    schema: <wire::Letter as JsonSchema>::json_schema,
    normalise: super::normalise::<wire::Letter>,
};

impl Kind for Letter {
    const ID: &'static str = "letter";
    const SUMMARY: &'static str = "An e-mail";
    const EXAMPLE: &'static str = r#"kind: letter
name: unpaid-reminder
subject: "Your place in {{ offer.title }} is waiting"
about: { offer: web-dev-2026-09-standard, coupon: come-back, valid_for: 24h }
body: |
  With **{{ coupon.code }}** you pay {{ price.after }} instead of {{ price.before }} ({{ coupon.discount }} off).
  The coupon works for {{ valid_for }}: [pay now]({{ offer.url_with_coupon }}).
"#;
    const COLLECTION: Option<&'static Collection> = Some(&COLLECTION);

    fn links(&self, links: &mut Links) {
        let About {
            offer,
            offers,
            coupon,
            valid_for: _,
        } = &self.about;
        let about = Path::root().key("about");
        if let Some(offer) = offer {
            links.push(about.key("offer"), "offer", offer, Strength::Compiler);
        }
        for (at, offer) in offers.iter().flatten().enumerate() {
            let path = about.key("offers").index(at);
            links.push(path, "offer", offer, Strength::Compiler);
        }
        if let Some(coupon) = coupon {
            links.push(about.key("coupon"), "coupon", coupon, Strength::Compiler);
        }
    }

    fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        if let Some(valid_for) = self.about.valid_for {
            let path = Path::root().key("about").key("valid_for");
            check_duration(valid_for, Counts::Exact, document, &path, findings);
        }
    }

    fn decode(
        _: i64,
        attributes: &Attributes,
        naming: &dyn Naming,
    ) -> Result<Fields, Inexpressible> {
        decode::decode(From { attributes, naming })
    }

    fn encode(&self, surroundings: &dyn Surroundings) -> Option<Attributes> {
        let Letter {
            title,
            subject: _,
            about: _,
            language,
            body: _,
        } = self;
        let mut out = Body::titled(title.as_ref(), surroundings);
        if let Some(RenderedLetter {
            subject,
            html,
            text,
        }) = surroundings.letter()
        {
            out.set("subject", subject);
            out.set("html", html);
            out.set("text", text);
        }
        let language = language.map(|language| Value::text(language.code()));
        out.put("language", language);
        Some(out.into_attributes())
    }
}
