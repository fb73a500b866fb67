//! The codes of findings: one closed list, permanent, never reused.

use super::Severity;

macro_rules! codes {
    ($(($variant:ident, $text:literal, $severity:ident, $lock:ident, $clock:literal, $group:literal, $summary:literal),)+) => {
        /// What a finding is about. The text form is the contract; `bursar explain CODE` has the page.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $summary] $variant,)+
        }

        /// Every code, in the order of the rule book.
        pub const CODES: &[Code] = &[$(Code::$variant,)+];

        impl Code {
            /// The permanent text form, in kebab-case.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text,)+ }
            }

            /// The severity without configuration.
            pub fn default_severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)+ }
            }

            /// Whether the severity can be changed and places can be excused.
            pub fn lock(self) -> Lock {
                match self { $(Code::$variant => Lock::$lock,)+ }
            }

            /// Whether the finding depends on the clock.
            pub fn depends_on_clock(self) -> bool {
                match self { $(Code::$variant => $clock,)+ }
            }

            /// The chapter of the rule book.
            pub fn group(self) -> &'static str {
                match self { $(Code::$variant => $group,)+ }
            }

            /// One line: when it holds.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$variant => $summary,)+ }
            }
        }
    };
}

/// Whether a code's severity may be changed by a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lock {
    /// An error that nothing excuses (`E!` in the rule book).
    Fixed,
    /// `rules:` may change it, `allow:` may excuse one place.
    Free,
}

codes! {
    (YamlSyntax, "yaml-syntax", Error, Fixed, false, "reading", "the text is not YAML"),
    (NotUtf8, "not-utf8", Error, Fixed, false, "reading", "the file is not UTF-8"),
    (LimitExceeded, "limit-exceeded", Error, Fixed, false, "reading", "a limit of the reader is exceeded"),
    (DuplicateKey, "duplicate-key", Error, Fixed, false, "reading", "a key stands twice in one mapping"),
    (CustomTag, "custom-tag", Error, Fixed, false, "reading", "a value has a tag of its own"),
    (UnknownKind, "unknown-kind", Error, Fixed, false, "reading", "the document's `kind` is none that bursar knows"),
    (UnknownField, "unknown-field", Error, Fixed, false, "reading", "a field that this kind does not have"),
    (UnknownValue, "unknown-value", Error, Fixed, false, "reading", "a value that is not one of those allowed"),
    (WrongType, "wrong-type", Error, Fixed, false, "reading", "a value of another type or form than the field takes"),
    (MissingField, "missing-field", Error, Fixed, false, "reading", "a required field is absent"),
    (DuplicateAddress, "duplicate-address", Error, Fixed, false, "reading", "two documents have one address"),
    (UndefinedVariable, "undefined-variable", Error, Fixed, false, "reading", "`${name}` names no variable"),
    (UndefinedTemplateValue, "undefined-template-value", Error, Fixed, false, "reading", "a letter uses a value that is not defined"),
    (OutsideProject, "outside-project", Error, Fixed, false, "reading", "a path leads out of the project's folder"),
    (ReferenceCycle, "reference-cycle", Error, Fixed, false, "reading", "references that must exist before each other form a circle"),
    (UnusedAllow, "unused-allow", Warning, Free, false, "reading", "an `allow` excuses nothing"),
    (ExpiredAllow, "expired-allow", Warning, Free, false, "reading", "the date of an `allow` has passed"),
    (UnknownRule, "unknown-rule", Warning, Free, false, "reading", "a rule code that does not exist"),
    (UnknownReference, "unknown-reference", Error, Fixed, false, "release schedule", "a name is declared nowhere"),
    (LessonInOtherModule, "lesson-in-other-module", Error, Fixed, false, "release schedule", "a lesson is scheduled under a module that does not contain it"),
    (LessonOpensBeforeModule, "lesson-opens-before-module", Warning, Free, false, "release schedule", "a lesson's own date is earlier than its module's and has no effect"),
    (LessonDateUnderDatedModule, "lesson-date-under-dated-module", Hint, Free, false, "release schedule", "a lesson has its own opening inside a module that has one"),
    (ModuleWithoutOpening, "module-without-opening", Warning, Free, false, "release schedule", "a later module has no opening and opens at once"),
    (CopiedScheduleMostlyReplaced, "copied-schedule-mostly-replaced", Hint, Free, false, "release schedule", "over half of a copied schedule differs from the course's"),
    (FixedStepCouldBeRelative, "fixed-step-could-be-relative", Hint, Free, false, "release schedule", "absolute openings in one constant step could be relative"),
    (OpeningBeforeStart, "opening-before-start", Warning, Free, false, "release schedule", "an absolute opening lies before the cohort's start"),
    (OpeningInThePast, "opening-in-the-past", Warning, Free, true, "release schedule", "an absolute opening lies in the past while an offer is on sale"),
    (OpensBeforeCohortStart, "opens-before-cohort-start", Warning, Free, false, "release schedule", "an opening counted from access falls before the cohort's start"),
    (OpensAfterAccessEnds, "opens-after-access-ends", Warning, Free, false, "release schedule", "a lesson opens after access has ended"),
    (DurationNotExpressible, "duration-not-expressible", Error, Fixed, false, "release schedule", "the platform's field cannot hold this duration"),
    (LaunchFormContradicted, "launch-form-contradicted", Error, Free, false, "release schedule", "the launch form contradicts the course it is made on"),
    (EditsCourseStillInUse, "edits-course-still-in-use", Warning, Free, false, "release schedule", "a course is edited while an earlier cohort has access"),
    (InheritedFromCopy, "inherited-from-copy", Warning, Free, false, "release schedule", "a copied offer keeps dates, coupons or links of the earlier cohort"),
    (DependsOnPurchaseDate, "depends-on-purchase-date", Hint, Free, false, "release schedule", "the order of openings depends on when a client buys"),
    (SkippedLocalTime, "skipped-local-time", Error, Fixed, false, "release schedule", "a local time is skipped by a clock change"),
    (DoubledLocalTime, "doubled-local-time", Error, Fixed, false, "release schedule", "a local time happens twice in a clock change"),
    (CohortWithoutOffer, "cohort-without-offer", Warning, Free, false, "release schedule", "a cohort is sold by no offer"),
    (DuplicateTitle, "duplicate-title", Error, Free, false, "offers and orders", "two offers share a title"),
    (ReservedTitle, "reserved-title", Error, Fixed, false, "offers and orders", "a title starts with \"Copy system\""),
    (KindNotOnPlatform, "kind-not-on-platform", Error, Fixed, false, "offers and orders", "the platform has no objects of this kind"),
    (SaleWindowInverted, "sale-window-inverted", Error, Fixed, false, "offers and orders", "something ends before it starts"),
    (NoWayToPay, "no-way-to-pay", Error, Fixed, false, "offers and orders", "no payment method is on for a price above zero"),
    (InstallmentsOutOfOrder, "installments-out-of-order", Error, Fixed, false, "offers and orders", "due dates are not strictly increasing"),
    (InstallmentsBelowPrice, "installments-below-price", Warning, Free, false, "offers and orders", "instalments sum to less than the price"),
    (PrepaymentAfterStart, "prepayment-after-start", Warning, Free, false, "offers and orders", "the payment after a prepayment is due after the cohort starts"),
    (DueBeforePurchase, "due-before-purchase", Warning, Free, false, "offers and orders", "an instalment is due before the sale closes"),
    (ContentEmpty, "content-empty", Error, Fixed, false, "offers and orders", "chosen content names nothing"),
    (ModuleNeverFills, "module-never-fills", Warning, Free, false, "offers and orders", "an empty module is chosen and will stay empty"),
    (UpgradeListed, "upgrade-listed", Hint, Free, false, "offers and orders", "an upgrade or renewal offer is on the public list"),
    (UpgradeAccessDiffers, "upgrade-access-differs", Warning, Free, false, "offers and orders", "an upgrade gives other access or content than the offer it leads to"),
    (CourseCopiedPerPlan, "course-copied-per-plan", Hint, Free, false, "offers and orders", "several copies of one course are sold as price levels"),
    (SubscriptionPaymentLimits, "subscription-payment-limits", Hint, Free, false, "offers and orders", "some payment systems limit subscriptions"),
    (DiscountOutOfRange, "discount-out-of-range", Error, Fixed, false, "coupons, lists, letters", "a discount is not within 1 to 100 % or not above zero"),
    (CurrencyMismatch, "currency-mismatch", Error, Free, false, "coupons, lists, letters", "a fixed discount has another currency than an offer that accepts it"),
    (DiscountExceedsPrice, "discount-exceeds-price", Warning, Free, false, "coupons, lists, letters", "a fixed discount reaches or exceeds a price"),
    (DuplicateCode, "duplicate-code", Error, Free, false, "coupons, lists, letters", "two coupons have one code"),
    (CouponAcceptedNowhere, "coupon-accepted-nowhere", Error, Free, false, "coupons, lists, letters", "no offer accepts the coupon"),
    (MailedCouponNotAccepted, "mailed-coupon-not-accepted", Error, Fixed, false, "coupons, lists, letters", "a mailed coupon is not accepted by the offer it is mailed for"),
    (MailedCouponOpenToAll, "mailed-coupon-open-to-all", Warning, Free, false, "coupons, lists, letters", "a coupon mailed to chosen clients is bound to no list"),
    (PersonalCouponHasEndDate, "personal-coupon-has-end-date", Error, Free, false, "coupons, lists, letters", "a coupon limited per client also has an end date"),
    (CouponOutlivesSale, "coupon-outlives-sale", Hint, Free, false, "coupons, lists, letters", "a promised coupon can outlast the sale"),
    (SegmentWithoutConditions, "segment-without-conditions", Error, Fixed, false, "coupons, lists, letters", "a segment has no conditions"),
    (StaticListWithConditions, "static-list-with-conditions", Error, Fixed, false, "coupons, lists, letters", "a static list has conditions"),
    (CompletionAt100, "completion-at-100", Hint, Free, false, "coupons, lists, letters", "progress of 100 % is asked for"),
    (MiniProductWithoutProgress, "mini-product-without-progress", Hint, Free, false, "coupons, lists, letters", "a coupon is mailed on purchase alone"),
    (SegmentMissesNewOffer, "segment-misses-new-offer", Warning, Free, false, "coupons, lists, letters", "a live segment was saved before one of the course's offers existed"),
    (LetterLacksCouponFacts, "letter-lacks-coupon-facts", Warning, Free, false, "coupons, lists, letters", "a letter about a coupon leaves out facts that the client needs"),
    (LetterPriceNotConstant, "letter-price-not-constant", Error, Free, false, "coupons, lists, letters", "a letter can be sent after the price it names has changed"),
    (LetterPromisesOtherValidity, "letter-promises-other-validity", Error, Free, false, "coupons, lists, letters", "a letter promises another validity than the scenario gives"),
    (ListUnused, "list-unused", Hint, Free, false, "coupons, lists, letters", "nothing refers to the list"),
    (LetterUnused, "letter-unused", Hint, Free, false, "coupons, lists, letters", "nothing refers to the letter"),
    (PersonalData, "personal-data", Error, Fixed, false, "coupons, lists, letters", "personal data stands in the configuration"),
    (FirstTriggerWithoutEvent, "first-trigger-without-event", Error, Fixed, false, "scenarios", "the first trigger has no event"),
    (ChainedTriggerWithEvent, "chained-trigger-with-event", Error, Fixed, false, "scenarios", "a later trigger has an event"),
    (TriggerWithoutAction, "trigger-without-action", Error, Free, false, "scenarios", "a trigger has no action"),
    (UnpaidDelayTooShort, "unpaid-delay-too-short", Error, Free, false, "scenarios", "an unpaid order is acted on in under 10 minutes"),
    (UnpaidDelayBelowRecommended, "unpaid-delay-below-recommended", Warning, Free, false, "scenarios", "an unpaid order is acted on in under 30 minutes"),
    (UnpaidDelayTooLong, "unpaid-delay-too-long", Hint, Free, false, "scenarios", "an unpaid order is acted on after more than a day"),
    (PaidClientGetsReminder, "paid-client-gets-reminder", Warning, Free, false, "scenarios", "clients who have paid meanwhile are not left out"),
    (LetterBeforeList, "letter-before-list", Error, Free, false, "scenarios", "a letter about a coupon is sent before the client may use it"),
    (CouponOutsideItsList, "coupon-outside-its-list", Error, Free, false, "scenarios", "the list a client is added to is none of the coupon's"),
    (ExpiryFromOtherList, "expiry-from-other-list", Error, Free, false, "scenarios", "the client is removed from another list than the coupon's"),
    (PromisedExpiryMissing, "promised-expiry-missing", Error, Free, false, "scenarios", "a promised time limit is never enforced"),
    (RemovalFromSegment, "removal-from-segment", Hint, Free, false, "scenarios", "a client is removed from a segment whose conditions still hold"),
    (RepeatedOrdersRepeatLetters, "repeated-orders-repeat-letters", Hint, Free, false, "scenarios", "the scenario can fire again for one client"),
    (ScenarioForClosedOffer, "scenario-for-closed-offer", Warning, Free, true, "scenarios", "a scenario waits for orders of an offer that is closed"),
    (ScenarioLoop, "scenario-loop", Error, Free, false, "scenarios", "scenarios feed each other's lists in a circle"),
    (OneEventTwoLetters, "one-event-two-letters", Warning, Free, false, "scenarios", "two scenarios send one letter on one event"),
    (TagAllowedAndDenied, "tag-allowed-and-denied", Warning, Free, false, "passes and packs", "a tag is both allowed and denied"),
    (PassUnsellable, "pass-unsellable", Error, Free, false, "passes and packs", "every allowed tag is denied too"),
    (SaleAlreadyEnded, "sale-already-ended", Warning, Free, true, "passes and packs", "the last day of sale has passed"),
    (PackUnsellable, "pack-unsellable", Error, Free, false, "passes and packs", "an item blocks the whole pack"),
    (NewMembersOnlyInPack, "new-members-only-in-pack", Warning, Free, false, "passes and packs", "a pack holds a pass for new members only"),
    (NewMembersWithLoyaltyTag, "new-members-with-loyalty-tag", Hint, Free, false, "passes and packs", "new members only, together with a loyalty tag"),
    (UntestedRestriction, "untested-restriction", Hint, Free, false, "passes and packs", "no test covers a restriction"),
}

impl Code {
    /// The code of a text form.
    pub fn parse(text: &str) -> Option<Code> {
        CODES.iter().copied().find(|code| code.as_str() == text)
    }
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
