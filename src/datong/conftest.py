from datong.site.testing.fixtures import brand, committed_db, django_db_setup, in_parallel, make_brand

__all__ = ["brand", "committed_db", "django_db_setup", "in_parallel", "make_brand"]
