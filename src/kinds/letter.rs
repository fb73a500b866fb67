//! `letter`: an e-mail.

use super::{Access, Collection, Kind, Reference, Status, Text};
use crate::model::Duration;
use schemars::JsonSchema;
use serde::Deserialize;

mod wire;

/// An e-mail. Its values are filled in from the configuration when it is compiled.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// What people call it; its name, if absent. Clients do not see it.
    pub title: Option<Text>,
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
}
