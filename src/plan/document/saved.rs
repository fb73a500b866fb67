//! A plan in a file: when it was saved, how long it is good, and a seal over every byte.

use super::{PlanDocument, PlanFileError, canonical};
use crate::model::{Instant, format_instant, parse_instant};
use crate::plan::Plan;
use crate::plan::touched::sha256;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What a file says beside the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Saved {
    /// When it was saved, in UTC.
    pub at: String,
    /// From when on it is stale, in UTC.
    pub expires_at: String,
    /// SHA-256 of the whole document without this field, as JSON with sorted keys and no spaces.
    pub seal: String,
}

impl PlanDocument {
    /// A plan as it is written to a file.
    pub fn to_save(plan: &Plan, at: Instant, expires_at: Instant) -> Self {
        let mut document = PlanDocument::from(plan);
        document.saved = Some(Saved {
            at: format_instant(at),
            expires_at: format_instant(expires_at),
            seal: String::new(),
        });
        let seal = seal(&serde_json::to_value(&document).unwrap_or_default());
        if let Some(saved) = &mut document.saved {
            saved.seal = seal;
        }
        document
    }

    /// Reads a saved plan. One of this version must be what was written, to the byte.
    ///
    /// # Errors
    /// As [`PlanDocument::from_text`], or it was not saved.
    pub fn from_saved(text: &str) -> Result<Self, PlanFileError> {
        let json = PlanDocument::checked(text)?;
        let seal = seal(&json);
        let document = PlanDocument::of_form(json)?;
        let saved = document.saved.as_ref().ok_or(PlanFileError::NotSaved)?;
        let is_ours = document.tool_version == env!("CARGO_PKG_VERSION");
        if saved.seal != seal || (is_ours && document.to_text() != text) {
            return Err(PlanFileError::Digest);
        }
        for (at, instant) in [("at", &saved.at), ("expires_at", &saved.expires_at)] {
            parse_instant(instant).ok_or_else(|| PlanFileError::Form {
                at: format!("saved.{at}"),
                message: "it is no instant".to_owned(),
            })?;
        }
        Ok(document)
    }

    /// From when on a saved plan is stale.
    pub fn expires_at(&self) -> Option<Instant> {
        parse_instant(&self.saved.as_ref()?.expires_at)
    }
}

fn seal(document: &Json) -> String {
    let mut unsealed = document.clone();
    if let Some(saved) = unsealed.get_mut("saved").and_then(Json::as_object_mut) {
        saved.remove("seal");
    }
    let mut text = String::new();
    canonical(&unsealed, &mut text);
    sha256(&text)
}

#[cfg(test)]
mod tests {
    use super::super::tests::rich_plan;
    use super::*;

    fn saved() -> String {
        let instant = |text| parse_instant(text).unwrap();
        let document = PlanDocument::to_save(
            &rich_plan(),
            instant("2026-09-01T07:00:00Z"),
            instant("2026-09-08T07:00:00Z"),
        );
        document.to_text()
    }

    #[test]
    fn a_saved_plan_is_the_printed_one_with_its_times() {
        let document = PlanDocument::from_saved(&saved()).unwrap();
        assert_eq!(document.expires_at(), parse_instant("2026-09-08T07:00:00Z"));
        let printed = PlanDocument::from(&rich_plan());
        assert_eq!(document.digest, printed.digest);
        assert_eq!(
            PlanDocument::from_saved(&printed.to_text()),
            Err(PlanFileError::NotSaved)
        );
    }

    #[test]
    fn every_flipped_byte_and_every_cut_is_found() {
        let text = saved();
        for at in 0..text.len() {
            for mask in [0x01, 0x20, 0x80] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= mask;
                let found = String::from_utf8(bytes).map(|text| PlanDocument::from_saved(&text));
                assert!(!matches!(found, Ok(Ok(_))), "byte {at} ^ {mask:#x}");
            }
            let cut = PlanDocument::from_saved(&text[..at]);
            assert!(cut.is_err(), "cut at {at}");
        }
    }
}
