"""Who hears whom: the consumers of the outbox, the jobs, the worker. The only place that knows everybody."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from datong.access.api import sweep_sessions, sweep_tries
from datong.books.subscribers import CONSUMERS as BOOKS
from datong.books.tasks import JOBS as BOOKS_JOBS
from datong.brand.api import list_brands
from datong.channels.console.people.mailing import Inviter
from datong.customers.tasks import JOBS as CUSTOMER_JOBS
from datong.fulfilment.subscribers import CONSUMERS as FULFILMENT
from datong.fulfilment.tasks import JOBS as FULFILMENT_JOBS
from datong.fulfilment.tasks import TicketDrain
from datong.imports.tasks import Importer
from datong.insight.subscribers import CONSUMERS as INSIGHT
from datong.insight.tasks import JOBS as INSIGHT_JOBS
from datong.integration.tasks import drain_all
from datong.inventory.tasks import JOBS as INVENTORY_JOBS
from datong.invoices.tasks import InvoiceSender
from datong.kernel import schema
from datong.kernel.worker import Worker
from datong.ledger.tasks import JOBS as LEDGER_JOBS
from datong.matching.subscribers import CONSUMERS as MATCHING
from datong.matching.tasks import JOBS as MATCHING_JOBS
from datong.matching.tasks import Matcher
from datong.merchants.subscribers import CONSUMERS as MERCHANTS
from datong.merchants.tasks import JOBS as MERCHANT_JOBS
from datong.orders.subscribers import CONSUMERS as ORDERS
from datong.orders.tasks import JOBS as ORDER_JOBS
from datong.orders.tasks import PaymentAsker
from datong.purchasing.subscribers import CONSUMERS as PURCHASING
from datong.purchasing.tasks import JOBS as PURCHASING_JOBS
from datong.shadow.api import read_channels
from datong.shadow.tasks import JOBS as SHADOW_JOBS
from datong.sync.background import JOBS as INWARD_JOBS
from datong.sync.background import Puller
from datong.sync.subscribers import CONSUMERS as SYNC
from datong.sync.tasks import JOBS as SYNC_JOBS
from datong.sync.tasks import Sender
from datong.wallet.subscribers import CONSUMERS as WALLET
from datong.wallet.tasks import JOBS as WALLET_JOBS

CONSUMERS = (*ORDERS, *FULFILMENT, *SYNC, *PURCHASING, *BOOKS, *INSIGHT, *WALLET, *MATCHING, *MERCHANTS)


def worker(only: Collection[str] = ()) -> Worker:
    """A worker that does everything there is to do behind the doors; jobs of the brands with these slugs, if given."""
    return Worker(
        consumers=CONSUMERS,
        jobs=(
            *CUSTOMER_JOBS,
            *ORDER_JOBS,
            *INVENTORY_JOBS,
            *FULFILMENT_JOBS,
            *LEDGER_JOBS,
            *PURCHASING_JOBS,
            *BOOKS_JOBS,
            *SYNC_JOBS,
            *INWARD_JOBS,
            *SHADOW_JOBS,
            *INSIGHT_JOBS,
            *WALLET_JOBS,
            *MATCHING_JOBS,
            *MERCHANT_JOBS,
        ),
        brands=lambda: brand_ids(only),
        drains=(
            drain_all,
            Puller(read_channels),
            Sender(),
            Importer(),
            Matcher(lambda: brand_ids(only)),
            Inviter(lambda: brand_ids(only)),
            InvoiceSender(lambda: brand_ids(only)),
            TicketDrain(lambda: brand_ids(only)),
            PaymentAsker(lambda: brand_ids(only)),
        ),
        housekeeping=housekeeping,
    )


def housekeeping() -> None:
    """Hourly, of the whole installation: partitions ahead, and what log-ins leave behind."""
    schema.make_partitions()
    sweep_tries()
    sweep_sessions()


def brand_ids(only: Collection[str] = ()) -> list[UUID]:
    return [brand.id for brand in list_brands() if not only or brand.slug in only]
