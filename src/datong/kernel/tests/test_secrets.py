"""Sealed secrets."""

from __future__ import annotations

import pytest
from django.test import override_settings

from datong.kernel.errors import Unavailable
from datong.kernel.secrets import seal, unseal


def test_a_sealed_secret_comes_back_and_its_text_is_not_in_it() -> None:
    sealed = seal("shpss_密")
    assert unseal(sealed) == "shpss_密"
    assert b"shpss" not in sealed
    assert seal("shpss_密") != sealed


def test_another_installation_cannot_open_it_but_the_one_whose_key_was_changed_can() -> None:
    with override_settings(SECRET_KEY="old " * 10):
        sealed = seal("x")
    with pytest.raises(Unavailable):
        unseal(sealed)
    with override_settings(SECRET_KEY="new " * 10, SECRET_KEY_FALLBACKS=["old " * 10]):
        assert unseal(sealed) == "x"


def test_a_changed_byte_opens_nothing() -> None:
    sealed = seal("x")
    with pytest.raises(Unavailable):
        unseal(sealed[:-2] + b"AA")
