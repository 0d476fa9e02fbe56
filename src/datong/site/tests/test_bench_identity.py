"""`datong bench identity` on made people: what the method promises, small."""

from __future__ import annotations

import json
import os
import sys
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from datong.site.bench import made_people
from datong.site.cli.app import app

RECORDS = 2_000


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    file = tmp_path_factory.mktemp("people") / "people.parquet"
    made_people.write(RECORDS, file)
    return file


def bench(*words: object) -> tuple[int, str]:
    told = CliRunner().invoke(app, ["bench", "identity", *map(str, words)])
    return told.exit_code, told.stdout


@pytest.mark.requirement("S-98")
def test_people_with_faults_are_found_without_making_one_of_two(made):
    code, out = bench(made, "--truth", "person", "--json")
    assert code == 0
    report = json.loads(out)
    figures = {name: figure["median"] for name, figure in report["figures"].items()}
    assert figures["auto_clusters_precision"] >= 0.99
    assert figures["auto_clusters_f1"] > 0.93
    assert figures["auto_clusters_f1"] > figures["exact_keys_clusters_f1"] + 0.15
    assert report["notes"]["records"] == RECORDS
    assert report["notes"]["fields"]["given"] == "given_name"


def test_a_column_that_is_not_there_is_named(made):
    assert bench(made, "--truth", "nobody")[0] == 1
    assert bench(made, "--truth", "person", "--map", "given=first")[0] == 1
    assert bench("--truth", "person")[0] == 1


@pytest.mark.parametrize(
    ("missing", "told"), [("pyspark", "pip install 'datong[spark]'"), ("java", "Spark needs Java 17")]
)
def test_what_spark_lacks_is_said_plainly_before_anything_is_started(made, monkeypatch, missing, told):
    sparks = dict.fromkeys(("pyspark", "pyspark.sql", "splink.backends.spark"))
    if missing == "java":
        stand_in = SimpleNamespace(SparkSession=None, SparkAPI=None, similarity_jar_location=None)
        sparks = dict.fromkeys(sparks, stand_in)
        monkeypatch.setenv("JAVA_HOME", "/nowhere")
    for name, module in sparks.items():
        monkeypatch.setitem(sys.modules, name, module)
    answer = CliRunner().invoke(app, ["bench", "identity", str(made), "--truth", "person", "--engine", "spark"])
    assert answer.exit_code == 1
    said = " ".join(answer.output.split())
    assert told in said and "leave out --engine to use DuckDB" in said


@pytest.mark.skipif(not os.environ.get("DATONG_SPARK"), reason="DATONG_SPARK=1 runs it: needs pyspark, Java, minutes")
def test_the_same_settings_give_the_same_people_on_spark(made):
    figures = {}
    for engine in ("duckdb", "spark"):
        code, out = bench(made, "--truth", "person", "--engine", engine, "--json")
        assert code == 0
        figures[engine] = json.loads(out)["figures"]["likely_clusters_f1"]["median"]
    assert figures["spark"] == pytest.approx(figures["duckdb"], abs=0.01)
