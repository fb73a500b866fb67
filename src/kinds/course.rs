//! `course`: a read-only mirror of a course's program.

use super::decode::{Fields, From, Inexpressible, Naming};
use super::durations::{Counts, check_duration};
use super::{
    Access, Collection, DocumentPlaces, Field, FieldRule, Kind, Links, Rule, Status, Strength,
    Text, Title, WholeNumber,
};
use crate::diag::Diagnostics;
use crate::model::{Attributes, Duration, Name, Path, TimeOfDay};
use schemars::JsonSchema;
use serde::Deserialize;

mod decode;
mod mirror;
pub mod wire;

/// A course's program as the platform has it. Never written: `pull` refreshes it.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Course {
    /// The platform's id; absent with `copy_of`, until the copy has been made.
    pub id: Option<WholeNumber>,
    /// The course that this one is a copy of.
    pub copy_of: Option<super::Reference>,
    /// What people call it; its name, if absent.
    pub title: Option<Title>,
    /// The modules in program order.
    #[serde(default)]
    pub modules: Vec<Module>,
}

static COLLECTION: Collection = Collection {
    path: "courses",
    menu: &[],
    access: Access::Read,
    natural_key: "title",
    status: Status {
        values: &["published", "draft"],
        default: "published",
        resting: None,
        retired: "draft",
        rests_while_replaced: false,
    },
    fields: &[FieldRule {
        path: "clients_count",
        rule: Rule::Computed,
    }],
    pairs: &[],
    required: &["title"],
    minimal: r#"{"title":"x"}"#,
    schema: <wire::Course as JsonSchema>::json_schema,
    normalise: super::normalise::<wire::Course>,
};

impl Kind for Course {
    const ID: &'static str = "course";
    const SUMMARY: &'static str = "A read-only mirror of a course's program";
    const EXAMPLE: &'static str = r#"kind: course
name: web-dev
id: 4211
title: Web Development
modules:
  - id: 91
    name: basics
    title: Basics
    lessons:
      - { id: 311, name: welcome, title: Welcome }
      - { id: 312, name: setup, title: Setup, checkpoint: true }
  - id: 93
    name: css
    title: CSS
    opens: { after_access: 14d }
    lessons: [{ id: 331, name: flexbox, title: Flexbox }]
"#;
    const COLLECTION: Option<&'static Collection> = Some(&COLLECTION);

    fn mirror(&self, name: &str) -> Option<serde_json::Value> {
        self.on_platform(name)
    }

    fn decode(
        id: i64,
        attributes: &Attributes,
        naming: &dyn Naming,
    ) -> Result<Fields, Inexpressible> {
        decode::decode(id, From { attributes, naming })
    }

    fn links(&self, links: &mut Links) {
        if let Some(original) = &self.copy_of {
            links.push(
                Path::root().key("copy_of"),
                "course",
                original,
                Strength::Compiler,
            );
        }
    }

    fn check(&self, document: &DocumentPlaces<'_>, findings: &mut Diagnostics) {
        let mut check = |opens: &Field<OwnOpening>, path: Path| {
            if let Field::Set(OwnOpening {
                after_access,
                at: _,
            }) = opens
            {
                let path = path.key("opens").key("after_access");
                check_duration(*after_access, Counts::WholeDays, document, &path, findings);
            }
        };
        let modules = Path::root().key("modules");
        for (at, module) in self.modules.iter().enumerate() {
            let path = modules.index(at);
            for (at, lesson) in module.lessons.iter().enumerate() {
                check(&lesson.opens, path.key("lessons").index(at));
            }
            check(&module.opens, path);
        }
    }
}

impl Course {
    /// The module of a name.
    pub fn module(&self, name: &Name) -> Option<&Module> {
        self.modules.iter().find(|module| module.name == *name)
    }

    /// The first lesson of a name in any module.
    pub fn lesson(&self, name: &Name) -> Option<&Lesson> {
        self.modules.iter().find_map(|module| module.lesson(name))
    }
}

impl Module {
    /// The lesson of a name.
    pub fn lesson(&self, name: &Name) -> Option<&Lesson> {
        self.lessons.iter().find(|lesson| lesson.name == *name)
    }
}

/// A module of a course.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Module {
    /// The platform's id.
    pub id: Option<WholeNumber>,
    /// The name that schedules use.
    pub name: Name,
    /// What people call it.
    pub title: Option<Text>,
    /// The course's own delay of the module, if it has one.
    #[serde(default)]
    pub opens: Field<OwnOpening>,
    /// The lessons in program order.
    #[serde(default)]
    pub lessons: Vec<Lesson>,
}

/// A lesson of a module.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Lesson {
    /// The platform's id.
    pub id: Option<WholeNumber>,
    /// The name that schedules use.
    pub name: Name,
    /// What people call it.
    pub title: Option<Text>,
    /// The course's own delay of the lesson, if it has one.
    #[serde(default)]
    pub opens: Field<OwnOpening>,
    /// Whether the next lessons wait until this one is passed.
    pub checkpoint: Option<bool>,
}

/// A course's own delay.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnOpening {
    /// Whole days from each participant's access.
    pub after_access: Duration,
    /// The hour; each participant's own hour, if absent.
    pub at: Option<TimeOfDay>,
}
