"""What customers search: as the role that may read all rows, in the brand of the transaction only.

Nothing that has every word: letters in threes come near (`<%`, by the index of words); Chinese has no threes under the
builtin locale, so its characters are compared in twos.
"""

from typing import Any

from django.db import migrations, models

from datong.kernel.roles import role
from datong.kernel.tenancy import BRAND

SIGNATURE = "catalog_search_shelf(text[], text, text[], int)"
CREATE = f"""
    CREATE FUNCTION catalog_search_shelf(every text[], close text, pairs text[], at_most int)
    RETURNS TABLE (id uuid, how text)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET pg_trgm.word_similarity_threshold = 0.3
    AS $$ BEGIN
        RETURN QUERY SELECT i.id, 'all' FROM catalog_item i
                      WHERE i.brand_id = {BRAND} AND i.active AND i.words LIKE every[1] AND i.words LIKE ALL (every)
                      ORDER BY length(i.words), i.id LIMIT at_most;
        IF FOUND THEN RETURN; END IF;
        IF cardinality(pairs) > 0 THEN
            RETURN QUERY SELECT c.id, 'pairs'
                           FROM (SELECT i.id, (SELECT count(*) FROM unnest(pairs) g WHERE i.words LIKE g) AS n
                                   FROM catalog_item i
                                  WHERE i.brand_id = {BRAND} AND i.active AND i.words LIKE ANY (pairs)) c
                          WHERE c.n * 3 >= cardinality(pairs) ORDER BY c.n DESC, c.id LIMIT at_most;
        ELSE
            RETURN QUERY SELECT i.id, 'threes' FROM catalog_item i
                          WHERE i.brand_id = {BRAND} AND i.active AND close <%% i.words
                          ORDER BY word_similarity(close, i.words) DESC, i.id LIMIT least(at_most, 60);
        END IF;
    END $$
"""  # noqa: S608  constants only


def create(apps: Any, editor: Any) -> None:
    search, app = role("search"), role("app")
    for statement in (
        CREATE,
        # The new owner of a function needs CREATE on its schema, at that moment only.
        f"GRANT CREATE ON SCHEMA public TO {search}",
        f"ALTER FUNCTION {SIGNATURE} OWNER TO {search}",
        f"REVOKE CREATE ON SCHEMA public FROM {search}",
        f"REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {SIGNATURE} TO {app}",
    ):
        editor.execute(statement)


def drop(apps: Any, editor: Any) -> None:
    editor.execute(f"DROP FUNCTION {SIGNATURE}")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0011_taxes")]
    operations = [
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["brand_id", "category", "id"], name="catalog_item_category"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["brand_id", "product_id", "sku"], name="catalog_item_product"),
        ),
        migrations.RunPython(create, drop),
    ]
