"""Splink on DuckDB in this process, or on Spark with the same settings when one machine is not enough."""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from datong.kernel.errors import Unavailable
from datong.matching.rules import model
from datong.matching.types import Field

SEED = 1
SAMPLED_PAIRS = 4e5
"""Pairs that one round of learning looks at."""
LEAST_WEIGHT = -10.0
"""Pairs below it are not even kept as a contradiction."""
log = logging.getLogger(__name__)


class Pairs(NamedTuple):
    """Scored pairs as columns: `a` and `b` positions, `weight` in bits, and `parts` of it by field (0: not known)."""

    a: np.ndarray[Any, Any]
    b: np.ndarray[Any, Any]
    weight: np.ndarray[Any, Any]
    parts: dict[str, np.ndarray[Any, Any]]
    near_mail: np.ndarray[Any, Any]
    """The part of the e-mail where the two are alike, not equal: they are made of the name, which counts already."""


class Learned(NamedTuple):
    """Scored pairs, and the settings with what was learned of the data (Splink's own JSON)."""

    pairs: Pairs
    settings: dict[str, Any]


def on_duckdb(connection: Any, have: Sequence[str], blocks: Sequence[Sequence[str]]) -> Learned:
    """Score the pairs of table `people` of an open DuckDB connection."""
    from splink.backends.duckdb import DuckDBAPI

    api = DuckDBAPI(connection)
    scored, settings = _score(api, api.register("people"), have, blocks)
    columns = _columns(have)
    found = connection.sql(f"SELECT {columns} FROM {scored.physical_name}").fetchnumpy()  # noqa: S608  Splink's name
    return Learned(_pairs(found, have), settings)


def on_spark(connection: Any, have: Sequence[str], blocks: Sequence[Sequence[str]]) -> Learned:
    """The same on Spark: the table goes over as Parquet. Raises Unavailable naming what is missing."""
    try:
        from pyspark.sql import SparkSession
        from splink.backends.spark import SparkAPI, similarity_jar_location
    except ImportError as error:
        raise Unavailable("Spark needs pyspark, which is not installed: pip install 'datong[spark]'") from error
    if not has_java():
        raise Unavailable("Spark needs Java 17 or newer: neither JAVA_HOME nor PATH leads to a java")
    with tempfile.TemporaryDirectory(prefix="datong-spark-") as folder:
        file = Path(folder) / "people.parquet"
        connection.sql("SELECT * FROM people").write_parquet(str(file))
        builder = SparkSession.builder.appName("datong").config("spark.jars", similarity_jar_location())
        spark = builder.config("spark.ui.enabled", "false").getOrCreate()
        try:
            spark.sparkContext.setCheckpointDir(folder)
            parallel = spark.sparkContext.defaultParallelism
            api = SparkAPI(spark_session=spark, num_partitions_on_repartition=parallel)  # type: ignore[no-untyped-call]
            scored, settings = _score(api, api.register(spark.read.parquet(str(file))), have, blocks)
            frame = spark.sql(f"SELECT {_columns(have)} FROM {scored.physical_name}").toPandas()  # noqa: S608
            found = {name: frame[name].to_numpy() for name in frame.columns}
        finally:
            spark.stop()
    return Learned(_pairs(found, have), settings)


def has_java() -> bool:
    """Whether Spark will find a Java, where it looks for one itself."""
    home = os.environ.get("JAVA_HOME", "")
    return os.access(Path(home, "bin", "java"), os.X_OK) if home else shutil.which("java") is not None


ENGINES = {"duckdb": on_duckdb, "spark": on_spark}


def _columns(have: Sequence[str]) -> str:
    """Of a field, how near its values are and how rare they are, in one."""
    parts = [
        f"CAST(mw_{field} + {'0' if field == Field.BIRTH else f'mw_tf_adj_{field}'} AS FLOAT) AS part_{field}"
        for field in _compared(have)
    ]
    # Only an equal value is weighed by how rare it is.
    near = "CASE WHEN mw_tf_adj_email = 0 THEN mw_email ELSE 0 END" if Field.EMAIL in have else "0"
    return ", ".join(("unique_id_l", "unique_id_r", "match_weight", f"CAST({near} AS FLOAT) AS near_mail", *parts))


def _pairs(found: dict[str, Any], have: Sequence[str]) -> Pairs:
    parts = {field: np.asarray(found[f"part_{field}"], np.float32) for field in _compared(have)}
    a, b = (np.asarray(found[f"unique_id_{side}"], np.int64) for side in "lr")
    return Pairs(a, b, np.asarray(found["match_weight"], np.float64), parts, np.asarray(found["near_mail"], np.float32))


def _compared(have: Sequence[str]) -> list[str]:
    return [field.value for field in model.COMPARED if field.value in have]


def _score(api: Any, table: Any, have: Sequence[str], blocks: Sequence[Sequence[str]]) -> tuple[Any, dict[str, Any]]:
    """Learn the weights from the data, then weigh every pair of the blocks."""
    from splink import Linker, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    linker = Linker(table, model.settings(have, blocks), log_level=logging.ERROR)
    sure: list[Any] = [block_on(*block) for block in model.SURE if model.fits(block, have)]
    if sure:
        linker.training.estimate_probability_two_random_records_match(sure, recall=model.RECALL_OF_SURE)
    linker.training.estimate_u_using_random_sampling(max_pairs=SAMPLED_PAIRS, seed=SEED, num_chunks=1)
    untaught = set(_compared(have))
    for block in model.LEARN:
        if not model.fits(block, have) or not untaught - set(block):
            continue
        before = linker.misc.save_model_to_json()
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(*block), max_pairs=SAMPLED_PAIRS
            )
        except Exception as error:  # noqa: BLE001  Splink's own, of many kinds: no pair agrees, or all do
            log.info("nothing learned from %s: %s", block, error)
            # A round that fails has taken the block's fields out of the settings.
            linker = Linker(table, before, log_level=logging.ERROR)
        else:
            untaught -= untaught - set(block)
    scored = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT)
    return scored, json.loads(json.dumps(linker.misc.save_model_to_json()))
