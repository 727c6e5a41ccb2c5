"""The frame of every letter, and its compilation: MJML to mail-proof HTML, once per structure and brand colour."""

import re
from functools import lru_cache

import css_inline
from mjml import mjml2html

_MARK = re.compile(r"@@(\d+)@@")
_INK, _PAPER = "#15171c", "#ffffff"

_FRAME = """<mjml lang="{language}"><mj-head>
<mj-title>{title}</mj-title><mj-preview>{preview}</mj-preview>
<mj-raw><meta name="color-scheme" content="light dark"/><meta name="supported-color-schemes" content="light dark"/></mj-raw>
<mj-attributes>
<mj-all font-family="system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans SC', sans-serif"/>
<mj-text font-size="16px" line-height="25px" color="#15171c" padding="8px 24px"/>
<mj-table font-size="15px" line-height="22px" color="#15171c" padding="8px 24px"/>
<mj-button font-size="16px" font-weight="600" line-height="24px" border-radius="8px" padding="6px 24px" width="100%"/>
<mj-class name="heading" padding="16px 24px 4px"/>
<mj-class name="small" font-size="14px" line-height="21px" color="#565c68"/>
<mj-class name="foot" font-size="13px" line-height="20px" color="#565c68" padding="4px 24px"/>
<mj-class name="house" font-size="18px" font-weight="700" line-height="24px" color="{on_brand}" padding="18px 24px"/>
<mj-class name="slot" background-color="#ffffff" color="#15171c" border="2px solid {brand}" inner-padding="12px 16px"/>
<mj-class name="action" background-color="{brand}" color="{on_brand}" inner-padding="14px 16px"/>
</mj-attributes>
<mj-style>
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
.muted a, .foot a {{ color: inherit; }}
@media (prefers-color-scheme: dark) {{
  body, .ground {{ background-color: #0e0f12 !important; }}
  .card, .card > table {{ background-color: #16181d !important; }}
  .ink div, .ink table, .ink td, .ink h1 {{ color: #eceef2 !important; }}
  .muted, .muted div, .muted td, td.muted, .foot div, .foot a {{ color: #a3a9b5 !important; }}
  .line {{ border-color: #2a2d35 !important; }}
  .slot td, .slot a {{ background-color: #16181d !important; color: #eceef2 !important; }}
  .slot span {{ color: #a3a9b5 !important; }}
}}
</mj-style></mj-head>
<mj-body background-color="#f4f5f7" css-class="ground" width="600px">
<mj-section padding="12px 0 0"></mj-section>
<mj-section background-color="{brand}" border-radius="12px 12px 0 0" padding="0">
<mj-column><mj-text mj-class="house">{house}</mj-text></mj-column></mj-section>
<mj-section background-color="#ffffff" border-radius="0 0 12px 12px" padding="8px 0 20px" css-class="card"><mj-column>{blocks}</mj-column></mj-section>
<mj-section padding="12px 0 24px"><mj-column>{foot}</mj-column></mj-section>
</mj-body></mjml>"""


@lru_cache(maxsize=256)
def compiled(*, language: str, brand: str, title: str, preview: str, house: str, blocks: str, foot: str) -> tuple[str, ...]:
    """The HTML cut at its marks: text, number of the value, text, number, … The arguments hold marks, never values."""
    source = _FRAME.format(
        language=language, brand=brand, on_brand=ink_on(brand), title=title, preview=preview, house=house, blocks=blocks, foot=foot
    )
    html = css_inline.inline(mjml2html(source, disable_comments=False, fonts={}), keep_style_tags=True, load_remote_stylesheets=False)
    return tuple(_MARK.split(html))


def mark(number: int) -> str:
    """What stands for a value until it is spliced in. Plain ASCII, because the compiler escapes anything rarer in an address."""
    return f"@@{number}@@"


def spliced(pieces: tuple[str, ...], values: list[str]) -> str:
    """The finished HTML."""
    return "".join(values[int(piece)] if index % 2 else piece for index, piece in enumerate(pieces))


def ink_on(brand: str) -> str:
    """White or nearly black, whichever reads better on the colour (relative luminance of WCAG 2.2)."""
    channels = (int(brand[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return _PAPER if 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.0585 else _INK
