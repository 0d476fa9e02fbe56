"""A role that may change the words of append-only tables, and nothing else of them: columns are granted one by one.

The function works in the brand of the transaction: the role's policy says so, as the application's does.
"""

from typing import Any

from django.db import migrations

from datong.kernel.roles import role
from datong.kernel.tenancy import open_to_eraser

ARGUMENTS = "(text, text[], text, uuid[], text, text)"
OURS, LOCKED = f"kernel_redact{ARGUMENTS}", f"kernel_redact_locked{ARGUMENTS}"
CREATE = """
    CREATE FUNCTION {NAME}(of text, wanted text[], key text, things uuid[], pattern text, numbers text)
    RETURNS bigint LANGUAGE plpgsql {SECURITY} SET search_path = public, pg_temp AS $$
    DECLARE
        one text; sets text := ''; hits text := ''; seen bigint; plain text; kind text;
    BEGIN
        FOREACH one IN ARRAY wanted LOOP
            SELECT format_type(a.atttypid, NULL) INTO STRICT kind FROM pg_attribute a
             WHERE a.attrelid = of::regclass AND a.attname = one;
            plain := format('%I::text', one);
            hits := hits || format(' OR %s ~* $1', plain);
            IF kind = 'jsonb' THEN
                -- A phone as a JSON number becomes null; then what is left stands inside strings.
                IF numbers <> '' THEN
                    plain := format('regexp_replace(%s, $4, %L, ''g'')', plain, '\\1null');
                END IF;
                sets := sets || format(', %I = regexp_replace(%s, $1, %L, ''gi'')::jsonb', one, plain, '(erased)');
            ELSE
                sets := sets || format(', %I = regexp_replace(%s, $1, %L, ''gi'')', one, plain, '(erased)');
            END IF;
        END LOOP;
        EXECUTE format('UPDATE %I SET %s WHERE brand_id = $2 AND (%s)%s', of, substr(sets, 3), substr(hits, 5),
                       CASE WHEN key = '' THEN '' ELSE format(' AND %I = ANY($3)', key) END)
          USING pattern, NULLIF(current_setting('datong.brand', true), '')::uuid, things,
                '([:\\[,] ?)(?:' || numbers || ')(?=[],}])';
        GET DIAGNOSTICS seen = ROW_COUNT;
        RETURN seen;
    END
    $$
"""


def create(apps: Any, editor: Any) -> None:
    eraser, app = role("eraser"), role("app")
    for statement in (
        *open_to_eraser("kernel_auditentry", "subject", "before", "after", "reason"),
        *open_to_eraser("kernel_outboxevent", "payload"),
        CREATE.replace("{NAME}", "kernel_redact").replace("{SECURITY}", "SECURITY INVOKER"),
        CREATE.replace("{NAME}", "kernel_redact_locked").replace("{SECURITY}", "SECURITY DEFINER"),
        f"GRANT CREATE ON SCHEMA public TO {eraser}",
        f"ALTER FUNCTION {LOCKED} OWNER TO {eraser}",
        f"REVOKE CREATE ON SCHEMA public FROM {eraser}",
        *(f"REVOKE ALL ON FUNCTION {one} FROM PUBLIC" for one in (OURS, LOCKED)),
        *(f"GRANT EXECUTE ON FUNCTION {one} TO {app}" for one in (OURS, LOCKED)),
    ):
        editor.execute(statement, params=None)


def drop(apps: Any, editor: Any) -> None:
    editor.execute(f"DROP FUNCTION {OURS}")
    editor.execute(f"DROP FUNCTION {LOCKED}")
    for table in ("kernel_auditentry", "kernel_outboxevent"):
        editor.execute(f"DROP POLICY eraser_words ON {table}")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_tries")]
    operations = [migrations.RunPython(create, drop)]
