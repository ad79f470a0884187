"""What stays on one line, and what is left as it is."""

from __future__ import annotations

import pytest

from calendar_app.words.typography import keep_together


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>28–29 ноября</p>", '<p><span class="u">28–29</span> ноября</p>'),
        ("<p>(82-я годовщина)</p>", '<p>(<span class="u">82-я</span> годовщина)</p>'),
        ("<p>с 28–29.</p>", '<p>с <span class="u">28–29</span>.</p>'),
        ("<b>5–10</b><i>1</i>", '<b><span class="u">5–10</span></b><i>1</i>'),
    ],
)
def test_a_range_and_an_ordinal_stay_on_one_line(html: str, expected: str) -> None:
    assert keep_together(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<a title="28–29 ноября" href="/en/events/imcwp-24/">24</a>',
        "<pre>28–29 November</pre>",
        "<script>if (1-a) '28–29'</script>",
        "<title>28–29 November</title>",
        "<option>28–29 November</option>",
        "<code>https://a.example/2024-08/</code>",
        "<bdi>https://a.example/2024-08/of-all</bdi>",
        "<bdi>https://a.example/2020-10-05-the-week</bdi>",
        "<p>2026-11-28</p>",
        "<p>28 February – 1 March</p>",
        "<p>100-процентный</p>",
    ],
)
def test_what_is_copied_long_or_no_text_is_left_as_it_is(html: str) -> None:
    assert keep_together(html) == html
