"""Components say the same to the eye, the ear and the keyboard."""

import re
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from forecourt.faces.ui import icons, stages


def rendered(source: str, **values: object) -> str:
    return str(compiled(source).render(Context(values)))


def compiled(source: str) -> Template:
    """Components in templates from files are compiled by the loader; a text of a test has none."""
    return Template(CottonCompiler().process(source))


class Sample(forms.Form):
    plate = forms.CharField(label="Plate", help_text="As it stands on the plate")
    wash = forms.BooleanField(label="Wash", required=False)


def test_a_field_ties_label_help_and_error_to_its_input() -> None:
    html = rendered('<c-field :field="form.plate" />', form=Sample({"plate": ""}))
    assert '<label for="id_plate">Plate</label>' in html
    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]*)"', html)
    assert described is not None
    assert [f'id="{name}"' in html for name in described[1].split()] == [True, True]
    assert "This field is required." in html


def test_a_checkbox_stands_before_its_label() -> None:
    html = rendered('<c-field :field="form.wash" />', form=Sample())
    assert html.index('type="checkbox"') < html.index("Wash")


def test_a_value_with_markup_is_escaped_everywhere() -> None:
    evil = '"><script>alert(1)</script>'
    for source in (
        '<c-button label="{{ evil }}">{{ evil }}</c-button>',
        '<c-field label="{{ evil }}" name="x" value="{{ evil }}" error="{{ evil }}" />',
        '<c-stat label="{{ evil }}" value="{{ evil }}" />',
        '<c-plate of="{{ evil }}" />',
        '<c-notice title="{{ evil }}">{{ evil }}</c-notice>',
        '<c-select name="x" label="{{ evil }}" :options="pairs" />',
        '<c-photo src="/x" alt="{{ evil }}" />',
        '<c-board-card of="1" id="a" plate="{{ evil }}" work="{{ evil }}" />',
        '<c-card data-note="{{ evil }}">x</c-card>',
    ):
        assert "<script>" not in rendered(source, evil=evil, pairs=[(evil, evil)])


def test_a_components_defaults_hide_values_of_the_page_with_the_same_name() -> None:
    html = rendered("<c-button>Save</c-button>", icon="no-such-icon", label="Other", disabled=True, href="/elsewhere", kind="danger")
    assert html == '<button type="button" class="button " >Save</button>'


def test_a_button_that_is_off_says_why() -> None:
    html = rendered('<c-button :disabled="is_off" why="The car has not arrived">Accept</c-button>', is_off=True)
    assert 'aria-disabled="true" title="The car has not arrived"' in html
    assert " disabled" not in html.replace("aria-disabled", "")


def test_a_price_says_with_or_without_tax() -> None:
    with translation.override("en"):
        assert "€248.00" in rendered('<c-money :amount="a" currency="EUR" tax="gross" />', a=Decimal(248))
        assert "incl. VAT" in rendered('<c-money :amount="a" currency="EUR" tax="gross" />', a=Decimal(248))
        assert "excl. VAT" in rendered('<c-money :amount="a" currency="EUR" tax="net" />', a=Decimal(248))


@pytest.mark.parametrize("stage", ["booked", "in_work", "waiting_for_parts", "quality_check"])
def test_a_stage_comes_with_its_word_and_colour(stage: str) -> None:
    html = rendered('<c-stage of="{{ stage }}" />', stage=stage)
    assert str(stages.look(stage).label) in html
    assert stages.look(stage).css_class in html


def test_all_ten_stages_have_a_look() -> None:
    assert list(stages.LOOKS) == [
        "booked", "arrived", "accepted", "in_work", "waiting_for_parts", "waiting_for_approval", "quality_check", "washed", "ready",
        "collected",
    ]  # fmt: skip


def test_an_unknown_stage_is_shown_as_it_is() -> None:
    assert str(stages.look("on hold").label) == "on hold"


def test_sorting_turns_round_and_goes_back_to_the_first_page() -> None:
    request = RequestFactory().get("/due/", {"sort": "due_on", "page": "3", "q": "BZ"})
    html = str(Template('{% sort "Due" "due_on" "number" %}').render(Context({"request": request})))
    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=-due_on&amp;q=BZ"' in html


def test_a_pager_keeps_the_other_values() -> None:
    request = RequestFactory().get("/due/", {"q": "BZ", "page": "4"})
    source = '<c-pager :page="page" />'
    html = str(compiled(source).render(Context({"request": request, "page": Paginator(range(431), 50).page(4)})))
    assert "151–200 of 431" in html
    assert 'rel="next" href="?q=BZ&amp;page=5"' in html
    assert 'aria-current="page">4</a>' in html


def test_an_unknown_icon_is_a_fault_of_ours() -> None:
    if not icons.SHAPES.exists():
        pytest.skip("the front end has not been built")
    with pytest.raises(icons.UnknownIcon):
        icons.draw("no-such-icon")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Lena Hofer", "LH"), ("王小明", "王"), ("Johann von Hohenberg", "JH"), ("", "?"), ("(x) Ürün", "Ü"), ("anna", "A")],
)
def test_initials(name: str, expected: str) -> None:
    assert rendered("{{ name|initials }}", name=name) == expected
