//! A mirror → the platform's form, for an embedded platform that does not know the course yet.

use super::{Course, OwnOpening, wire};
use crate::kinds::{Field, Text, WholeNumber};
use crate::model::Name;
use serde_json::Value;

impl Course {
    /// The course as the platform holds it, with its ids; `None` without an id. What has no title
    /// of its own is called by its name.
    pub(super) fn on_platform(&self, name: &str) -> Option<Value> {
        let id = self.id.as_ref()?.0;
        let body = wire::Course {
            title: self
                .title
                .as_ref()
                .map_or_else(|| name.to_owned(), |title| title.0.to_string()),
            status: "published".to_owned(),
            modules: self.modules.iter().map(module).collect(),
            extra: serde_json::Map::new(),
        };
        let mut body = serde_json::to_value(body).ok()?;
        body.as_object_mut()?.insert("id".to_owned(), id.into());
        Some(body)
    }
}

fn module(module: &super::Module) -> wire::Module {
    wire::Module {
        id: number(module.id.as_ref()),
        title: title(module.title.as_ref(), name(&module.name)),
        opens: opening(&module.opens),
        lessons: module
            .lessons
            .iter()
            .map(|lesson| wire::Lesson {
                id: number(lesson.id.as_ref()),
                title: title(lesson.title.as_ref(), name(&lesson.name)),
                opens: opening(&lesson.opens),
                checkpoint: lesson.checkpoint.unwrap_or(false),
            })
            .collect(),
    }
}

fn opening(opens: &Field<OwnOpening>) -> Option<wire::OwnOpening> {
    match opens {
        Field::Set(opens) => Some(wire::OwnOpening {
            after_days: opens.after_access.whole_days()?,
            hour: opens.at.map(|hour| hour.to_string()),
        }),
        Field::Absent | Field::Null => None,
    }
}

fn title(title: Option<&Text>, name: &str) -> String {
    title.map_or_else(|| name.to_owned(), |title| title.0.to_string())
}

fn name(name: &Name) -> &str {
    name.as_str()
}

fn number(number: Option<&WholeNumber>) -> Option<i64> {
    number.map(|number| number.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn gives_ids_titles_and_own_delays() {
        let course: Course = serde_json::from_value(json!({
            "id": 4211,
            "modules": [{
                "id": 93, "name": "css", "title": "CSS", "opens": { "after_access": "14d", "at": "09:00" },
                "lessons": [{ "id": 331, "name": "flexbox", "checkpoint": true }],
            }],
        }))
        .unwrap();
        let expected = json!({
            "id": 4211, "title": "web-dev", "status": "published", "extra": {},
            "modules": [{
                "id": 93, "title": "CSS", "opens": { "after_days": 14, "hour": "09:00" },
                "lessons": [{ "id": 331, "title": "flexbox", "opens": null, "checkpoint": true }],
            }],
        });
        assert_eq!(course.on_platform("web-dev"), Some(expected));
        let copy: Course = serde_json::from_value(json!({ "title": "A copy" })).unwrap();
        assert_eq!(copy.on_platform("x"), None);
    }
}
