"""Tells at the end how large the table of route × method × role × tenant was, also when two processes shared the run."""

from typing import Any

import pytest

from tests.architecture import witness


def pytest_sessionfinish(session: pytest.Session) -> None:
    """What one of several processes tried goes to the one that tells."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["cells"] = dict(witness.CELLS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    witness.CELLS.update(getattr(node, "workeroutput", {}).get("cells", {}))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not witness.CELLS:
        return
    from forecourt.runtime import access
    from tests.architecture.test_doors import routes

    leaks = sum("architecture" in report.nodeid for report in terminalreporter.stats.get("failed", []))
    tried = witness.CELLS
    terminalreporter.write_line(
        f"walls: {len(list(routes()))} routes, {len(access.ROLES)} roles, {sum(tried.values()):,} cells tried "
        f"({tried['refused']:,} refused, {tried['let in']:,} let in), leaks {leaks}"
    )
