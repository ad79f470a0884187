"""What stays on one line, and what is left as it is."""

from __future__ import annotations

import pytest

from calendar_app.words.typography import keep_together, with_breaks


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>28–29 ноября</p>", '<p><span class="u">28–29</span> ноября</p>'),
        ("<p>(82-я годовщина)</p>", '<p>(<span class="u">82-я</span> годовщина)</p>'),
        ("<p>с 28–29.</p>", '<p>с\u00a0<span class="u">28–29</span>.</p>'),
        ("<b>5–10</b><i>1</i>", '<b><span class="u">5–10</span></b><i>1</i>'),
    ],
)
def test_a_range_and_an_ordinal_stay_on_one_line(html: str, expected: str) -> None:
    assert keep_together(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<b>COVID-19</b>", "<b>COVID-\u206019</b>"),
        ("<p>Ветка веб-форума</p>", "<p>Ветка веб-\u2060форума</p>"),
        ("<p>كوفيد-19</p>", "<p>كوفيد-\u206019</p>"),
    ],
)
def test_a_compound_that_begins_shortly_stays_on_one_line(html: str, expected: str) -> None:
    assert keep_together(html) == expected


@pytest.mark.parametrize(
    ("html", "tied"),
    [
        ("<p>on 29 November 2026</p>", "<p>on 29_November 2026</p>"),
        ("<p>28 February – 1 March</p>", "<p>28_February – 1_March</p>"),
        ("<p>el 29 de mayo</p>", "<p>el 29_de mayo</p>"),
        ("<p>ölümünün 100. yıl dönümü</p>", "<p>ölümünün 100._yıl dönümü</p>"),
        ("<p>В 2026 году, в мае</p>", "<p>В_2026_году, в_мае</p>"),
        ("<p>of V. I. Lenin and B. Vitamin</p>", "<p>of V._I._Lenin and B._Vitamin</p>"),
        ("<p>дни с Кубой и миром</p>", "<p>дни с_Кубой и_миром</p>"),
        ("<p>2026 · in 5 days</p>", "<p>2026_· in 5_days</p>"),
        (
            "<p>the 23rd meeting, el 24.º Encuentro</p>",
            "<p>the 23rd_meeting, el 24.º_Encuentro</p>",
        ),
        ("<p>даты — целые дни</p>", "<p>даты_— целые дни</p>"),
        ("<p>point a. The end. 1992. On it</p>", "<p>point a. The end. 1992. On it</p>"),
        ('<a title="29 November · с Кубой">ab 2019</a>',) * 2,
        ("<pre>29 November</pre>", "<pre>29 November</pre>"),
    ],
)
def test_a_number_an_initial_and_a_letter_stay_with_the_next_word(html: str, tied: str) -> None:
    assert keep_together(html) == tied.replace("_", "\u00a0")


@pytest.mark.parametrize(
    "html",
    [
        '<a title="28–29 ноября" href="/en/events/imcwp-24/">24</a>',
        "<pre>28–29 November</pre>",
        "<script>if (1-a) '28–29'</script>",
        "<title>28–29 November</title>",
        "<option>28–29 November</option>",
        "<code>https://a.example/2024-08/</code>",
        '<bdi dir="ltr" class="id">may-day-8-march</bdi>',
        "<bdi>https://a.example/2024-08/of-all</bdi>",
        "<bdi>https://a.example/2020-10-05-the-week</bdi>",
        "<p>2026-11-28</p>",
        "<p>100-процентный</p>",
    ],
)
def test_what_is_copied_long_or_no_text_is_left_as_it_is(html: str) -> None:
    assert keep_together(html) == html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "https://days.example.org/en/events/may-day.ics",
            "https://days|.example|.org/|en/|events/|(may-day)|.ics",
        ),
        ("/en/calendar.ics?topics=cuba,peace", "/en/|calendar|.ics|?topics=cuba,|peace"),
        (
            "/en/calendar.ics?topics=self-rule,8-march",
            "/en/|calendar|.ics|(?topics=self-rule,)|(8-march)",
        ),
        ("topics=self-rule,8-march", "(topics=self-rule,)|(8-march)"),
        ("https://may-day.example/8-march-2027/", "https://may-day|.example/|(8-march-2027/)"),
        (
            'May Day.\nHavana, Cuba\n<iframe src="https://days.example/ar/embed/"></iframe>',
            "May Day.\nHavana, Cuba\n"
            "&lt;iframe src=&#34;https://days|.example/|ar/|embed/&#34;&gt;&lt;/iframe&gt;",
        ),
    ],
)
def test_an_address_is_broken_between_its_parts_and_an_id_is_whole(
    text: str, expected: str
) -> None:
    marks = {"|": "<wbr>", "(": '<span class="id">', ")": "</span>"}
    assert str(with_breaks(text)) == expected.translate(str.maketrans(marks))
