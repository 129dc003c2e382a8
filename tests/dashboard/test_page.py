from townsquare.dashboard.page import data_table, embedded, head, provenance, table


def test_svg_gets_a_name_and_ids_of_its_own():
    svg = (
        '<svg xmlns="urn:a" xmlns:xlink="urn:b" width="3"><clipPath id="clip0"></clipPath>'
        '<g clip-path="url(#clip0)" role="graphics-object" aria-label="x" transform="translate(1.23456,7)"></g></svg>'
    )
    made = embedded(svg, 'rises & "falls" <fast>', 4)
    assert made == (
        '<svg role="img" aria-label="rises &amp; &quot;falls&quot; &lt;fast&gt;" width="3">'
        '<clipPath id="f4-0"></clipPath>'
        '<g clip-path="url(#f4-0)" transform="translate(1.2,7)"></g></svg>'
    )


def test_numbers_of_the_page_line_up_right():
    made = table(["Measure", "Start"], [["likes", "1.00"]], words=1)
    assert '<th scope="col">Measure</th><th scope="col" class="n">Start</th>' in made
    assert '<td>likes</td><td class="n">1.00</td>' in made


def test_cells_of_a_chart_table_are_escaped():
    import pandas as pd

    made = data_table(pd.DataFrame({"what": ["<b>"], "n": [3], "x": [float("nan")]}))
    assert "&lt;b&gt;" in made
    assert '<td class="n">3</td><td class="n">–</td>' in made


def test_an_unfinished_run_says_so(fake_run, run):
    assert "not finished" not in head(run.info)
    info = fake_run(run.measures(), status="stopped: <disk full>", ticks=99).info
    assert "This run is not finished (status: stopped: &lt;disk full&gt;)" in head(info)
    assert "51 of 99" in head(info)


def test_a_fork_names_its_parent(fake_run, run):
    info = fake_run(run.measures(), parent={"path": "runs/<a>", "at": 10, "digest": "ab"}).info
    assert "runs/&lt;a&gt; (as seen from the run folder) at tick 10, digest ab" in head(info)


def test_only_the_news_scenario_claims_a_paper(fake_run, run):
    assert "2305.14103" in provenance(run.info)
    assert "2305.14103" not in provenance(fake_run(run.measures(), scenario={"scenario": "other"}).info)
