"""The verbs that write no audit entry of their own, each with the reason."""

from __future__ import annotations

READS = "changes nothing"
DOOR = "opens a door to the verbs that do the writing; they write the trail"
OWN_LOGIN = "a customer's own log-in at their own browser; the identity that it verifies says when and at which door"
LOGIN = "the history of log-ins holds it: access_login, access_session"
ORDER = "the order's own timeline holds it: orders_event, append-only, with who, when and why"
MOVES = "the stock movement is the record: append-only, with its order"
MONEY = "the payment and the ledger's transfers are the record: append-only; who gave money back is orders.give_back's"
RUN = "the import's run keeps file, rows, before and after, and the verbs it calls write the trail"
SHADOW = "shadow mode reads only: nothing of the brand's changes"
SENT = "the outgoing queue keeps what was sent when and what came back"
DEMAND = "counted from orders, again at any time"
MACHINE = "no person decides it; its job's record and the rows tell"
BEFORE = "nobody could read the trail yet; the owner's invitation is its first entry"
POINTS = "the acts and moves of points are the record: append-only, once for their order, with who, when and why"
PERSONAL = "language and theme of one's own screen"
DRAFT = "a draft: nothing costs, sells or counts otherwise before the verb that carries it out, which writes"
CONSENT = "the consent's own row is the proof: append-only, with who, when, where and which text"
PHONE = "the member's own phone shows or uses their card; what it pays is a payment, with its transfers"
COUNTED = "reads only; its own record is append-only, with who, when and what was found"
STEPS = "the step's own row is the record: append-only, told by a channel"
LOOKS = "it is the trail of who looked at whom: customers_look, append-only; ends with its retention"
SPENT = "the payment with what it took, the order's timeline and the ledger's transfers are the record"
MATCHED = "the proposals and weights are the record, computed again at any time; the merges it asks for write the trail"
BETWEEN = "the lines between companies and the ledger's transfers are the record: once for what they come from"
COSTING = "the worth of what is on a shelf, by receipts and loads that write their own entry; nothing moves"

CREDIT = "the rows of credit are the record: append-only, reckoned again from the order at any time"
VISIT = "the visit's own row is the record: append-only; whose browser it is, is a row that can be forgotten"
VIEWS = "views are counted by day; of who saw what nothing is kept"
ISSUED = "the document is the record: what the provider said, when, its number; who asked for it is in the trail"
BASKET = "a wish: nothing is sold or held before orders.place; who orders a basket is in the order's own timeline"
TOLD = "what a till was told of prices and stock, so that it is told only what changed"
INVITED = "a mail of an invitation that somebody asked for; its row says how it stands"

CASES = "a line of the case itself says who, when and what"
_BY_REASON = {
    BASKET: """orders.open_basket orders.basket_for orders.put_in_basket orders.join_baskets orders.check_out
        orders.sweep_baskets""",
    INVITED: "access.claim_mail access.mail_sent access.mail_failed",
    STEPS: "customers.record_steps customers.record_feedback",
    LOOKS: "customers.see_customer customers.see_customers customers.forget_looks imports.note_looks",
    COUNTED: "ledger.ask_verification ledger.verify_due ledger.verify_now",
    PHONE: """customers.add_card_key customers.use_code customers.google_pass""",
    READS: """invoices.what_for invoices.due_of wallet.find_gifts
    wallet.find_packet
        wallet.prepare_coupon wallet.new_programme wallet.new_offer wallet.check_voucher
        customers.scan customers.apple_pass customers.card_page customers.has_apple customers.has_google
        customers.opened_card customers.record_id
        access.approval_kinds access.check_grant access.client_of access.factor_roles access.factors_of
        access.has_factor access.leaving access.open_invitation access.new_totp access.totp_picture access.ask_anyone
        access.ask_passkey access.begin_passkey access.register_approval imports.is_mapped
        imports.lacking_columns integration.split_batch
        integration.split_till ledger.first_day ledger.first_day_of integration.list_by_mapping
        integration.admit inventory.adjustment
        inventory.count_lines fulfilment.lock_tasks inventory.lock_for
        payments.lock_intent payments.provider_of payments.refund_call
        orders.pay_until orders.claimed orders.differs_in_status_only purchasing.order_text
        purchasing.order_pdf
        purchasing.outlook purchasing.propose risk.assess wallet.register_place_check merchants.refuse_place""",
    OWN_LOGIN: """customers.add_passkey customers.ask_new_passkey customers.ask_passkey customers.passkeys_of
        customers.remove_passkey customers.sign_in_by_passkey
        customers.ask_sign_in customers.sign_in customers.sign_in_by_link customers.sign_out
        customers.session_of customers.sweep_sign_ins""",
    LOGIN: """access.count_try access.forget_tries access.forget_try access.may_try access.note_login
        access.open_session access.touch_session access.sweep_sessions access.sweep_tries access.check_code
        access.check_passkey access.passkey_user access.redeem_login_token""",
    SPENT: """wallet.authorise wallet.take_payment wallet.release_payment wallet.release_overdue wallet.settle_sales
        wallet.give_back_payment orders.pay_from_wallet""",
    POINTS: """wallet.earn_sales wallet.complete_sales wallet.take_back_sales
        wallet.lapse_points wallet.lapse_tiers wallet.lapse_vouchers wallet.lapse_coupons
        wallet.make_batches
        wallet.refresh_standings""",
    PERSONAL: "access.set_preferences",
    BEFORE: "brand.create_brand access.create_user",
    ORDER: """orders.place orders.resource orders.retry_waiting orders.cancel_unpaid orders.end_unpaid orders.follow
        orders.hear
        orders.pay orders.take_defaults fulfilment.undo_step fulfilment.advance
        orders.print_tickets fulfilment.print_due fulfilment.ask_tickets fulfilment.arrive
        fulfilment.cancel_tasks fulfilment.open_tasks
        fulfilment.write_notes fulfilment.dispatch fulfilment.take_delivery fulfilment.set_duty
        fulfilment.take_acts fulfilment.put_position fulfilment.forget_positions
        fulfilment.raise_late customers.identify
        orders.drop_empty_tasks customers.add_touch customers.finish_touch""",
    MONEY: """payments.confirm payments.record payments.refund payments.refund_done
        payments.begin_intent payments.opened payments.mark_intent payments.end_intents payments.take_intents
        payments.take_refunds payments.ask_again payments.ask_soon payments.send_later payments.heard
        orders.start_payment orders.settle_intent orders.settle_refund orders.hear_provider orders.ask_providers
        ledger.post ledger.post_each
        ledger.hold ledger.hold_each ledger.capture ledger.release ledger.expire
        ledger.rebuild_totals ledger.seal ledger.exchange
        orders.settle_refunds
        orders.take_courier_cash orders.store_courier_cash books.enter_company_money books.post_royalties""",
    MOVES: """inventory.reserve inventory.release inventory.sell inventory.ship inventory.keep inventory.expire
        fulfilment.promise
        inventory.lessen inventory.receive inventory.tally""",
    RUN: """imports.ask_check imports.ask_start imports.ask_undo imports.forget imports.give_up imports.map_run
        imports.receive imports.work integration.import_orders
        customers.redraw imports.ask_reconciliation imports.reconcile""",
    DOOR: """orders.hand_over
        integration.drain integration.greet integration.keep_pulled integration.receive integration.settle
        integration.take_native integration.take_sales integration.take_till
        tills.take catalog.apply_change catalog.refuse_change
        catalog.gather_prices inventory.approved
        catalog.apply_table sync.learn purchasing.mail_order
        wallet.apply_adjustment
        orders.apply_refund ledger.apply_period ledger.apply_rule books.apply_reopen purchasing.approved
        purchasing.turned_down
        customers.settle_erasure merchants.apply_contract merchants.apply_run merchants.refuse_run""",
    BETWEEN: """merchants.adopt merchants.charge_adverts merchants.enter_deals merchants.enter_points
        merchants.enter_top_ups""",
    SHADOW: """shadow.daily shadow.feed_file shadow.forget_old shadow.read_channel
        shadow.read_channels shadow.bind shadow.receive shadow.run""",
    SENT: """sync.mark_changes sync.mark_priced sync.mark_prices sync.mark_stock sync.mark_texts sync.send_due
        sync.send_round sync.say""",
    CREDIT: "orders.credit_orders",
    VISIT: "brand.record_visit brand.know_visitor brand.forget_visitors",
    VIEWS: "merchants.count_views merchants.forget_views",
    MATCHED: "customers.propose_merges matching.consider matching.end_run matching.work",
    TOLD: "tills.tell",
    DEMAND: """books.keep_margins insight.count_orders
        insight.value_customers purchasing.count_demand purchasing.keep_coverage
        purchasing.put_history
        purchasing.rebuild_demand""",
    MACHINE: "brand.put_gazetteer brand.remove_places inventory.back_when_due wallet.ask_coupons_again",
    CONSENT: "customers.confirm_consents customers.say_consent customers.withdraw_all",
    CASES: "service.add_step service.assign service.open_case",
    COSTING: "inventory.put_costs",
    ISSUED: "invoices.hear invoices.receive_call invoices.send_due",
    DRAFT: "catalog.preview_change catalog.put_table inventory.open_count inventory.drop_count",
}
QUIET = {name: reason for reason, names in _BY_REASON.items() for name in names.split()}
