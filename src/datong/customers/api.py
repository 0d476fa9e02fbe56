"""The public face of customers."""

from datong.customers.actions import (
    MAX_REASON,
    add_touch,
    confirm_consents,
    finish_touch,
    identify,
    merge,
    record_steps,
    refuse_merge,
    say_consent,
    unmerge,
    withdraw_all,
)
from datong.customers.actions.cards import add_card_key, freeze_card, issue_card, replace_card, unfreeze_card
from datong.customers.actions.passes import apple_pass, card_page, google_pass, has_apple, has_google, opened_card
from datong.customers.actions.propose import propose_merges
from datong.customers.actions.scanning import scan, use_code
from datong.customers.queries import (
    consent_history,
    consents_of,
    count_proposals,
    customer_page,
    customers_by_id,
    due_touches,
    latest_customers,
    merge_proposals,
    records_of,
    search_customers,
    steps_of,
    touches_of,
    who_agrees,
)
from datong.customers.queries.cards import card_key_live, cards_of, get_card
from datong.customers.queries.contacts import contacts_of, profiles_of, profiles_page
from datong.customers.rules import is_masked, problems_of
from datong.customers.rules.cards import write_code

__all__ = [
    "contacts_of",
    "profiles_of",
    "profiles_page",
    "propose_merges",
    "confirm_consents",
    "consent_history",
    "consents_of",
    "say_consent",
    "who_agrees",
    "withdraw_all",
    "MAX_REASON",
    "add_card_key",
    "apple_pass",
    "card_key_live",
    "card_page",
    "cards_of",
    "freeze_card",
    "get_card",
    "google_pass",
    "has_apple",
    "has_google",
    "issue_card",
    "opened_card",
    "replace_card",
    "scan",
    "unfreeze_card",
    "use_code",
    "write_code",
    "add_touch",
    "count_proposals",
    "customer_page",
    "customers_by_id",
    "due_touches",
    "finish_touch",
    "identify",
    "is_masked",
    "latest_customers",
    "merge",
    "merge_proposals",
    "problems_of",
    "record_steps",
    "records_of",
    "refuse_merge",
    "search_customers",
    "steps_of",
    "touches_of",
    "unmerge",
]
