//! E-mail addresses and phone numbers in texts.

/// Every e-mail address and phone number of a text.
pub(super) fn find(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    if text.contains('@') {
        found.extend(emails(text));
    }
    // Fewer digits are no phone number; most texts end here.
    if text.bytes().filter(u8::is_ascii_digit).nth(7).is_some() {
        found.extend(phones(text));
    }
    found
}

fn emails(text: &str) -> Vec<&str> {
    let is_part =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '@' | '.' | '_' | '%' | '+' | '-');
    let words = text.split(|c| !is_part(c));
    words
        .map(|word| word.trim_matches(['.', '-', '+']))
        .filter(|word| is_email(word))
        .collect()
}

fn is_email(word: &str) -> bool {
    let Some((local, domain)) = word.split_once('@') else {
        return false;
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let top = labels
        .last()
        .is_some_and(|top| top.len() >= 2 && top.bytes().all(|b| b.is_ascii_alphabetic()));
    !local.is_empty() && labels.len() >= 2 && labels.iter().all(is_label) && top
}

/// Numbers as people write them: `+380 67 123 45 67` with 8 to 15 digits, or a national one that
/// begins with a zero and stands in groups, with 9 to 11 digits.
fn phones(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(rest) = text.get(from..) {
        let Some(at) = rest.find(|c: char| c == '+' || c.is_ascii_digit()) else {
            break;
        };
        let start = from + at;
        let run = text.get(start..).unwrap_or_default();
        let end = run
            .char_indices()
            .skip(1)
            .find(|(_, c)| !c.is_ascii_digit() && !matches!(c, ' ' | '-' | '(' | ')' | '.' | '/'))
            .map_or(run.len(), |(at, _)| at);
        let written = run.get(..end).unwrap_or_default();
        let written = written.trim_end_matches(|c: char| !c.is_ascii_digit());
        let before = text.get(..start).and_then(|text| text.chars().next_back());
        let stands_alone = before.is_none_or(|c| {
            !c.is_alphanumeric() && !matches!(c, '/' | '.' | '-' | '=' | '&' | '?')
        });
        let digits = written.bytes().filter(u8::is_ascii_digit).count();
        let groups: Vec<&str> = written
            .split(|c: char| !c.is_ascii_digit())
            .filter(|group| !group.is_empty())
            .collect();
        let is_phone = if written.starts_with('+') {
            (8..=15).contains(&digits)
        } else {
            written.starts_with('0')
                && (9..=11).contains(&digits)
                && groups.len() >= 3
                && !is_date(&groups)
        };
        if stands_alone && is_phone {
            found.push(written);
        }
        from = start + written.len().max(1);
    }
    found
}

/// Whether groups of digits begin as a date does: `05.09.2026`.
fn is_date(groups: &[&str]) -> bool {
    let is_year =
        |text: &str| text.len() == 4 && (text.starts_with("19") || text.starts_with("20"));
    matches!(groups, [day, month, year, ..] if day.len() <= 2 && month.len() <= 2 && is_year(year))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn contacts_are_told_from_other_numbers() {
        let check = |text: &str, expected: &[&str]| assert_eq!(find(text), expected, "{text}");
        check("write to olena.k@gmail.com.", &["olena.k@gmail.com"]);
        check("mailto:a+b@school.co.uk", &["a+b@school.co.uk"]);
        check("call +380 67 123 45 67 today", &["+380 67 123 45 67"]);
        check("call 06 12 34 56 78", &["06 12 34 56 78"]);
        check("(067) 123-45-67", &["067) 123-45-67"]);
        check("2026-09-07T10:00", &[]);
        check("490.00 EUR or 1 200 000 UAH", &[]);
        check("@instagram and user@host", &[]);
        check("https://nova.school/0123-456-789", &[]);
        check("order 1234567890", &[]);
        check("Webinar 05.09.2026 10:00", &[]);
        check("Room 01-02-2026 12", &[]);
        check("+7d", &[]);
    }
}
