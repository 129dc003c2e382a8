import pytest

from townsquare.dashboard.palette import BACKGROUND_POINT, BAND, GRID, INK, QUIET, STYLES, at_night


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour):
    return 1.05 / (luminance(colour) + 0.05)


def test_nothing_hangs_on_colour_alone():
    for part in ("colour", "dash", "shape"):
        assert len({getattr(style, part) for style in STYLES}) == len(STYLES)


@pytest.mark.parametrize("colour", [INK, QUIET])
def test_text_can_be_read(colour):
    assert contrast(colour) >= 4.5


def test_the_styles_in_use_can_be_seen_on_white():
    assert all(contrast(style.colour) >= 3 for style in STYLES[:3])
    assert contrast(BACKGROUND_POINT) < 3  # background points stay behind the others


def test_a_chart_at_night_has_light_words_on_dark_paper_and_the_same_series_and_data():
    blue = STYLES[0].colour
    day = {
        "background": "white",
        "layer": [{"mark": {"color": INK}}, {"mark": {"color": blue}}],
        "data": {"values": [INK]},
    }
    night = at_night(day)
    paper, ink = night["background"], night["layer"][0]["mark"]["color"]
    assert (luminance(ink) + 0.05) / (luminance(paper) + 0.05) > 10
    assert night["layer"][1] == day["layer"][1]
    assert night["data"] == day["data"]
    for style in STYLES:
        assert (luminance(style.colour) + 0.05) / (luminance(paper) + 0.05) >= 3, style
    assert luminance(at_night(GRID)) < luminance(at_night(QUIET)) < luminance(ink)
    assert luminance(paper) < luminance(at_night(BAND)) < luminance(at_night(GRID))
