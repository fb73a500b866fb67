//! `bursar init`.

use super::{Context, Exit, Failure};
use crate::model::{Instant, Moment};
use crate::os;
use chrono::{Datelike as _, Days, NaiveDate};
use std::path::{Path, PathBuf};

/// Start a project: one launched cohort with its offer, coupon, list, letter and scenario.
///
/// Nothing that exists is written over.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  bursar init my-school
  bursar init --ci github        add a workflow to the project in this folder")]
pub(super) struct Args {
    /// The folder; made if it is missing. The current one, if absent.
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Write a workflow that validates, plans and applies.
    #[arg(long, value_enum, value_name = "SERVICE")]
    ci: Option<Ci>,
}

/// A service that runs workflows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Ci {
    /// GitHub Actions.
    Github,
    /// GitLab CI.
    Gitlab,
}

/// Weeks from today to the first day of the course, at least.
const WEEKS_AHEAD: u64 = 8;

pub(super) fn run(context: &Context, args: &Args) -> Result<Exit, Failure> {
    let folder = args
        .folder
        .clone()
        .or_else(|| context.dir.clone())
        .unwrap_or_default();
    let exists = folder.join(os::PROJECT_FILE).symlink_metadata().is_ok();
    if exists && args.ci.is_none() {
        return Err(Failure::new(
            Exit::Invalid,
            format!("{} exists already", folder.join(os::PROJECT_FILE).display()),
        )
        .hint("name another folder: `bursar init my-school`"));
    }
    let mut files = Vec::new();
    if !exists {
        files.extend(project(today(context.now)));
    }
    match args.ci {
        Some(Ci::Github) => files.push((
            ".github/workflows/bursar.yml",
            include_str!("init/github.yml").to_owned(),
        )),
        Some(Ci::Gitlab) => {
            files.push((".gitlab-ci.yml", include_str!("init/gitlab.yml").to_owned()));
        }
        None => {}
    }
    for (name, text) in files {
        let path = folder.join(name);
        let written = os::write_new(&path, &text)
            .map_err(|error| Failure::from_error(Exit::Unclassified, &error))?;
        let verb = if written { "wrote" } else { "kept" };
        context
            .console
            .note(&format!("{verb} {}\n", path.display()));
    }
    if !exists {
        next_steps(context, &folder);
    }
    Ok(Exit::Done)
}

fn next_steps(context: &Context, folder: &Path) {
    let dir = if folder.as_os_str().is_empty() || folder == Path::new(".") {
        String::new()
    } else {
        format!(" --dir {}", folder.display())
    };
    context.console.note(&format!(
        "\nNext:\n  bursar{dir} validate   check it, offline\n  \
         bursar{dir} test       run its tests, offline\n  \
         bursar{dir} plan       show what would be made\n  \
         bursar{dir} apply      make it, on the embedded platform\n"
    ));
}

/// The files of a new project, by name.
fn project(today: NaiveDate) -> Vec<(&'static str, String)> {
    let dates = Dates::after(today);
    [
        ("bursar.yaml", include_str!("init/bursar.yaml")),
        ("course.yaml", include_str!("init/course.yaml")),
        ("cohort.yaml", include_str!("init/cohort.yaml")),
        (
            "unpaid-orders.yaml",
            include_str!("init/unpaid-orders.yaml"),
        ),
        ("tests.yaml", include_str!("init/tests.yaml")),
        (".gitignore", include_str!("init/gitignore")),
    ]
    .map(|(name, template)| (name, dates.fill(template)))
    .into()
}

fn today(now: Option<Moment>) -> NaiveDate {
    match now {
        Some(Moment::Local(time)) => time.date(),
        Some(Moment::Offset(time)) => time.date_naive(),
        Some(Moment::Date(date)) => date,
        None => Instant::date_naive(&os::now()),
    }
}

/// The dates of the new cohort.
struct Dates {
    starts: NaiveDate,
    opens: NaiveDate,
    closes: NaiveDate,
}

impl Dates {
    /// A course that starts on the first Monday after some weeks; the sale opens now and closes
    /// three days after the start.
    fn after(today: NaiveDate) -> Self {
        let ahead = today + Days::new(7 * WEEKS_AHEAD);
        let to_monday = (7 - ahead.weekday().num_days_from_monday()) % 7;
        let starts = ahead + Days::new(u64::from(to_monday));
        Dates {
            starts,
            opens: today,
            closes: starts + Days::new(3),
        }
    }

    fn fill(&self, template: &str) -> String {
        template
            .replace("@MONTH@", &self.starts.format("%Y-%m").to_string())
            .replace("@TITLE@", &self.starts.format("%B %Y").to_string())
            .replace("@STARTS@", &self.starts.to_string())
            .replace("@OPENS@", &self.opens.to_string())
            .replace("@CLOSES@", &self.closes.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_course_starts_on_a_monday() {
        // 2026-11-22 is a Sunday; eight weeks later is 2027-01-17, a Sunday too.
        let dates = Dates::after(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap());
        assert_eq!(dates.starts.to_string(), "2027-01-18");
        assert_eq!(dates.closes.to_string(), "2027-01-21");
        let dates = Dates::after(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());
        assert_eq!(dates.starts.to_string(), "2027-01-18");
    }

    #[test]
    fn nothing_is_left_to_fill_in() {
        for (name, text) in project(NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()) {
            assert!(!text.contains('@'), "{name}: {text}");
        }
    }
}
