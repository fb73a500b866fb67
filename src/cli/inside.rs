//! Places that a user names inside of the project.

use std::path::{Component, Path};

/// A path below the project's folder, with `/` between names; `None` if it may lead out of it.
pub(super) fn below(path: &Path) -> Option<String> {
    let mut names = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => names.push(name.to_str()?),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(names.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out() {
        let cases = [
            ("a.yaml", Some("a.yaml")),
            ("./a/b.yaml", Some("a/b.yaml")),
            ("", Some("")),
            ("../a.yaml", None),
            ("a/../../b.yaml", None),
            ("/a.yaml", None),
        ];
        for (path, expected) in cases {
            assert_eq!(below(Path::new(path)).as_deref(), expected, "{path}");
        }
    }
}
