import builtins
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from townsquare.dashboard import report
from townsquare.protocols.errors import InputError

VOID = {"meta", "br", "img", "hr", "link", "input"}
EVIL = "</title></style><script>alert(1)</script><img src=x onerror='alert(2)'>\"&"


class Reader(HTMLParser):
    """Checks that tags close in order and collects them."""

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.headings = [], [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(html):
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def html(run, control, comparison):
    return report.render(run, control, comparison)


def test_page_is_whole_html_with_headings_in_order(html):
    reader = read(html)
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(reader.headings))


def test_page_asks_nothing_of_the_network_and_runs_nothing(html):
    assert not re.findall(r"(?:https?|ftp|file|data):[^ ']|//cdn|@import", html)
    for tag, attributes in read(html).seen:
        assert tag not in {"script", "link", "iframe", "object", "embed", "img", "image", "foreignobject"}
        for name, value in attributes.items():
            assert not name.startswith("on")
            assert name not in {"src", "href", "xlink:href", "srcset", "action"}
            assert not re.search(r"url\((?!#)", value or "")
    assert "url(" not in html[: html.index("</style>")]
    assert "default-src 'none'" in html


def test_every_chart_is_named_in_words_and_ids_are_unique(html):
    reader = read(html)
    charts = [attributes for tag, attributes in reader.seen if tag == "svg"]
    assert len(charts) == 8
    assert all(chart["role"] == "img" and len(chart["aria-label"]) > 80 for chart in charts)
    assert "Likes per user: 1.37 at tick 0, highest 8.63 at tick 15" in charts[0]["aria-label"]
    ids = [attributes["id"] for _, attributes in reader.seen if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(ids)
    assert sum(tag == "details" for tag, _ in reader.seen) == 8


def test_page_says_what_was_run_and_how_to_run_it_again(html, run):
    for text in (
        run.info.digest,
        "finished",
        "51 of 51",
        "townsquare run news --seed 7 --set ticks=51",
        "numpy 2.4.0",
        "The rule.",
    ):
        assert text in html
    for text in (
        "growth",
        "2–7",
        "Variance removed by pairing",
        "81%",
        "1,000 agents",
        '<td class="n">8.63</td><td class="n">8.77</td><td class="n">−0.140</td>',
        "Provenance",
        "arXiv 2305.14103",
    ):
        assert text in html


def test_every_measure_shown_is_defined(html):
    definitions = html[html.index("<h2>Definitions</h2>") :]
    for name in ("likes_per_user", "spread_out_loop", "click_gini_creators", "corr_quality_like", "jaccard_like"):
        assert f"<code>{name}</code>" in definitions


def test_page_of_a_thousand_users_is_small(html):
    assert len(html.encode()) < 2_000_000


def test_same_run_same_page(html, run, control, comparison):
    assert report.render(run, control, comparison) == html


def test_untrusted_texts_are_escaped(fake_run, run, comparison):
    evil = fake_run(
        run.measures(), name=EVIL, users=20, digest=EVIL, status=EVIL, versions={EVIL: EVIL}, townsquare=EVIL,
        scenario={"scenario": EVIL, EVIL: EVIL, "recommender": {"name": EVIL}},
    )  # fmt: skip
    rows = [comparison[0] | {"measure": EVIL, "unit": EVIL}]
    page = report.render(evil, evil, rows)
    tags = [tag for tag, _ in read(page).seen]
    assert "script" not in tags
    assert "img" not in tags
    assert "onerror='" not in page
    assert tags.count("style") == tags.count("title") == 1


@pytest.mark.parametrize("ticks", [0, 1, 2])
def test_short_runs_have_a_page(fake_run, run, ticks):
    measures = run.measures()
    short = fake_run(measures[measures["tick"] < ticks], users=5, snapshots=range(ticks))
    page = report.render(short)
    read(page)
    assert "how to make this run again" in page.lower()


def test_foreign_measures_alone_have_a_page(fake_run, measured):
    read(report.render(fake_run(measured({"something_else": [1, 2, 3]}), snapshots=[])))


def test_written_whole_and_over_an_older_one(fake_run, run, tmp_path):
    small = fake_run(run.measures().head(0), users=5, snapshots=[0])
    target = tmp_path / "new folder" / "r.html"
    for _ in range(2):
        assert report.write(small, target) == target
    assert target.read_text("utf-8").endswith("</html>\n")
    assert [path.name for path in target.parent.iterdir()] == ["r.html"]


def test_a_target_that_cannot_be_written_is_one_sentence(fake_run, run, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        report.write(fake_run(run.measures().head(0), users=5), tmp_path / "file" / "r.html")
    with pytest.raises(InputError, match="cannot be written"):
        report.write(fake_run(run.measures().head(0), users=5), tmp_path)


@pytest.mark.parametrize("package", ["altair", "vl_convert"])
def test_a_missing_extra_is_one_sentence(monkeypatch, run, tmp_path, package):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] == package:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"pip install 'townsquare\[report\]'"):
        report.write(run, tmp_path / "r.html")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
def test_a_browser_shows_it_without_asking_anyone(chromium, html, tmp_path):
    playwright = pytest.importorskip("playwright.sync_api")
    page_file = tmp_path / "report.html"
    page_file.write_text(html, "utf-8")
    asked, said = [], []
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-quic"])
        page = browser.new_page(viewport={"width": 1000, "height": 800})
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: said.append(message.text))
        page.goto(page_file.as_uri())
        assert page.get_by_role("img").count() == 8
        assert page.evaluate("document.documentElement.scrollWidth") <= 1000
        page.set_viewport_size({"width": 360, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.emulate_media(media="print")
        assert not page.locator("details").first.is_visible()
        browser.close()
    assert asked == [page_file.as_uri()]
    assert said == []
