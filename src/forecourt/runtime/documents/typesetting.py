"""Runs Typst and chooses fonts: a plain face for our letters, another for Chinese; what a machine lacks is replaced, never an error."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import typst

_PLAIN: Final = ("Inter", "Noto Sans", "Source Sans 3", "Open Sans", "Roboto", "Liberation Sans", "DejaVu Sans", "Arial", "Helvetica Neue")
_CHINESE: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Microsoft YaHei",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback", "Noto Serif CJK SC", "AR PL UMing CN",
)  # fmt: skip
_BUNDLED: Final = "Libertinus Serif"  # comes inside the wheel: Latin letters, also Romanian's


def render(template: Path, values: dict[str, Any], *, language: str) -> bytes:
    """The PDF of a template; `values` must be JSON. The template finds them, with `fonts` and `language`, in `sys.inputs.data`."""
    return _compiled(template, values, language, "pdf")


def picture(template: Path, values: dict[str, Any], *, language: str, pixels_per_inch: float = 110) -> bytes:
    """The first page as PNG, for a look at it."""
    return _compiled(template, values, language, "png", pixels_per_inch)


@lru_cache(maxsize=8)
def families(language: str) -> list[str]:
    """The fonts to set a language in, as far as this machine has them; the bundled one comes last and is always there."""
    known = set(_fonts().families())
    plain = next((name for name in _PLAIN if name in known), None)
    chinese = next((name for name in _CHINESE if name in known), None)
    first = [chinese, plain] if language.startswith("zh") else [plain, chinese]
    return [name for name in (*first, _BUNDLED) if name]


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    return typst.Fonts()


def _compiled(template: Path, values: dict[str, Any], language: str, form: Any, pixels_per_inch: float | None = None) -> bytes:
    data = {**values, "fonts": families(language), "language": language.split("-", maxsplit=1)[0]}
    compiler = typst.Compiler(
        str(template), root=str(template.parent), font_paths=_fonts(), sys_inputs={"data": json.dumps(data, sort_keys=True)}
    )
    made, _warnings = compiler.compile_with_warnings(format=form, ppi=pixels_per_inch, timestamp=0)
    if isinstance(made, list):
        made = made[0]
    assert made is not None
    return made
