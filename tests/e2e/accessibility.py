"""What axe-core finds wrong with a page: WCAG 2.2 A and AA, and its own good practice."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Frame

_RUN = """async () => await axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: {"target-size": {enabled: true}},
  resultTypes: ["violations", "passes"],
  iframes: false,
})"""


def violations(frame: Frame) -> list[str]:
    """One line for each rule that the document of `frame` breaks, with the elements that do.

    Documents inside it are not looked at. Raises AssertionError where axe found nothing to check.
    """
    frame.evaluate(AXE_SCRIPT)
    result: dict[str, Any] = frame.evaluate(_RUN)
    assert len(result["passes"]) > 10
    return [_line(violation) for violation in result["violations"]]


def _line(violation: dict[str, Any]) -> str:
    nodes = "; ".join(f"{node['target']} {node['html'][:120]}" for node in violation["nodes"])
    return f"{violation['id']} ({violation['impact']}): {nodes}"
