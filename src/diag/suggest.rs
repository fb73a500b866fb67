//! "Did you mean": the nearest of what exists.

/// The candidate nearest to `wrong`, if one is near enough to be worth naming.
///
/// Near enough is a Damerau–Levenshtein distance of a third of the length, at least one. Ties go to
/// the first candidate.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wrong.to_lowercase();
    let limit = (lower.chars().count() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.len().abs_diff(lower.len()) > limit + 3 {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&lower, &candidate.to_lowercase());
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The only candidate near enough to `wrong`; `None` if there are several, or none.
pub fn only_near<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let mut near = candidates
        .into_iter()
        .filter(|candidate| nearest(wrong, [*candidate]).is_some());
    let first = near.next()?;
    near.all(|other| other == first).then_some(first)
}

/// `did you mean \`x\`?` for the nearest candidate.
pub fn did_you_mean<'a>(
    wrong: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(wrong, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_near_and_nothing_far() {
        assert_eq!(nearest("tittle", ["title", "name"]), Some("title"));
        assert_eq!(nearest("cuopon", ["course", "coupon"]), Some("coupon"));
        assert_eq!(nearest("zebra", ["title", "name"]), None);
    }
}
