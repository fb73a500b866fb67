//! Offers that are paid in parts of their own amounts and dates.

use super::Configuration;
use crate::kinds::Document;
use crate::kinds::offer::{Installment, Offer};
use crate::model::Path;

/// Every offer with a schedule of payments, by address.
pub(super) fn all<'a>(
    configuration: &Configuration<'a>,
) -> impl Iterator<Item = (&'a Document, &'a Offer, &'a [Installment])> + use<'a> {
    configuration.offers().filter_map(|(document, offer)| {
        let rows = offer.payment.set()?.installments.set()?.schedule.set()?;
        Some((document, offer, rows.as_slice()))
    })
}

/// The place of a payment.
pub(super) fn path(at: usize) -> Path {
    let path = Path::root().key("payment").key("installments");
    path.key("schedule").index(at)
}
