"""What a column of a file is, and how its words are made comparable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from datong.kernel.errors import BadInput, Problem
from datong.matching.types import Field

HEADINGS: Mapping[Field, tuple[str, ...]] = {
    Field.NAME: ("name", "full_name", "customer_name", "姓名", "客户姓名", "顾客姓名"),
    Field.GIVEN: ("given", "given_name", "first_name", "forename", "名"),
    Field.FAMILY: ("family", "family_name", "surname", "last_name", "姓"),
    Field.BIRTH: ("birth", "birthday", "birth_date", "date_of_birth", "dob", "生日", "出生日期"),
    Field.NATIONAL_ID: ("national_id", "id_number", "soc_sec_id", "ssn", "身份证号", "证件号"),
    Field.PHONE: ("phone", "phone_number", "mobile", "telephone", "手机", "手机号", "电话"),
    Field.PHONE_VERIFIED: ("phone_verified",),
    Field.EMAIL: ("email", "e_mail", "e-mail", "mail", "邮箱"),
    Field.DEVICE: ("device", "device_id", "cookie"),
    Field.HOUSE: ("house", "house_number", "street_number", "门牌号"),
    Field.STREET: ("street", "address", "address_1", "address1", "地址"),
    Field.PLACE: ("place", "address_2", "address2"),
    Field.CITY: ("city", "town", "suburb", "城市"),
    Field.POSTCODE: ("postcode", "postal_code", "zip", "zip_code", "邮编"),
    Field.REGION: ("region", "state", "province", "省"),
}
WORDS = r"""nullif(trim(regexp_replace(lower(strip_accents({c})), '[^\p{{L}}\p{{N}}]+', ' ', 'g')), '')"""
ADDRESS = "nullif(trim(lower({c})), '')"
DIGITS = "nullif(regexp_replace({c}, '[^0-9]', '', 'g'), '')"
CODE = "nullif(regexp_replace(upper({c}), '[^0-9A-Z]', '', 'g'), '')"
FOLD: Mapping[Field, str] = {
    Field.BIRTH: DIGITS,
    Field.PHONE: DIGITS,
    Field.NATIONAL_ID: CODE,
    Field.POSTCODE: CODE,
    Field.HOUSE: CODE,
    Field.EMAIL: ADDRESS,
    Field.DEVICE: ADDRESS,
    Field.PHONE_VERIFIED: "CASE WHEN lower({c}) IN ('1', 'true', 'yes', 't', 'y') THEN 1 ELSE 0 END",
}
SPACED = "contains({n}, ' ')"
HAN = r"regexp_full_match({n}, '\p{{Han}}{{2,4}}')"
GIVEN_OF = f"CASE WHEN {SPACED} THEN regexp_extract({{n}}, '^[^ ]+') WHEN {HAN} THEN substr({{n}}, 2) ELSE {{n}} END"
FAMILY_OF = f"CASE WHEN {SPACED} THEN regexp_extract({{n}}, '[^ ]+$') WHEN {HAN} THEN substr({{n}}, 1, 1) END"
"""A name in full: the first word and the last; 张三丰 is 张 and 三丰."""


def read_headings(columns: Iterable[str], said: Mapping[str, str], *, truth: str = "") -> dict[Field, str]:
    """Which column is which field: what `said` maps, then headings as people write them.

    Raises BadInput naming each field or column that does not exist.
    """
    columns = list(columns)
    problems = [
        Problem(f"map/{field}", "bad_value", f"one of {', '.join(Field)}", field)
        for field in said
        if field not in set(Field)
    ]
    problems += [
        Problem(f"map/{field}", "not_found", f"one of the columns {', '.join(map(str.strip, columns))}", column)
        for field, column in said.items()
        if column.strip().lower() not in {each.strip().lower() for each in columns}
    ]
    if problems:
        raise BadInput("some columns or fields are not there", *problems)
    there = {column.strip().lower(): column for column in columns if column.strip().lower() != truth.strip().lower()}
    found = {Field(field): there[column.strip().lower()] for field, column in said.items()}
    for field, headings in HEADINGS.items():
        column = next((there[heading] for heading in headings if heading in there), None)
        if field not in found and column is not None and column not in found.values():
            found[field] = column
    return found


def fold_sql(found: Mapping[Field, str]) -> str:
    """The select list that makes comparable text of the columns; a name in full becomes given and family."""
    parts = {field: FOLD.get(field, WORDS).format(c=_quoted(column)) for field, column in found.items()}
    if name := parts.pop(Field.NAME, None):
        parts.setdefault(Field.GIVEN, GIVEN_OF.format(n=name))
        parts.setdefault(Field.FAMILY, FAMILY_OF.format(n=name))
    return ", ".join(f"{sql} AS {field.value}" for field, sql in parts.items())


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
