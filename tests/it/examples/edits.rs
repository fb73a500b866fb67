//! What is done to the examples after they were applied.

/// What is done to an example after it was applied. Texts are replaced wherever they stand in the
/// file, and must stand there.
pub(super) struct Disturbance {
    /// The example's folder.
    pub(super) example: &'static str,
    /// A price is edited.
    pub(super) price: PriceEdit,
    /// A document is deleted.
    pub(super) deleted: Deletion,
}

pub(super) struct PriceEdit {
    pub(super) edit: Edit,
    /// The object whose price it is.
    pub(super) address: &'static str,
    pub(super) old: &'static str,
    pub(super) new: &'static str,
    /// Other objects that follow from the price: letters that name it.
    pub(super) follow: &'static [&'static str],
}

pub(super) struct Deletion {
    pub(super) edits: &'static [Edit],
    pub(super) address: &'static str,
}

pub(super) struct Edit {
    pub(super) file: &'static str,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
}

pub(super) const COHORT_LAUNCH: Disturbance = Disturbance {
    example: "cohort-launch",
    price: PriceEdit {
        edit: Edit {
            file: "automne-2027/offres.yaml",
            from: "price: 520.00 EUR",
            to: "price: 540.00 EUR",
        },
        address: "offer.portrait-2027-automne-complet",
        old: "520.00 EUR",
        new: "540.00 EUR",
        follow: &[],
    },
    deleted: Deletion {
        edits: &[Edit {
            file: "automne-2027/offres.yaml",
            from: r"---
# Passer d'Essentiel à Complet : une offre de supplément. Son prix est la différence (520 - 290),
# son accès et son contenu sont ceux de l'offre d'arrivée, et elle n'est pas dans la boutique.
kind: offer
name: portrait-2027-automne-passage
title: Portrait, automne 2027, d'Essentiel à Complet
listed: false
price: 230.00 EUR
sale: { opens: 2027-07-01T00:00, closes: 2027-11-30 } # après la promotion, qui changerait la différence
products:
  - course: portrait
    cohort: portrait-2027-automne
    access: { until: 2028-03-31 }
    content: all
upgrade: { from: portrait-2027-automne-essentiel, to: portrait-2027-automne-complet }
letters: { purchased: merci-automne-2027 }
",
            to: "",
        }],
        address: "offer.portrait-2027-automne-passage",
    },
};

pub(super) const UNPAID_ORDERS: Disturbance = Disturbance {
    example: "unpaid-orders",
    price: PriceEdit {
        edit: Edit {
            file: "3-offre.yaml",
            from: "price: 490.00 EUR",
            to: "price: 510.00 EUR",
        },
        address: "offer.anglais-pro",
        old: "490.00 EUR",
        new: "510.00 EUR",
        follow: &["letter.relance"],
    },
    deleted: Deletion {
        edits: &[Edit {
            file: "5-scenario.yaml",
            from: r"kind: scenario
name: relancer-les-impayes
title: Relancer les commandes impayées
status: active
triggers:
  - when: { unpaid_order: { offer: anglais-pro } }
    # Au moins 10 minutes, 30 de préférence : un paiement met du temps à arriver.
    wait_before_if: 30m
    if:
      all:
        # Qui a payé pendant ces 30 minutes ne reçoit rien.
        - not: { bought: { offer: anglais-pro } }
        # Chaque visite de la page crée une nouvelle commande : une seule lettre, pourtant.
        - not: { in_list: relance-anglais-pro }
    do:
      # D'abord la liste, puis la lettre : quand elle arrive, le code fonctionne déjà.
      - add_to_list: relance-anglais-pro
      - send_letter: relance
  # Pas d'événement ici : ce déclencheur part quand le précédent a agi.
  - wait: 24h # la durée que la lettre promet
    do:
      - remove_from_list: relance-anglais-pro
",
            to: "",
        }],
        address: "scenario.relancer-les-impayes",
    },
};

pub(super) const REPEAT_SALES: Disturbance = Disturbance {
    example: "repeat-sales",
    price: PriceEdit {
        edit: Edit {
            file: "predlozheniya/predlozheniya.yaml",
            from: "price: 19.00 EUR",
            to: "price: 21.50 EUR",
        },
        address: "offer.glazur",
        old: "19.00 EUR",
        new: "21.50 EUR",
        follow: &[],
    },
    deleted: Deletion {
        edits: &[Edit {
            file: "scenarii/segmenty.yaml",
            from: r"---
# За половину курса сразу даём баллы: письмо здесь не нужно.
kind: scenario
name: bally-za-polovinu
title: Баллы за половину курса
triggers:
  - when: { entered_list: polovina-kruga }
    do: [{ award_points: { course: krug, points: 50 } }]
",
            to: "",
        }],
        address: "scenario.bally-za-polovinu",
    },
};

pub(super) const STUDIO_PASSES: Disturbance = Disturbance {
    example: "studio-passes",
    price: PriceEdit {
        edit: Edit {
            file: "cartes.yaml",
            from: "price: 380.00 EUR",
            to: "price: 395.00 EUR",
        },
        address: "pass.seances-10",
        old: "380.00 EUR",
        new: "395.00 EUR",
        follow: &[],
    },
    deleted: Deletion {
        edits: &[
            Edit {
                file: "packs.yaml",
                from: r"---
# Un élément n'est plus en vente : le pack ne pourrait plus être acheté par personne, donc lui non plus n'est plus en vente.
kind: pack
name: pack-ancien
title: Pack huit séances (ancienne formule)
price: 340.00 EUR
for_sale: false
items:
  - { pass: seances-8, quantity: 1 }
  - { other: { id: 5, title: Tapis }, for_sale: true, quantity: 1 }
",
                to: "",
            },
            Edit {
                file: "tests/qui-peut-acheter.yaml",
                from: "          pack.pack-ancien: { is: false, because: not-for-sale }\n",
                to: "",
            },
        ],
        address: "pack.pack-ancien",
    },
};

/// The condition of a segment to which a coupon and a scenario are bound.
pub(super) const CONDITION: Edit = Edit {
    file: "scenarii/2-dve-pokupki.yaml",
    from: "purchases: { at_least: 2 }",
    to: "purchases: { at_least: 3 }",
};
