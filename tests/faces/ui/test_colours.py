"""A dealer's colour stays readable and never looks like a status."""

import pytest

from forecourt.faces.ui import colours

# Published brand colours and edges of the colour space.
WISHES = (
    "#0f5ed9", "#001e50", "#1c69d4", "#eb0a1e", "#ad0c33", "#efdf00", "#f7ff14", "#4ba82e", "#0e3a2f", "#003478", "#646b52",
    "#05141f", "#000000", "#ffffff", "#00677f", "#d9534f", "#5b9279", "#ff6600", "#888888", "#b3261e", "#13713d",
)  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ffffff", "#ffffff", 1.0),
        ("#0000ff", "#ffffff", 8.59),
        ("#767676", "#ffffff", 4.54),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert round(colours.contrast(one, other), 2) == ratio


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # Sharma, Wu, Dalal (2005), table 1: pairs 1, 7, 9, 13, 17, 25, 31, 34.
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 0.0, 0.0), (50.0, -1.0, 2.0), 2.3669),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, -0.001, 2.49), (50.0, 0.0009, -2.49), 4.8045),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((36.4612, 47.8580, 18.3852), (36.2715, 50.5065, 21.2231), 1.4146),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_distance_agrees_with_the_published_pairs(one: colours.Lab, other: colours.Lab, expected: float) -> None:
    assert round(colours.distance_of(one, other), 4) == expected


@pytest.mark.parametrize("wish", WISHES)
def test_a_saved_colour_is_apart_from_every_status(wish: str) -> None:
    saved, _ = colours.corrected(wish)
    assert min(colours.distance(saved, status) for status in colours.statuses("light").values()) >= colours.APART


@pytest.mark.parametrize("wish", ["#0f5ed9", "#001e50", "#1c69d4", "#4ba82e", "#ff6600", "#000000", "#efdf00"])
def test_a_colour_that_is_already_apart_is_kept(wish: str) -> None:
    assert colours.corrected(wish) == (wish, False)


def test_the_colour_of_a_status_is_never_kept() -> None:
    for status in colours.statuses("light").values():
        assert colours.corrected(status)[1] is True


def test_a_corrected_colour_is_not_corrected_again() -> None:
    for wish in WISHES:
        saved, _ = colours.corrected(wish)
        assert colours.corrected(saved) == (saved, False)


@pytest.mark.parametrize("scheme", colours.SCHEMES)
@pytest.mark.parametrize("wish", WISHES)
def test_derived_shades_are_readable_and_apart(wish: str, scheme: colours.Scheme) -> None:
    shades = colours.shades(wish, scheme)
    grounds = [colours.neutral(name, scheme) for name in ("surface", "canvas")]
    assert colours.contrast(shades.ink, shades.fill) >= 4.5
    assert colours.contrast(shades.ink, shades.hover) >= 4.5
    assert min(colours.contrast(shades.text, ground) for ground in (*grounds, shades.tint)) >= 4.5
    assert min(colours.contrast(shades.edge, ground) for ground in grounds) >= 3
    assert min(colours.distance(shades.fill, status) for status in colours.statuses(scheme).values()) >= colours.APART


@pytest.mark.parametrize("scheme", colours.SCHEMES)
def test_words_in_status_colours_are_readable_on_their_tints(scheme: colours.Scheme) -> None:
    surface, sunken = colours.neutral("surface", scheme), colours.neutral("sunken", scheme)
    for name, status in colours.statuses(scheme).items():
        tint = colours.mixed(status, colours.TINT, surface)
        assert min(colours.contrast(status, ground) for ground in (surface, tint, sunken)) >= 4.5, name


@pytest.mark.parametrize("scheme", colours.SCHEMES)
def test_ink_and_muted_text_are_readable_on_every_ground(scheme: colours.Scheme) -> None:
    for text in ("ink", "muted"):
        for ground in ("surface", "canvas", "sunken"):
            assert colours.contrast(colours.neutral(text, scheme), colours.neutral(ground, scheme)) >= 4.5


def test_what_is_no_colour_is_refused() -> None:
    for text in ("red", "#12", "#12345g", "", "#0f5ed9;}body{display:none"):
        with pytest.raises(colours.NotAColour):
            colours.corrected(text)


def test_short_and_bare_colours_are_understood() -> None:
    assert [colours.normalised(text) for text in ("#0AF", "00aaff", " #00AAFF ")] == ["#00aaff"] * 3
