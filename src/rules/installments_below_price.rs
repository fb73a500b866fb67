//! `installments-below-price`: instalments sum to less than the price.

use super::{Configuration, Rule, configuration, instalments};
use crate::diag::{Code, Diagnostic, Diagnostics};
use crate::model::{Money, Path};

pub(super) const RULE: Rule = Rule {
    code: Code::InstallmentsBelowPrice,
    check,
};

fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for (document, offer, rows) in instalments::all(configuration) {
        let Some(price) = offer.price.set() else {
            continue;
        };
        let price = price.0;
        if rows.is_empty()
            || rows
                .iter()
                .any(|row| row.amount.0.currency != price.currency)
        {
            continue;
        }
        let sum = rows
            .iter()
            .map(|row| i128::from(row.amount.0.minor))
            .sum::<i128>();
        let missing = i128::from(price.minor) - sum;
        let (Ok(sum), Ok(missing)) = (i64::try_from(sum), i64::try_from(missing)) else {
            continue;
        };
        if missing <= 0 {
            continue;
        }
        let money = |minor: i64| Money { minor, ..price };
        let path = Path::root()
            .key("payment")
            .key("installments")
            .key("schedule");
        findings.push(
            Diagnostic::new(
                Code::InstallmentsBelowPrice,
                configuration::key(document, &path),
                format!("the payments sum to {}, less than the price", money(sum)),
            )
            .label(format!("{} less", money(missing)))
            .why("who pays in parts would get the course for less than who pays at once; more is usual")
            .help(format!("raise the payments by {} in all", money(missing)))
            .related(
                configuration::value(document, &Path::root().key("price")),
                "the full price",
            )
            .about(&document.address),
        );
    }
}
