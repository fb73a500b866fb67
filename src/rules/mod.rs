//! What we know about launching a cohort and selling it: one file a rule.
//!
//! A rule looks at the whole configuration of one environment and adds findings; it changes
//! nothing and knows no other rule. What a document says of itself alone is checked in its kind;
//! what reading and compiling find is told where it is found. Every code, wherever it is judged,
//! has a page under `docs/rules/` (see [`page`]). See `docs/adding-a-rule.md`.

mod configuration;
mod contacts;
mod filters;
mod instalments;
mod mailing;
mod pages;
mod passes;
mod release;
mod sale;
mod unpaid;
mod uses;

mod chained_trigger_with_event;
mod cohort_without_offer;
mod completion_at_100;
mod content_empty;
mod copied_schedule_mostly_replaced;
mod coupon_accepted_nowhere;
mod coupon_outlives_sale;
mod coupon_outside_its_list;
mod course_copied_per_plan;
mod currency_mismatch;
mod depends_on_purchase_date;
mod discount_exceeds_price;
mod discount_out_of_range;
mod due_before_purchase;
mod edits_course_still_in_use;
mod expiry_from_other_list;
mod first_trigger_without_event;
mod fixed_step_could_be_relative;
mod inherited_from_copy;
mod installments_below_price;
mod installments_out_of_order;
mod launch_form_contradicted;
mod lesson_date_under_dated_module;
mod lesson_opens_before_module;
mod letter_before_list;
mod letter_lacks_coupon_facts;
mod letter_price_not_constant;
mod letter_promises_other_validity;
mod letter_unused;
mod list_unused;
mod mailed_coupon_not_accepted;
mod mailed_coupon_open_to_all;
mod mini_product_without_progress;
mod module_never_fills;
mod module_without_opening;
mod new_members_only_in_pack;
mod new_members_with_loyalty_tag;
mod no_way_to_pay;
mod one_event_two_letters;
mod opening_before_start;
mod opening_in_the_past;
mod opens_after_access_ends;
mod opens_before_cohort_start;
mod pack_unsellable;
mod paid_client_gets_reminder;
mod pass_unsellable;
mod personal_coupon_has_end_date;
mod personal_data;
mod prepayment_after_start;
mod promised_expiry_missing;
mod removal_from_segment;
mod repeated_orders_repeat_letters;
mod sale_already_ended;
mod sale_window_inverted;
mod scenario_for_closed_offer;
mod scenario_loop;
mod segment_misses_new_offer;
mod segment_without_conditions;
mod static_list_with_conditions;
mod subscription_payment_limits;
mod tag_allowed_and_denied;
mod trigger_without_action;
mod unpaid_delay_below_recommended;
mod unpaid_delay_too_long;
mod unpaid_delay_too_short;
mod untested_restriction;
mod upgrade_access_differs;
mod upgrade_listed;

pub use configuration::Configuration;
pub use pages::page;
pub use release::Releases;
pub use untested_restriction::{Restriction, restrictions};

use crate::diag::{Code, Diagnostics};

/// A rule.
#[derive(Clone, Copy)]
pub struct Rule {
    /// The code of its findings; it gives none of another code.
    pub code: Code,
    /// Adds what it finds.
    pub check: fn(&Configuration<'_>, &mut Diagnostics),
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.code)
    }
}

/// Every rule, in the order of the rule book.
pub static RULES: &[Rule] = &[
    lesson_opens_before_module::RULE,
    lesson_date_under_dated_module::RULE,
    module_without_opening::RULE,
    copied_schedule_mostly_replaced::RULE,
    fixed_step_could_be_relative::RULE,
    opening_before_start::RULE,
    opening_in_the_past::RULE,
    opens_before_cohort_start::RULE,
    opens_after_access_ends::RULE,
    launch_form_contradicted::RULE,
    edits_course_still_in_use::RULE,
    inherited_from_copy::RULE,
    depends_on_purchase_date::RULE,
    cohort_without_offer::RULE,
    sale_window_inverted::RULE,
    no_way_to_pay::RULE,
    installments_out_of_order::RULE,
    installments_below_price::RULE,
    prepayment_after_start::RULE,
    due_before_purchase::RULE,
    content_empty::RULE,
    module_never_fills::RULE,
    upgrade_listed::RULE,
    upgrade_access_differs::RULE,
    course_copied_per_plan::RULE,
    subscription_payment_limits::RULE,
    discount_out_of_range::RULE,
    currency_mismatch::RULE,
    discount_exceeds_price::RULE,
    coupon_accepted_nowhere::RULE,
    mailed_coupon_not_accepted::RULE,
    mailed_coupon_open_to_all::RULE,
    personal_coupon_has_end_date::RULE,
    coupon_outlives_sale::RULE,
    segment_without_conditions::RULE,
    static_list_with_conditions::RULE,
    completion_at_100::RULE,
    mini_product_without_progress::RULE,
    segment_misses_new_offer::RULE,
    letter_lacks_coupon_facts::RULE,
    letter_price_not_constant::RULE,
    letter_promises_other_validity::RULE,
    list_unused::RULE,
    letter_unused::RULE,
    personal_data::RULE,
    first_trigger_without_event::RULE,
    chained_trigger_with_event::RULE,
    trigger_without_action::RULE,
    unpaid_delay_too_short::RULE,
    unpaid_delay_below_recommended::RULE,
    unpaid_delay_too_long::RULE,
    paid_client_gets_reminder::RULE,
    letter_before_list::RULE,
    coupon_outside_its_list::RULE,
    expiry_from_other_list::RULE,
    promised_expiry_missing::RULE,
    removal_from_segment::RULE,
    repeated_orders_repeat_letters::RULE,
    scenario_for_closed_offer::RULE,
    scenario_loop::RULE,
    one_event_two_letters::RULE,
    tag_allowed_and_denied::RULE,
    pass_unsellable::RULE,
    sale_already_ended::RULE,
    pack_unsellable::RULE,
    new_members_only_in_pack::RULE,
    new_members_with_loyalty_tag::RULE,
    untested_restriction::RULE,
];

/// Judges a configuration by every rule.
pub fn check(configuration: &Configuration<'_>, findings: &mut Diagnostics) {
    for rule in RULES {
        (rule.check)(configuration, findings);
    }
}
