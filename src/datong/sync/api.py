"""The public face of sync."""

from datong.sync.actions import (
    Learned,
    Sent,
    Step,
    accept_product,
    apply_listings,
    connect,
    learn,
    mark_changes,
    mark_priced,
    mark_prices,
    mark_stock,
    mark_texts,
    pause,
    resend,
    resume,
    say,
    send_due,
    send_round,
)
from datong.sync.compat.ask import check_channel, check_erp, erp_live, without_list
from datong.sync.compat.store import last as last_check
from datong.sync.connectors.registry import SECRETS
from datong.sync.erp.mapping import names as erp_mappings
from datong.sync.erp.run import run_erp
from datong.sync.erp.store import get_erp, list_erps, list_files, put_erp
from datong.sync.inward.pull import pull
from datong.sync.inward.queries import pull_states
from datong.sync.inward.watch import Watched, watch
from datong.sync.masters.compare import leaders, read_products, set_master, try_again
from datong.sync.masters.queries import differing, masters_of
from datong.sync.masters.types import FieldName, Master
from datong.sync.queries import (
    Counterpart,
    Figures,
    OutwardPage,
    OutwardView,
    ShelfRow,
    address_of,
    channels_with_work,
    counterparts,
    figures,
    get_link,
    list_links,
    outward_page,
    shelf,
)
from datong.sync.reconcile.decide import accept, ask, put_totals, read_totals, take_now
from datong.sync.reconcile.make import make_due, make_report
from datong.sync.reconcile.queries import difference_of, differences, report, reports

__all__ = [
    "FieldName",
    "Master",
    "SECRETS",
    "accept",
    "ask",
    "check_channel",
    "check_erp",
    "difference_of",
    "differences",
    "differing",
    "erp_live",
    "erp_mappings",
    "get_erp",
    "last_check",
    "list_erps",
    "list_files",
    "make_due",
    "make_report",
    "masters_of",
    "pull",
    "pull_states",
    "put_erp",
    "put_totals",
    "read_products",
    "read_totals",
    "report",
    "reports",
    "run_erp",
    "set_master",
    "take_now",
    "Watched",
    "watch",
    "try_again",
    "Counterpart",
    "Figures",
    "Learned",
    "OutwardPage",
    "OutwardView",
    "Sent",
    "ShelfRow",
    "Step",
    "accept_product",
    "address_of",
    "apply_listings",
    "channels_with_work",
    "connect",
    "counterparts",
    "figures",
    "get_link",
    "leaders",
    "learn",
    "list_links",
    "mark_changes",
    "mark_priced",
    "mark_prices",
    "mark_stock",
    "mark_texts",
    "outward_page",
    "pause",
    "resend",
    "resume",
    "say",
    "send_due",
    "send_round",
    "shelf",
    "without_list",
]
