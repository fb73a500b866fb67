//! Money, percentages, durations and dates in the languages of letters.
//!
//! Forms are those of the Unicode CLDR for each language; spaces inside an amount do not break.

use crate::kinds::Discount;
use crate::kinds::letter::Language;
use crate::model::Money;
use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};

const NO_BREAK: char = '\u{a0}';
const NARROW_NO_BREAK: char = '\u{202f}';

/// `490,00 €`, `€490.00`
pub(super) fn money(money: Money, language: Language) -> String {
    let amount = grouped(&money.amount(), language);
    let symbol = symbol(money.currency.code());
    match language {
        Language::En => {
            // A symbol of letters would run into the number.
            let letters = symbol.chars().all(char::is_alphabetic);
            let gap = if letters {
                String::from(NO_BREAK)
            } else {
                String::new()
            };
            match amount.strip_prefix('-') {
                Some(positive) => format!("-{symbol}{gap}{positive}"),
                None => format!("{symbol}{gap}{amount}"),
            }
        }
        Language::Uk
        | Language::Ru
        | Language::It
        | Language::Es
        | Language::De
        | Language::Pl
        | Language::Fr => format!("{amount}{NO_BREAK}{symbol}"),
    }
}

/// `10 %`, `10%`, or money.
pub(super) fn discount(discount: Discount, language: Language) -> String {
    let hundredths = match discount {
        Discount::Amount(amount) => return money(amount, language),
        Discount::Percent(hundredths) => hundredths,
    };
    let whole = hundredths / 100;
    let number = match hundredths.unsigned_abs() % 100 {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}{}{}", decimal_point(language), rest / 10),
        rest => format!("{whole}{}{rest:02}", decimal_point(language)),
    };
    match language {
        Language::Fr => format!("{number}{NARROW_NO_BREAK}%"),
        Language::De | Language::Es | Language::Ru => format!("{number}{NO_BREAK}%"),
        Language::En | Language::Uk | Language::It | Language::Pl => format!("{number}%"),
    }
}

/// A duration as it is written, in words: `24h` is `24 heures`, `1d12h` is `1 jour et 12 heures`.
/// `None` if it is not written as a duration.
pub(super) fn duration(written: &str, language: Language) -> Option<String> {
    let mut parts = Vec::new();
    let mut rest = written;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, tail) = rest.split_at(digits);
        let letters = tail.bytes().take_while(u8::is_ascii_lowercase).count();
        let (unit, tail) = tail.split_at(letters);
        let number: u32 = number.parse().ok()?;
        parts.push(format!("{number} {}", unit_word(unit, number, language)?));
        rest = tail;
    }
    let last = parts.pop()?;
    if parts.is_empty() {
        return Some(last);
    }
    let and = match language {
        Language::En => "and",
        Language::Uk => "і",
        Language::Ru => "и",
        Language::It => "e",
        Language::Es => "y",
        Language::De => "und",
        Language::Pl => "i",
        Language::Fr => "et",
    };
    Some(format!("{} {and} {last}", parts.join(", ")))
}

/// `31 juillet 2026`
pub(super) fn date(date: NaiveDate, language: Language) -> String {
    let (day, year) = (date.day(), date.year());
    let month = MONTHS
        .iter()
        .find(|(of, _)| *of == language)
        .and_then(|(_, names)| names.get(date.month0() as usize))
        .copied()
        .unwrap_or_default();
    match language {
        Language::De => format!("{day}. {month} {year}"),
        Language::Es => format!("{day} de {month} de {year}"),
        Language::Fr if day == 1 => format!("1er {month} {year}"),
        Language::Fr | Language::En | Language::It | Language::Pl | Language::Uk | Language::Ru => {
            format!("{day} {month} {year}")
        }
    }
}

/// `31 juillet 2026, 18:00`
pub(super) fn date_time(time: NaiveDateTime, language: Language) -> String {
    let day = date(time.date(), language);
    format!("{day}, {:02}:{:02}", time.hour(), time.minute())
}

const MONTHS: [(Language, [&str; 12]); 8] = [
    (
        Language::En,
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
    ),
    (
        Language::Uk,
        [
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
    ),
    (
        Language::Ru,
        [
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
    ),
    (
        Language::It,
        [
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
    (
        Language::Es,
        [
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
    (
        Language::De,
        [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
    ),
    (
        Language::Pl,
        [
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
    ),
    (
        Language::Fr,
        [
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
    ),
];

fn symbol(code: &'static str) -> &'static str {
    match code {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "PLN" => "zł",
        "UAH" => "₴",
        _ => code,
    }
}

fn decimal_point(language: Language) -> char {
    match language {
        Language::En => '.',
        Language::Uk
        | Language::Ru
        | Language::It
        | Language::Es
        | Language::De
        | Language::Pl
        | Language::Fr => ',',
    }
}

/// `1490.00` with the language's point and groups of three.
fn grouped(amount: &str, language: Language) -> String {
    // Spanish and Polish do not group four digits.
    let (separator, least) = match language {
        Language::En => (',', 4),
        Language::De | Language::It => ('.', 4),
        Language::Es => ('.', 5),
        Language::Pl => (NO_BREAK, 5),
        Language::Uk | Language::Ru => (NO_BREAK, 4),
        Language::Fr => (NARROW_NO_BREAK, 4),
    };
    let (sign, digits) = match amount.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", amount),
    };
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len() - at;
        if at > 0 && left % 3 == 0 && whole.len() >= least {
            out.push(separator);
        }
        out.push(digit);
    }
    if let Some(fraction) = fraction {
        out.push(decimal_point(language));
        out.push_str(fraction);
    }
    out
}

/// Which form of a noun a number takes.
#[derive(Clone, Copy)]
enum Plural {
    One,
    Few,
    Many,
}

fn plural(number: u32, language: Language) -> Plural {
    let (ones, hundreds) = (number % 10, number % 100);
    let few = (2..=4).contains(&ones) && !(12..=14).contains(&hundreds);
    match language {
        Language::Fr if number <= 1 => Plural::One,
        Language::En | Language::De | Language::Es | Language::It | Language::Pl if number == 1 => {
            Plural::One
        }
        Language::Uk | Language::Ru if ones == 1 && hundreds != 11 => Plural::One,
        Language::Uk | Language::Ru | Language::Pl if few => Plural::Few,
        Language::En
        | Language::Uk
        | Language::Ru
        | Language::It
        | Language::Es
        | Language::De
        | Language::Pl
        | Language::Fr => Plural::Many,
    }
}

/// The word of a unit (`mo`, `w`, `d`, `h`, `m`) after a number.
fn unit_word(unit: &str, number: u32, language: Language) -> Option<&'static str> {
    let (one, few, many) = match (language, unit) {
        (Language::En, "m") => ("minute", "minutes", "minutes"),
        (Language::En, "h") => ("hour", "hours", "hours"),
        (Language::En, "d") => ("day", "days", "days"),
        (Language::En, "w") => ("week", "weeks", "weeks"),
        (Language::En, "mo") => ("month", "months", "months"),
        (Language::Fr, "m") => ("minute", "minutes", "minutes"),
        (Language::Fr, "h") => ("heure", "heures", "heures"),
        (Language::Fr, "d") => ("jour", "jours", "jours"),
        (Language::Fr, "w") => ("semaine", "semaines", "semaines"),
        (Language::Fr, "mo") => ("mois", "mois", "mois"),
        (Language::De, "m") => ("Minute", "Minuten", "Minuten"),
        (Language::De, "h") => ("Stunde", "Stunden", "Stunden"),
        (Language::De, "d") => ("Tag", "Tage", "Tage"),
        (Language::De, "w") => ("Woche", "Wochen", "Wochen"),
        (Language::De, "mo") => ("Monat", "Monate", "Monate"),
        (Language::Es, "m") => ("minuto", "minutos", "minutos"),
        (Language::Es, "h") => ("hora", "horas", "horas"),
        (Language::Es, "d") => ("día", "días", "días"),
        (Language::Es, "w") => ("semana", "semanas", "semanas"),
        (Language::Es, "mo") => ("mes", "meses", "meses"),
        (Language::It, "m") => ("minuto", "minuti", "minuti"),
        (Language::It, "h") => ("ora", "ore", "ore"),
        (Language::It, "d") => ("giorno", "giorni", "giorni"),
        (Language::It, "w") => ("settimana", "settimane", "settimane"),
        (Language::It, "mo") => ("mese", "mesi", "mesi"),
        (Language::Pl, "m") => ("minuta", "minuty", "minut"),
        (Language::Pl, "h") => ("godzina", "godziny", "godzin"),
        (Language::Pl, "d") => ("dzień", "dni", "dni"),
        (Language::Pl, "w") => ("tydzień", "tygodnie", "tygodni"),
        (Language::Pl, "mo") => ("miesiąc", "miesiące", "miesięcy"),
        (Language::Uk, "m") => ("хвилина", "хвилини", "хвилин"),
        (Language::Uk, "h") => ("година", "години", "годин"),
        (Language::Uk, "d") => ("день", "дні", "днів"),
        (Language::Uk, "w") => ("тиждень", "тижні", "тижнів"),
        (Language::Uk, "mo") => ("місяць", "місяці", "місяців"),
        (Language::Ru, "m") => ("минута", "минуты", "минут"),
        (Language::Ru, "h") => ("час", "часа", "часов"),
        (Language::Ru, "d") => ("день", "дня", "дней"),
        (Language::Ru, "w") => ("неделя", "недели", "недель"),
        (Language::Ru, "mo") => ("месяц", "месяца", "месяцев"),
        (_, _) => return None,
    };
    Some(match plural(number, language) {
        Plural::One => one,
        Plural::Few => few,
        Plural::Many => many,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{De, En, Es, Fr, It, Pl, Ru, Uk};

    #[test]
    fn money_in_every_language() {
        let cases = [
            (En, "490.00 EUR", "€490.00"),
            (En, "1490.00 USD", "$1,490.00"),
            (En, "1234567.50 GBP", "£1,234,567.50"),
            (En, "490.00 PLN", "zł\u{a0}490.00"),
            (En, "490.00 CHF", "CHF\u{a0}490.00"),
            (Fr, "490.00 EUR", "490,00\u{a0}€"),
            (Fr, "1490.00 EUR", "1\u{202f}490,00\u{a0}€"),
            (De, "1490.00 EUR", "1.490,00\u{a0}€"),
            (It, "1490.00 EUR", "1.490,00\u{a0}€"),
            (Es, "1490.00 EUR", "1490,00\u{a0}€"),
            (Es, "14900.00 EUR", "14.900,00\u{a0}€"),
            (Pl, "1490.00 PLN", "1490,00\u{a0}zł"),
            (Pl, "14900.00 PLN", "14\u{a0}900,00\u{a0}zł"),
            (Uk, "1490.00 UAH", "1\u{a0}490,00\u{a0}₴"),
            (Ru, "1490.00 EUR", "1\u{a0}490,00\u{a0}€"),
            (Fr, "1200 JPY", "1\u{202f}200\u{a0}JPY"),
        ];
        for (language, amount, expected) in cases {
            let shown = money(amount.parse().unwrap(), language);
            assert_eq!(shown, expected, "{language:?} {amount}");
        }
    }

    #[test]
    fn discounts_in_every_language() {
        let cases = [
            (En, "10%", "10%"),
            (En, "12.5%", "12.5%"),
            (Fr, "10%", "10\u{202f}%"),
            (Fr, "12.25%", "12,25\u{202f}%"),
            (De, "10%", "10\u{a0}%"),
            (Es, "10%", "10\u{a0}%"),
            (It, "10%", "10%"),
            (Pl, "12.5%", "12,5%"),
            (Uk, "10%", "10%"),
            (Ru, "10%", "10\u{a0}%"),
            (En, "33.00 USD", "$33.00"),
            (Fr, "33.00 EUR", "33,00\u{a0}€"),
        ];
        for (language, text, expected) in cases {
            assert_eq!(
                discount(text.parse().unwrap(), language),
                expected,
                "{language:?} {text}"
            );
        }
    }

    #[test]
    fn durations_in_every_language() {
        let cases = [
            (En, "24h", "24 hours"),
            (En, "1d", "1 day"),
            (En, "90m", "90 minutes"),
            (En, "2w", "2 weeks"),
            (En, "1d12h", "1 day and 12 hours"),
            (En, "1w2d3h", "1 week, 2 days and 3 hours"),
            (Fr, "24h", "24 heures"),
            (Fr, "1h", "1 heure"),
            (Fr, "0m", "0 minute"),
            (Fr, "1d12h", "1 jour et 12 heures"),
            (De, "1d", "1 Tag"),
            (De, "7d", "7 Tage"),
            (De, "48h", "48 Stunden"),
            (Es, "1d", "1 día"),
            (Es, "24h", "24 horas"),
            (It, "1h", "1 ora"),
            (It, "30m", "30 minuti"),
            (Pl, "1h", "1 godzina"),
            (Pl, "2h", "2 godziny"),
            (Pl, "12h", "12 godzin"),
            (Pl, "21h", "21 godzin"),
            (Pl, "22h", "22 godziny"),
            (Pl, "24h", "24 godziny"),
            (Pl, "25h", "25 godzin"),
            (Pl, "112h", "112 godzin"),
            (Uk, "1d", "1 день"),
            (Uk, "3d", "3 дні"),
            (Uk, "5d", "5 днів"),
            (Uk, "11d", "11 днів"),
            (Uk, "21h", "21 година"),
            (Uk, "24h", "24 години"),
            (Uk, "48h", "48 годин"),
            (Ru, "1h", "1 час"),
            (Ru, "24h", "24 часа"),
            (Ru, "12h", "12 часов"),
            (Ru, "101d", "101 день"),
            (Ru, "2w", "2 недели"),
        ];
        for (language, written, expected) in cases {
            let shown = duration(written, language);
            assert_eq!(shown.as_deref(), Some(expected), "{language:?} {written}");
        }
        for bad in ["", "h", "5", "5x"] {
            assert_eq!(duration(bad, En), None, "{bad}");
        }
    }

    #[test]
    fn dates_in_every_language() {
        let cases = [
            (En, "31 July 2026"),
            (Fr, "31 juillet 2026"),
            (De, "31. Juli 2026"),
            (Es, "31 de julio de 2026"),
            (It, "31 luglio 2026"),
            (Pl, "31 lipca 2026"),
            (Uk, "31 липня 2026"),
            (Ru, "31 июля 2026"),
        ];
        let day: NaiveDate = "2026-07-31".parse().unwrap();
        for (language, expected) in cases {
            assert_eq!(date(day, language), expected);
        }
        let first: NaiveDate = "2026-08-01".parse().unwrap();
        assert_eq!(date(first, Fr), "1er août 2026");
        let time = day.and_hms_opt(18, 5, 0).unwrap();
        assert_eq!(date_time(time, En), "31 July 2026, 18:05");
    }
}
