//! `bursar.yaml`: the project.

use super::{CurrencyCode, Points, Text, VariableName, letter::Language};
use crate::model::Name;
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use std::borrow::Cow;

mod state;

pub use state::{
    Backend, DatabaseAddress, HttpStateConfig, LocalStateConfig, PartialStateConfig,
    PostgresStateConfig, S3StateConfig, StateAddress, StateConfig,
};

/// The file name at the root of a project.
pub const PROJECT_FILE: &str = "bursar.yaml";

/// The project: what holds for all its documents.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Project {
    /// The version of this language: 1.
    pub version: Version,
    /// The identity of the state. Never change it.
    pub project: Name,
    /// The IANA time zone in which times without an offset are read: `Europe/Kyiv`. UTC, if absent.
    pub timezone: Option<Text>,
    /// The currency of reports and scaffolds.
    pub currency: Option<CurrencyCode>,
    /// The languages of the school, its first one first. Letters whose language follows from nothing
    /// else are written in the first; in English, if absent.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// Where the objects live; the embedded platform, if absent.
    pub platform: Option<Platform>,
    /// Where the state is kept; beside the project, if absent.
    #[serde(default, deserialize_with = "state::from_map")]
    pub state: Option<StateConfig>,
    /// Values for `${name}` in strings.
    #[serde(default)]
    pub vars: IndexMap<VariableName, Text>,
    /// Fields that are merged under every document of a kind: maps merge, lists replace.
    #[serde(default)]
    pub defaults: Defaults,
    /// Environments by name. Once there are some, `--env` chooses one; each has its own state.
    #[serde(default)]
    pub environments: IndexMap<Name, Environment>,
    /// Limits of what one plan may do.
    pub safety: Option<Safety>,
    /// E-mail addresses and phone numbers of the school itself, not of clients.
    #[serde(default)]
    pub own_contacts: Vec<Text>,
    /// Tags that members get for their loyalty.
    #[serde(default)]
    pub loyalty_tags: Vec<Text>,
    /// Severities of findings, by the code of the rule.
    #[serde(default)]
    pub rules: IndexMap<Text, RuleLevel>,
    /// Files that are not read: patterns from the project's folder, `drafts/**`.
    #[serde(default)]
    pub exclude: Vec<Text>,
}

/// An environment: each key overrides the project's. Maps merge, lists replace.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// The IANA time zone in which times without an offset are read.
    pub timezone: Option<Text>,
    /// The currency of reports and scaffolds.
    pub currency: Option<CurrencyCode>,
    /// The languages of the school, its first one first.
    pub languages: Option<Vec<Language>>,
    /// Where the objects live.
    pub platform: Option<PartialPlatform>,
    /// Where the state is kept.
    pub state: Option<PartialStateConfig>,
    /// Values for `${name}` in strings.
    #[serde(default)]
    pub vars: IndexMap<VariableName, Text>,
    /// Fields that are merged under every document of a kind.
    #[serde(default)]
    pub defaults: Defaults,
    /// Limits of what one plan may do.
    pub safety: Option<Safety>,
    /// E-mail addresses and phone numbers of the school itself, not of clients.
    pub own_contacts: Option<Vec<Text>>,
    /// Tags that members get for their loyalty.
    pub loyalty_tags: Option<Vec<Text>>,
    /// Severities of findings, by the code of the rule.
    #[serde(default)]
    pub rules: IndexMap<Text, RuleLevel>,
    /// Files that are not read: patterns from the project's folder.
    pub exclude: Option<Vec<Text>>,
}

/// The version of the language that a project is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version;

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match super::WholeNumber::deserialize(deserializer)?.0 {
            1 => Ok(Version),
            _ => Err(serde::de::Error::custom(
                "this bursar knows version 1 of the language",
            )),
        }
    }
}

impl JsonSchema for Version {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "const": 1 })
    }
}

/// Where the objects live. Credentials come from the environment alone.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Platform {
    /// The platform.
    pub provider: Provider,
    /// Its address; the provider's own, if absent.
    pub url: Option<Text>,
    /// For the embedded platform: contacts and orders of a fresh one, a file of the project.
    pub seed: Option<Text>,
    /// Paths, verbs and names of fields that differ from the provider's own.
    #[serde(default)]
    pub endpoints: IndexMap<Text, serde_json::Value>,
}

/// Where the objects live, as far as an environment overrides it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartialPlatform {
    /// The platform.
    pub provider: Option<Provider>,
    /// Its address; the provider's own, if absent.
    pub url: Option<Text>,
    /// For the embedded platform: contacts and orders of a fresh one, a file of the project.
    pub seed: Option<Text>,
    /// Paths, verbs and names of fields that differ from the provider's own.
    #[serde(default)]
    pub endpoints: IndexMap<Text, serde_json::Value>,
}

/// A platform that bursar can speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// The embedded platform: nothing else is needed.
    Sandbox,
    /// Kwiga.
    Kwiga,
    /// bsport.
    Bsport,
    /// Any server that speaks the platform contract, with names mapped in `endpoints`.
    Rest,
}

impl Provider {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Provider::Sandbox => "sandbox",
            Provider::Kwiga => "kwiga",
            Provider::Bsport => "bsport",
            Provider::Rest => "rest",
        }
    }
}

/// Limits of what one plan may do.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Safety {
    /// How much one plan may remove; 5 objects and 30 %, if absent.
    pub max_removals: Option<MaxRemovals>,
}

/// How much one plan may remove; it is refused beyond either.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MaxRemovals {
    /// So many objects, replaced ones too; no such limit, if only `percent` is there.
    pub count: Option<Points>,
    /// This share of the managed objects, from ten on: 0 to 100; no such limit, if only `count` is there.
    pub percent: Option<WholePercent>,
}

/// A whole number from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WholePercent(pub u8);

impl<'de> Deserialize<'de> for WholePercent {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u8::try_from(Points::deserialize(deserializer)?.0)
            .ok()
            .filter(|percent| *percent <= 100)
            .map(WholePercent)
            .ok_or_else(|| serde::de::Error::custom("expected a whole number from 0 to 100"))
    }
}

impl JsonSchema for WholePercent {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "WholePercent".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": 100 })
    }
}

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RuleLevel {
    /// They are errors.
    Error,
    /// They are warnings.
    Warning,
    /// They are hints.
    Hint,
    /// They are not shown.
    Allow,
}

/// Fields that are merged under every document of a kind. What they hold is checked in the
/// documents that they are merged into.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// Under every `course`.
    pub course: PartialDocument,
    /// Under every `cohort`.
    pub cohort: PartialDocument,
    /// Under every `offer`.
    pub offer: PartialDocument,
    /// Under every `coupon`.
    pub coupon: PartialDocument,
    /// Under every `list`.
    pub list: PartialDocument,
    /// Under every `letter`.
    pub letter: PartialDocument,
    /// Under every `scenario`.
    pub scenario: PartialDocument,
    /// Under every `pass`.
    pub pass: PartialDocument,
    /// Under every `pack`.
    pub pack: PartialDocument,
    /// Under every `removed`.
    pub removed: PartialDocument,
    /// Under every `test`.
    pub test: PartialDocument,
}

/// Some fields of a document.
pub type PartialDocument = IndexMap<Text, serde_json::Value>;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_what_the_language_names() {
        let project: Project = serde_json::from_value(json!({
            "version": 1,
            "project": "nova-school",
            "timezone": "Europe/Kyiv",
            "currency": "EUR",
            "languages": ["uk", "en"],
            "platform": { "provider": "sandbox", "seed": "people.yaml" },
            "state": { "backend": "http", "address": "https://state.example" },
            "vars": { "suffix": "" },
            "defaults": { "offer": { "page": { "language": "fr" } } },
            "environments": {
                "staging": { "vars": { "suffix": " (test)" } },
                "production": { "platform": { "provider": "kwiga" } },
            },
            "safety": { "max_removals": { "count": 5, "percent": 30 } },
            "own_contacts": ["help@nova.school"],
            "loyalty_tags": ["vip", "premium"],
            "rules": { "unpaid-delay-below-recommended": "allow" },
            "exclude": ["drafts/**"],
        }))
        .unwrap();
        assert_eq!(project.environments.len(), 2);
        let Some(StateConfig::Http(http)) = project.state else {
            panic!("no http state");
        };
        assert_eq!(&*http.address.0, "https://state.example");
    }

    #[test]
    fn refuses_what_is_wrong() {
        let cases = [
            json!({ "version": 2, "project": "a" }),
            json!({ "version": 1 }),
            json!({ "version": 1, "project": "A" }),
            json!({ "version": 1, "project": "a", "defaults": { "offers": {} } }),
            json!({ "version": 1, "project": "a", "environments": { "x": { "project": "b" } } }),
            json!({ "version": 1, "project": "a", "vars": { "x y": "" } }),
            json!({ "version": 1, "project": "a", "safety": { "max_removals": { "percent": 101 } } }),
            json!({ "version": 1, "project": "a", "rules": { "x": "off" } }),
            json!({ "version": 1, "project": "a", "state": ["http", { "address": "https://x" }] }),
            json!({ "version": 1, "project": "a", "state": { "backend": "http" } }),
            json!({ "version": 1, "project": "a", "state": { "backend": "local", "key": "x" } }),
        ];
        for case in cases {
            assert!(
                serde_json::from_value::<Project>(case.clone()).is_err(),
                "{case}"
            );
        }
    }
}
