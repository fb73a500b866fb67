//! Months and seasons as schools write them, in the languages that the platform speaks.

/// The words of one language for one cycle: twelve months or four seasons.
#[derive(Debug)]
pub(super) struct Words {
    /// The language's two-letter code.
    pub(super) language: &'static str,
    /// As they stand in a text, in order.
    pub(super) text: &'static [&'static str],
    /// As they stand in a name; empty where they are not written in names.
    pub(super) slug: &'static [&'static str],
}

const fn same(language: &'static str, words: &'static [&'static str]) -> Words {
    Words {
        language,
        text: words,
        slug: words,
    }
}

const fn both(
    language: &'static str,
    text: &'static [&'static str],
    slug: &'static [&'static str],
) -> Words {
    Words {
        language,
        text,
        slug,
    }
}

/// Winter first.
pub(super) static SEASONS: &[Words] = &[
    same("en", &["winter", "spring", "summer", "autumn"]),
    same("en", &["winter", "spring", "summer", "fall"]),
    both(
        "fr",
        &["hiver", "printemps", "été", "automne"],
        &["hiver", "printemps", "ete", "automne"],
    ),
    both(
        "es",
        &["invierno", "primavera", "verano", "otoño"],
        &["invierno", "primavera", "verano", "otono"],
    ),
    same("it", &["inverno", "primavera", "estate", "autunno"]),
    both(
        "de",
        &["winter", "frühling", "sommer", "herbst"],
        &["winter", "fruehling", "sommer", "herbst"],
    ),
    both(
        "de",
        &["winter", "frühjahr", "sommer", "herbst"],
        &["winter", "fruehjahr", "sommer", "herbst"],
    ),
    both(
        "pl",
        &["zima", "wiosna", "lato", "jesień"],
        &["zima", "wiosna", "lato", "jesien"],
    ),
    both(
        "uk",
        &["зима", "весна", "літо", "осінь"],
        &["zyma", "vesna", "lito", "osin"],
    ),
    both(
        "ru",
        &["зима", "весна", "лето", "осень"],
        &["zima", "vesna", "leto", "osen"],
    ),
];

/// January first.
pub(super) static MONTHS: &[Words] = &[
    same(
        "en",
        &[
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
    ),
    same(
        "en",
        &[
            "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ],
    ),
    both(
        "fr",
        &[
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        &[
            "janvier",
            "fevrier",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "aout",
            "septembre",
            "octobre",
            "novembre",
            "decembre",
        ],
    ),
    same(
        "es",
        &[
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
    ),
    same(
        "it",
        &[
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
    ),
    both(
        "de",
        &[
            "januar",
            "februar",
            "märz",
            "april",
            "mai",
            "juni",
            "juli",
            "august",
            "september",
            "oktober",
            "november",
            "dezember",
        ],
        &[
            "januar",
            "februar",
            "maerz",
            "april",
            "mai",
            "juni",
            "juli",
            "august",
            "september",
            "oktober",
            "november",
            "dezember",
        ],
    ),
    both(
        "pl",
        &[
            "styczeń",
            "luty",
            "marzec",
            "kwiecień",
            "maj",
            "czerwiec",
            "lipiec",
            "sierpień",
            "wrzesień",
            "październik",
            "listopad",
            "grudzień",
        ],
        &[
            "styczen",
            "luty",
            "marzec",
            "kwiecien",
            "maj",
            "czerwiec",
            "lipiec",
            "sierpien",
            "wrzesien",
            "pazdziernik",
            "listopad",
            "grudzien",
        ],
    ),
    both(
        "pl",
        &[
            "stycznia",
            "lutego",
            "marca",
            "kwietnia",
            "maja",
            "czerwca",
            "lipca",
            "sierpnia",
            "września",
            "października",
            "listopada",
            "grudnia",
        ],
        &[],
    ),
    both(
        "uk",
        &[
            "січень",
            "лютий",
            "березень",
            "квітень",
            "травень",
            "червень",
            "липень",
            "серпень",
            "вересень",
            "жовтень",
            "листопад",
            "грудень",
        ],
        &[],
    ),
    both(
        "uk",
        &[
            "січня",
            "лютого",
            "березня",
            "квітня",
            "травня",
            "червня",
            "липня",
            "серпня",
            "вересня",
            "жовтня",
            "листопада",
            "грудня",
        ],
        &[],
    ),
    both(
        "ru",
        &[
            "январь",
            "февраль",
            "март",
            "апрель",
            "май",
            "июнь",
            "июль",
            "август",
            "сентябрь",
            "октябрь",
            "ноябрь",
            "декабрь",
        ],
        &[],
    ),
    both(
        "ru",
        &[
            "января",
            "февраля",
            "марта",
            "апреля",
            "мая",
            "июня",
            "июля",
            "августа",
            "сентября",
            "октября",
            "ноября",
            "декабря",
        ],
        &[],
    ),
];

/// A word of a table: its row, and its place there from 0.
pub(super) type Found = (&'static Words, usize);

/// What a word is in a table. Of rows that share it, one of `language` counts, else the first.
pub(super) fn find(table: &'static [Words], word: &str, language: Option<&str>) -> Option<Found> {
    let word = word.to_lowercase();
    let place = |row: &Words| {
        let mut words = row.text.iter().chain(row.slug).enumerate();
        let (at, _) = words.find(|(_, own)| ***own == *word)?;
        Some(at % row.text.len().max(1))
    };
    let all = || table.iter().filter_map(|row| Some((row, place(row)?)));
    all()
        .find(|(row, _)| Some(row.language) == language)
        .or_else(|| all().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole() {
        for (table, length) in [(SEASONS, 4), (MONTHS, 12)] {
            for row in table {
                assert_eq!(row.text.len(), length, "{row:?}");
                assert!(row.slug.is_empty() || row.slug.len() == length, "{row:?}");
            }
        }
    }

    #[test]
    fn words_are_found_in_the_language_that_is_meant() {
        let check = |table, word, language, expected: Option<(&str, usize)>| {
            let found = find(table, word, language);
            let found = found.map(|(row, at)| (row.language, at));
            assert_eq!(found, expected, "{word}");
        };
        check(SEASONS, "Automne", None, Some(("fr", 3)));
        check(SEASONS, "été", None, Some(("fr", 2)));
        check(SEASONS, "ete", None, Some(("fr", 2)));
        check(SEASONS, "winter", Some("de"), Some(("de", 0)));
        check(SEASONS, "winter", Some("fr"), Some(("en", 0)));
        check(MONTHS, "September", Some("de"), Some(("de", 8)));
        check(MONTHS, "сентября", None, Some(("ru", 8)));
        check(MONTHS, "aout", None, Some(("fr", 7)));
        check(MONTHS, "basics", None, None);
    }
}
