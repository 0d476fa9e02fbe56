"""The words of a mapping file (TOML). A new marketplace or file layout is one such file and no code.

Values are found by path: a JSON pointer (RFC 6901), in which `*` stands for every item of a list and `[key=value]`
after a name keeps the items of that list whose key has that value: `/groups[type=normal]/items`, `/extras/*/fee`.
Wherever one value is wanted, a path alone may stand for `{path = "..."}`.
docs/reference/mapping-language.md is the user's page.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from datong.kernel.errors import BadInput, Problem

Scalar = str | int | bool


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Unknown words are refused, so that a slip of the pen is not silently ignored."""


class Text(_Part, kw_only=True):
    """A text value. The first of `paths` that holds something, else `default`; then split, replaced, looked up."""

    path: str = ""
    paths: list[str] = []
    const: Scalar | None = None
    join: list[str] = []
    separator: str = " "
    split: str = ""  # cut at this text ...
    part: int = 0  # ... and take this part
    replace: list[tuple[str, str]] = []
    strip: str = ""  # characters taken off the front: the zeros of 000000001042
    map: dict[str, Scalar] = {}  # value found -> value meant; a value that is not in it is a problem
    default: Scalar | None = None


class Amount(_Part, kw_only=True):
    """Money. A path with `*` adds up what it finds. `unit`: 'decimal' (12.50) or 'minor' (1250, fen)."""

    path: str = ""
    unit: Literal["decimal", "minor", ""] = ""
    over: str = ""  # for every item of this list ...
    times: tuple[str, str] | None = None  # ... an amount and a count are multiplied, and all are added up
    add: list[str | Amount] = []
    subtract: list[str | Amount] = []
    absolute: bool = False  # platforms write what they take off as negative numbers
    floor_zero: bool = False
    default: int | None = None
    otherwise: str | Amount | None = None  # used when a value is missing


class Time(_Part, kw_only=True):
    """A moment. `format`: 'iso', 'epoch_s', 'epoch_ms' or a strptime pattern; `zone` when the value names none."""

    path: str
    format: str = ""
    zone: str = ""


class Condition(_Part, kw_only=True):
    path: str
    one_of: list[Scalar]


class Body(_Part, kw_only=True):
    """`embedded`: paths of text values that hold JSON, decoded in this order. `orders`: the order(s) in the body."""

    format: Literal["json", "form", "rows"] = "json"
    embedded: list[str] = []
    percent_encoded: bool = False  # form values are percent-encoded once more
    orders: str = ""
    when: list[Condition] = []  # other messages are kept, and placed by nobody
    external_id: str = ""  # in a notice that only names its order


class Stamp(_Part, kw_only=True):
    """When a delivery was signed; refused when that is over `tolerance_s` from our clock."""

    at: str
    format: str = "epoch_s"
    zone: str = "UTC"
    tolerance_s: int = 600


class Signature(_Part, kw_only=True):
    """How a sender proves itself.

    `over` 'params': all top-level values but the signature itself, sorted by name, each written as `pair`, put together
    with `separator`, and set into `template`. 'body': the raw bytes. `keyed`: HMAC with the secret, else the plain
    digest of the template (in which the secret then stands). Names in a template: ${params} ${body} ${secret} ${url}
    ${timestamp}. `at`: a parameter's name, or 'header:x-name'.
    """

    over: Literal["params", "body"] = "params"
    algorithm: Literal["md5", "sha1", "sha256", "sha512"] = "sha256"
    keyed: bool = True
    at: str
    template: str = "${params}"
    pair: str = "${key}=${value}"
    separator: str = "&"
    encoding: Literal["hex", "HEX", "base64"] = "hex"
    prefix: str = ""  # before the signature, e.g. 'sha256='
    skip: list[str] = []
    skip_empty: bool = False
    timestamp: Stamp | None = None


class Fetch(_Part, kw_only=True):
    """Where the details are asked for when a message only names its order.

    `names`: name -> path in the message; `params` may use them as ${name}, beside ${now} and ${secret:name}. The call
    is a form POST, signed as the messages are. `ok` must hold in the answer; `busy` means: ask again later.
    """

    base_url: str
    path: str
    names: dict[str, str]
    params: dict[str, str]
    now: str = "epoch_s"
    zone: str = "UTC"
    answer: Body
    ok: Condition
    busy: Condition | None = None


class Listing(_Part, kw_only=True):
    """How the platform is asked for its orders since a moment, so that a message that was lost is found.

    A form POST to `path`, signed as the messages are. `params` may use ${since}, ${until}, ${cursor}, ${size}, ${now}
    and 'secret:name'. `answer.orders` is the list; each order is written as in a message, so `order` explains it.
    `cursor` is the path of what the next page is asked with; '' or absent there is the end. `first` is its first value.
    `cancelled` holds for an order that was called off.
    """

    base_url: str = ""
    path: str
    params: dict[str, str]
    answer: Body
    updated_at: str | Time
    cursor: str = ""
    first: str = ""
    size: int = 50
    since: str = "epoch_s"  # how ${since} and ${until} are written: epoch_s, epoch_ms, iso or a strftime pattern
    now: str = "epoch_s"
    zone: str = "UTC"
    ok: Condition | None = None
    busy: Condition | None = None
    cancelled: Condition | None = None


class Told(_Part, kw_only=True):
    """One thing a platform is told. `params` and `each` may use the values of a message: ${order}, ${place},
    ${product}, ${variant}, ${sku}, ${units}, ${sold_out}, ${amount} (decimal), ${amount_minor}, ${carrier},
    ${tracking}, ${reason}, ${key}, beside ${now} and 'secret:name'.

    `into`: several messages of one place go together, as a JSON list of what `each` makes of them, in this parameter;
    `wrap` is what stands around the list, ${list}. In a parameter that is JSON, values are escaped as JSON wants it.
    """

    path: str
    method: Literal["GET", "POST"] = "POST"
    params: dict[str, str] = {}
    into: str = ""
    each: str = ""
    wrap: str = "${list}"
    at_most: int = 50


class Shown(_Part, kw_only=True):
    """How the platform lists its products: `rows` in the answer, in each of them `variants`; ${offset} or ${page} (from
    1) and ${size} page on. `places` false: one list for all places. The other paths start at a variant, or at its row
    when it has no such name."""

    path: str
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, str] = {}
    rows: str
    variants: str = ""
    product: str
    variant: str
    sku: str
    title: str = ""
    price: str = ""
    units: str = ""
    size: int = 100
    places: bool = True


What = Literal["stock", "price", "accepted", "ready", "shipped", "delivered", "cancelled", "refunded"]


class Out(_Part, kw_only=True):
    """The way back: what the platform is told, and how. Calls are forms, signed as its own messages are.

    `common` goes with every call. `embedded`: paths of text in an answer that holds JSON. `ok` must hold in the answer,
    and each of `inside` where its path is there; `busy`: later; `already`: it was done before. `code` and `message` are
    where it says what is wrong, the first that says something.
    """

    base_url: str
    now: str = "epoch_s"
    zone: str = "UTC"
    common: dict[str, str] = {}
    embedded: list[str] = []
    ok: Condition
    inside: list[Condition] = []
    busy: Condition | None = None
    already: Condition | None = None
    code: str | list[str] = ""
    message: str | list[str] = ""
    tell: dict[
        Literal["stock", "price", "accepted", "ready", "shipped", "delivered", "cancelled", "refunded"], Told
    ] = {}
    products: Shown | None = None


class Answer(_Part, kw_only=True):
    """What the sender reads as 'received'."""

    body: str = ""
    content_type: str = "application/json"


class Contact(_Part, kw_only=True):
    """`relay` true: the platform hides its customers; the contact is for one order and never identity."""

    name: str | Text | None = None
    phone: str | Text | None = None
    email: str | Text | None = None
    relay: str | Text | None = None


class Address(_Part, kw_only=True):
    """`datum`: 'gcj02' for the shifted coordinates of Chinese map services."""

    line: str | Text | None = None
    city: str | Text | None = None
    region: str | Text | None = None
    postcode: str | Text | None = None
    country: str | Text | None = None
    lon: str | Text | None = None
    lat: str | Text | None = None
    datum: Literal["wgs84", "gcj02"] = "wgs84"


class Options(_Part, kw_only=True):
    """What was chosen of a line (加料, 做法): every text at these paths, cut at any character of `split`.

    `map`: what the sender calls a choice -> its code; what is not in it is passed on as it is, and known by its code or
    its name among the choices of the product.
    """

    paths: list[str]
    split: str = ""
    map: dict[str, Scalar] = {}


class Lines(_Part, kw_only=True):
    """`each`: the list of lines; the other paths start at a line. `total`: when only the line's sum is known."""

    each: str
    sku: str | Text
    title: str | Text | None = None
    units: str | Text
    unit_price: str | Amount | None = None
    discount: str | Amount | None = None
    total: str | Amount | None = None
    options: Options | None = None


class Amounts(_Part, kw_only=True):
    """What the platform or till has settled; the goods are the sum of the lines."""

    paid: str | Amount
    platform_subsidy: str | Amount | None = None
    merchant_subsidy: str | Amount | None = None
    packaging: str | Amount | None = None
    delivery: str | Amount | None = None
    commission: str | Amount | None = None
    tax_added: str | Amount | None = None


class Order(_Part, kw_only=True):
    external_id: str | Text
    placed_at: str | Time
    promised_at: str | Time | None = None
    currency: str | Text | None = None
    store_code: str | Text | None = None
    fulfilment: str | Text = Text(const="delivery")
    payment: str | Text = Text(const="prepaid")
    paid: str | Text = Text(const=False)
    completed: bool = False
    buyer: str | Text | None = None
    provider_ref: str | Text | None = None
    note: str | Text | None = None
    contact: Contact = Contact()
    address: Address = Address()
    lines: Lines
    amounts: Amounts | None = None


class Money(_Part, kw_only=True):
    """`strip`: characters to take out of an amount ('£,'); `decimal_comma`: 12,50 is twelve and a half."""

    unit: Literal["decimal", "minor"] = "decimal"
    strip: str = ""
    decimal_comma: bool = False


class Table(_Part, kw_only=True):
    """How a file is laid out: rows of one order stand together."""

    encoding: str = ""  # as the file tells: UTF-8, else GB18030
    delimiter: str = ","
    sheet: str = ""
    skip_rows: int = 0  # above the row of names
    skip: list[Condition] = []  # rows that are no lines: cancellations, sums


class Mapping(_Part, kw_only=True):
    """One file. `name` is how an endpoint or a command asks for it."""

    name: str
    title: str = ""
    docs: list[str] = []  # where the format is described
    body: Body = Body()
    table: Table = Table()
    signature: Signature | None = None
    reply: Answer = Answer()
    fetch: Fetch | None = None
    listing: Listing | None = None
    out: Out | None = None
    money: Money = Money()
    time: str = "iso"
    zone: str = ""
    order: Order


# msgspec looks at a type when it first meets it. Two threads that let it look at these nested ones at the same moment
# crash the process (msgspec 0.22), so it looks at them here, once.
msgspec.json.Decoder(Mapping)


def mapping_of(text: str) -> Mapping:
    """Reads a mapping file. Raises BadInput that says where and what."""
    try:
        return msgspec.toml.decode(text, type=Mapping)
    except msgspec.DecodeError as error:
        where = str(error).rpartition(" - at `$")[2].rstrip("`").replace(".", "/").replace("[", "/").replace("]", "")
        problem = Problem(where if where != str(error) else "", "bad_mapping", str(error))
        raise BadInput(f"the mapping cannot be read: {error}", problem) from None


def plain(value: Any) -> Any:
    """For the console: the mapping as JSON-like data."""
    return msgspec.to_builtins(value)
