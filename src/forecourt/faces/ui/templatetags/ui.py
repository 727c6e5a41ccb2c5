"""Tags and filters of the design system: icons, formats by Babel, stages, query strings. `{% load ui %}`."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django import template
from django.conf import settings
from django.core.paginator import Page, Paginator
from django.forms import BoundField
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from forecourt.faces.ui import formats, icons, stages

register = template.Library()


@register.simple_tag
def icon(name: str, css_class: str = "", label: str = "") -> SafeString:
    """`{% icon "calendar" %}`; with a label when it stands alone and means something."""
    return icons.draw(str(name), str(css_class), str(label))


@register.filter
def money(amount: object, currency: str = "") -> str:
    """`{{ amount|money:"EUR" }}`; a money value of the kernel needs no currency."""
    return formats.money(amount, currency)


@register.filter
def number(value: object, decimals: int | None = None) -> str:
    return formats.number(value, decimals)


@register.filter
def at(values: Mapping[str, object], key: str) -> object:
    """`{{ labels|at:code }}`: what a mapping holds under a key that is itself a value; nothing if it holds none."""
    return values.get(key, "")


@register.filter
def percent(share: object, decimals: int = 0) -> str:
    """`{{ 0.87|percent }}` is 87 %."""
    return formats.percent(share, decimals)


@register.filter
def km(value: object) -> str:
    return formats.kilometres(value)


@register.filter
def day(value: date | datetime | None, style: str = "medium") -> str:
    return formats.day(value, style)


@register.filter
def clock(value: datetime | time | None) -> str:
    return formats.clock(value)


@register.filter
def moment(value: datetime | None, style: str = "medium") -> str:
    """Day and time; `{{ at|moment:"near" }}` says Today and Tomorrow."""
    return formats.moment(value, style)


@register.filter
def when(value: date | datetime | None) -> str:
    return formats.when(value)


@register.filter
def duration(value: timedelta | int | Decimal | None) -> str:
    return formats.duration(value)


@register.simple_tag
def period(start: datetime | None, end: datetime | None) -> str:
    return formats.period(start, end)


@register.simple_tag
def plural(count: int, one: str, many: str) -> str:
    """`{% plural rows "%(count)s row" "%(count)s rows" %}`: all plural forms of the reader's language."""
    return ngettext(one, many, count) % {"count": formats.number(count)}


@register.filter
def stage_label(stage: str) -> str:
    return str(stages.look(stage).label)


@register.filter
def stage_class(stage: str) -> str:
    return stages.look(stage).css_class


@register.filter
def stage_icon(stage: str) -> str:
    return stages.look(stage).icon


@register.filter
def language_word(code: str) -> str:
    """`it` is Italian, in the reader's language; what we do not speak stays as it is."""
    return str(dict(settings.LANGUAGES).get(code, code))


@register.filter
def initials(name: str) -> str:
    """`Lena Hofer` is LH; Chinese names keep their first sign."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    if not words:
        return "?"
    if not words[0][0].isascii() and not words[0][0].isupper():
        return words[0][0]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.filter
def dom_id(value: object) -> str:
    """A value as part of an element's id: short, stable and safe in a selector."""
    return "x" + hashlib.sha256(str(value).encode()).hexdigest()[:10]


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """The current query string with changes: `<a href="{% query page=2 %}">`; None or empty drops a name."""
    request: HttpRequest | None = context.get("request")
    values = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None or value == "":
            values.pop(name, None)
        else:
            values[name] = str(value)
    return "?" + values.urlencode()


@register.inclusion_tag("ui/_sort.html", takes_context=True)
def sort(context: Context, label: str, key: str, css_class: str = "", name: str = "sort") -> dict[str, object]:
    """A sortable table head: `{% sort _("Next due") "due_on" "number" %}`. `?sort=due_on`, then `?sort=-due_on`."""
    request: HttpRequest | None = context.get("request")
    current = request.GET.get(name, "") if request else ""
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    following = f"-{key}" if direction == "ascending" else key
    return {
        "label": label,
        "css_class": css_class,
        "direction": direction,
        "href": query(context, **{name: following, "page": None, "onward": None, "back": None}),
    }


@register.simple_tag
def pages(page: Page[object]) -> Iterable[int | str]:
    """The page numbers to offer, with `…` in the gaps."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)


@register.filter
def is_gap(value: object) -> bool:
    return value == Paginator.ELLIPSIS


@register.simple_tag
def is_choice(field: BoundField) -> bool:
    """A checkbox stands before its label, not under it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox"


@register.simple_tag
def drawing(name: str, css_class: str = "") -> SafeString:
    """`{% drawing "car" "car-line" %}`: a line drawing of ours from `images/`."""
    return icons.drawing(str(name), str(css_class))


@register.simple_tag
def instant(value: datetime | date | None, text: str) -> SafeString:
    """A `<time>` element with the machine's form beside what people read."""
    return format_html('<time class="when" datetime="{}">{}</time>', value.isoformat() if value else "", text)
