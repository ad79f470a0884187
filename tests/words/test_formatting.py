"""Dates as readers of each language write them, and as the written texts have them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from calendar_app.core.precision import PartialDate
from calendar_app.words.catalogs import catalog
from calendar_app.words.formatting import (
    format_day,
    format_month,
    format_partial,
    format_range,
    format_year,
    format_yearly,
    isolate,
    relative_days,
    sentence_case,
)
from calendar_app.words.languages import ARABIC, ENGLISH, LANGUAGES, RUSSIAN, TURKISH

EACH = pytest.mark.parametrize("tag", LANGUAGES)
NUMBERS = (0, 1, 2, 3, 4, 5, 11, 21, 22, 50, 75, 100, 101, 111)
SUNDAY = date(2026, 3, 8)

DAYS = {
    "en": ["8 March 2026", "Sunday, 8 March 2026", "8 March"],
    "es": ["8 de marzo de 2026", "domingo, 8 de marzo de 2026", "8 de marzo"],
    "ru": ["8 марта 2026 года", "воскресенье, 8 марта 2026 года", "8 марта"],
    "tr": ["8 Mart 2026", "8 Mart 2026 Pazar", "8 Mart"],
    "ar": ["8 آذار/مارس 2026", "الأحد، 8 آذار/مارس 2026", "8 آذار/مارس"],
}


@EACH
def test_a_day(tag: str) -> None:
    language = LANGUAGES[tag]

    plain = format_day(SUNDAY, language)
    with_weekday = format_day(SUNDAY, language, weekday=True)
    every_year = format_yearly(3, 8, language)

    assert [plain, with_weekday, every_year] == DAYS[tag]


MONTHS = {
    "en": ["March 2026", "March 2026", "2026"],
    "es": ["marzo de 2026", "Marzo de 2026", "2026"],
    "ru": ["март 2026 года", "Март 2026", "2026 год"],
    "tr": ["Mart 2026", "Mart 2026", "2026"],
    "ar": ["آذار/مارس 2026", "آذار/مارس 2026", "عام 2026"],
}


@EACH
def test_a_month_and_a_year(tag: str) -> None:
    language = LANGUAGES[tag]

    inside = format_month(2026, 3, language)
    title = format_month(2026, 3, language, title=True)

    assert [inside, title, format_year(2026, language)] == MONTHS[tag]


RANGES = {
    "en": [
        "28 November 2026",
        "28–29 November 2026",
        "28 February – 1 March 2026",
        "30 December 2026 – 2 January 2027",
    ],
    "es": [
        "28 de noviembre de 2026",
        "28–29 de noviembre de 2026",
        "28 de febrero – 1 de marzo de 2026",
        "30 de diciembre de 2026 – 2 de enero de 2027",
    ],
    "ru": [
        "28 ноября 2026 года",
        "28–29 ноября 2026 года",
        "28 февраля — 1 марта 2026 года",
        "30 декабря 2026 года — 2 января 2027 года",
    ],
    "tr": [
        "28 Kasım 2026",
        "28–29 Kasım 2026",
        "28 Şubat–1 Mart 2026",
        "30 Aralık 2026–2 Ocak 2027",
    ],
    "ar": [
        "28 تشرين الثاني/نوفمبر 2026",
        "28–29 تشرين الثاني/نوفمبر 2026",
        "28 شباط/فبراير – 1 آذار/مارس 2026",
        "30 كانون الأول/ديسمبر 2026 – 2 كانون الثاني/يناير 2027",
    ],
}


@EACH
def test_a_range(tag: str) -> None:
    language = LANGUAGES[tag]

    ranges = [
        format_range(date(2026, 11, 28), date(2026, 11, 28), language),
        format_range(date(2026, 11, 28), date(2026, 11, 29), language),
        format_range(date(2026, 2, 28), date(2026, 3, 1), language),
        format_range(date(2026, 12, 30), date(2027, 1, 2), language),
    ]

    assert ranges == RANGES[tag]


def test_the_same_month_of_another_year_is_written_out() -> None:
    assert format_range(date(2026, 5, 30), date(2027, 5, 1), ENGLISH) == "30 May 2026 – 1 May 2027"


PARTIAL = {
    "en": {
        "2024-05-04": "4 May 2024",
        "2024-05-04/2024-05-05": "4–5 May 2024",
        "2019-11": "November 2019",
        "2024": "2024",
        "unknown": "date not known",
        "2024-05-04~": "4 May 2024 (approximately)",
        "2024-10?": "October 2024 (uncertain)",
        "2024%": "2024 (approximate and uncertain)",
        "2023-10-22/..": "22 October 2023 – end not known",
        "2023/..": "2023 – end not known",
        "2022-05/2023": "May 2022 – 2023",
    },
    "es": {
        "2024-05-04": "4 de mayo de 2024",
        "2024-05-04/2024-05-05": "4–5 de mayo de 2024",
        "2019-11": "noviembre de 2019",
        "2024": "2024",
        "unknown": "fecha desconocida",
        "2024-05-04~": "4 de mayo de 2024 (fecha aproximada)",
        "2024-10?": "octubre de 2024 (fecha incierta)",
        "2024%": "2024 (fecha aproximada e incierta)",
        "2023-10-22/..": "22 de octubre de 2023 – fin desconocido",
        "2023/..": "2023 – fin desconocido",
        "2022-05/2023": "mayo de 2022 – 2023",
    },
    "ru": {
        "2024-05-04": "4 мая 2024 года",
        "2024-05-04/2024-05-05": "4–5 мая 2024 года",
        "2019-11": "ноябрь 2019 года",
        "2024": "2024 год",
        "unknown": "дата не известна",
        "2024-05-04~": "4 мая 2024 года (приблизительно)",
        "2024-10?": "октябрь 2024 года (предположительно)",
        "2024%": "2024 год (предположительно и приблизительно)",
        "2023-10-22/..": "22 октября 2023 года — окончание не известно",
        "2023/..": "2023 год — окончание не известно",
        "2022-05/2023": "май 2022 года — 2023 год",
    },
    "tr": {
        "2024-05-04": "4 Mayıs 2024",
        "2024-05-04/2024-05-05": "4–5 Mayıs 2024",
        "2019-11": "Kasım 2019",
        "2024": "2024",
        "unknown": "tarihi bilinmiyor",
        "2024-05-04~": "4 Mayıs 2024 (yaklaşık)",
        "2024-10?": "Ekim 2024 (kesin değil)",
        "2024%": "2024 (yaklaşık, kesin değil)",
        "2023-10-22/..": "22 Ekim 2023 – bitişi bilinmiyor",
        "2023/..": "2023 – bitişi bilinmiyor",
        "2022-05/2023": "Mayıs 2022 – 2023",
    },
    "ar": {
        "2024-05-04": "4 أيار/مايو 2024",
        "2024-05-04/2024-05-05": "4–5 أيار/مايو 2024",
        "2019-11": "تشرين الثاني/نوفمبر 2019",
        "2024": "عام 2024",
        "unknown": "التاريخ غير معروف",
        "2024-05-04~": "4 أيار/مايو 2024 (تاريخ تقريبي)",
        "2024-10?": "تشرين الأول/أكتوبر 2024 (تاريخ غير مؤكد)",
        "2024%": "عام 2024 (تاريخ تقريبي وغير مؤكد)",
        "2023-10-22/..": "22 تشرين الأول/أكتوبر 2023 – النهاية غير معروفة",
        "2023/..": "عام 2023 – النهاية غير معروفة",
        "2022-05/2023": "أيار/مايو 2022 – عام 2023",
    },
}


@EACH
def test_a_partial_date_says_what_is_known(tag: str) -> None:
    texts = {edtf: format_partial(PartialDate.parse(edtf), LANGUAGES[tag]) for edtf in PARTIAL[tag]}

    assert texts == PARTIAL[tag]


COMING = {
    "en": "today, tomorrow, in 2 days, in 3 days, in 4 days, in 5 days, in 11 days, in 21 days, "
    "in 22 days, in 50 days, in 75 days, in 100 days, in 101 days, in 111 days",
    "es": "hoy, mañana, dentro de 2 días, dentro de 3 días, dentro de 4 días, dentro de 5 días, "
    "dentro de 11 días, dentro de 21 días, dentro de 22 días, dentro de 50 días, "
    "dentro de 75 días, dentro de 100 días, dentro de 101 días, dentro de 111 días",
    "ru": "сегодня, завтра, через 2 дня, через 3 дня, через 4 дня, через 5 дней, через 11 дней, "
    "через 21 день, через 22 дня, через 50 дней, через 75 дней, через 100 дней, через 101 день, "
    "через 111 дней",
    "tr": "bugün, yarın, 2 gün sonra, 3 gün sonra, 4 gün sonra, 5 gün sonra, 11 gün sonra, "
    "21 gün sonra, 22 gün sonra, 50 gün sonra, 75 gün sonra, 100 gün sonra, 101 gün sonra, "
    "111 gün sonra",
    "ar": "اليوم, غدًا, بعد يومين, بعد 3 أيام, بعد 4 أيام, بعد 5 أيام, بعد 11 يومًا, بعد 21 يومًا, "
    "بعد 22 يومًا, بعد 50 يومًا, بعد 75 يومًا, بعد 100 يوم, بعد 101 يوم, بعد 111 يومًا",
}
GONE = {
    "en": "today, yesterday, 2 days ago, 3 days ago, 4 days ago, 5 days ago, 11 days ago, "
    "21 days ago, 22 days ago, 50 days ago, 75 days ago, 100 days ago, 101 days ago, 111 days ago",
    "es": "hoy, ayer, hace 2 días, hace 3 días, hace 4 días, hace 5 días, hace 11 días, "
    "hace 21 días, hace 22 días, hace 50 días, hace 75 días, hace 100 días, hace 101 días, "
    "hace 111 días",
    "ru": "сегодня, вчера, 2 дня назад, 3 дня назад, 4 дня назад, 5 дней назад, 11 дней назад, "
    "21 день назад, 22 дня назад, 50 дней назад, 75 дней назад, 100 дней назад, 101 день назад, "
    "111 дней назад",
    "tr": "bugün, dün, 2 gün önce, 3 gün önce, 4 gün önce, 5 gün önce, 11 gün önce, 21 gün önce, "
    "22 gün önce, 50 gün önce, 75 gün önce, 100 gün önce, 101 gün önce, 111 gün önce",
    "ar": "اليوم, أمس, قبل يومين, قبل 3 أيام, قبل 4 أيام, قبل 5 أيام, قبل 11 يومًا, قبل 21 يومًا, "
    "قبل 22 يومًا, قبل 50 يومًا, قبل 75 يومًا, قبل 100 يوم, قبل 101 يوم, قبل 111 يومًا",
}


@EACH
def test_relative_days(tag: str) -> None:
    language = LANGUAGES[tag]

    coming = [relative_days(n, language) for n in NUMBERS]
    gone = [relative_days(-n, language) for n in NUMBERS]

    assert coming == COMING[tag].split(", ")
    assert gone == GONE[tag].split(", ")


PHRASES = {
    "en": [
        "every year on 8 March",
        "now, until 29 November 2026",
        "in October 2024, day not known",
        "Dates in March 2026",
    ],
    "es": [
        "cada año, el 8 de marzo",
        "ahora, hasta el 29 de noviembre de 2026",
        "en octubre de 2024, sin día conocido",
        "Fechas en marzo de 2026",
    ],
    "ru": [
        "ежегодно, 8 марта",
        "сейчас, до 29 ноября 2026 года",
        "октябрь 2024 года, день не известен",
        "Даты: март 2026 года",
    ],
    "tr": [
        "her yıl 8 Mart tarihinde",
        "şu anda sürüyor, son gün: 29 Kasım 2026",
        "Ekim 2024 içinde, günü bilinmiyor",
        "Tarihler: Mart 2026",
    ],
    "ar": [
        "كل عام في 8 آذار/مارس",
        "الآن، حتى 29 تشرين الثاني/نوفمبر 2026",
        "في تشرين الأول/أكتوبر 2024، واليوم غير معروف",
        "مواعيد آذار/مارس 2026",
    ],
}


@EACH
def test_dates_fit_into_the_phrases(tag: str) -> None:
    language, phrases = LANGUAGES[tag], catalog(tag)

    texts = [
        phrases.text("rule_yearly", date=format_yearly(3, 8, language)),
        phrases.text("now_until", date=format_day(date(2026, 11, 29), language)),
        phrases.text("in_month_day_unknown", month=format_month(2024, 10, language)),
        phrases.text("month_title", month=format_month(2026, 3, language)),
    ]

    assert texts == PHRASES[tag]


@EACH
def test_a_year_of_dates_has_latin_digits_and_no_two_alike(tag: str) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]

    texts = [format_day(day, LANGUAGES[tag], weekday=True) for day in days]

    assert len(set(texts)) == 365
    assert {c for text in texts for c in text if c.isdigit()} <= set("0123456789")


@pytest.mark.parametrize("tag", ["en", "es", "ru", "tr"])
def test_isolate_marks_arabic_among_left_to_right_text(tag: str) -> None:
    language = LANGUAGES[tag]

    assert isolate("يوم السلام", language) == "\u2068يوم السلام\u2069"
    assert isolate("Peace / يوم", language) == "\u2068Peace / يوم\u2069"
    assert isolate("International Day of Peace", language) == "International Day of Peace"
    assert isolate("Международный день мира", language) == "Международный день мира"


def test_isolate_marks_latin_and_cyrillic_among_arabic() -> None:
    assert isolate("SolidNet", ARABIC) == "\u2068SolidNet\u2069"
    assert isolate("Мир", ARABIC) == "\u2068Мир\u2069"
    assert isolate("موقع Outlook.com", ARABIC) == "\u2068موقع Outlook.com\u2069"
    assert isolate("يوم السلام", ARABIC) == "يوم السلام"


@EACH
@pytest.mark.parametrize("text", ["", "2026", "4–5", "+90 (232) 1", "…"])
def test_isolate_leaves_text_without_direction_alone(tag: str, text: str) -> None:
    assert isolate(text, LANGUAGES[tag]) == text


def test_hebrew_runs_against_english_and_not_against_arabic() -> None:
    assert isolate("שלום", ENGLISH) == "\u2068שלום\u2069"
    assert isolate("שלום", ARABIC) == "שלום"


def test_sentence_case_raises_the_first_letter_only() -> None:
    assert sentence_case("every year on 8 March", ENGLISH) == "Every year on 8 March"
    assert sentence_case("ежегодно, 8 марта", RUSSIAN) == "Ежегодно, 8 марта"
    assert sentence_case("28 November", ENGLISH) == "28 November"
    assert sentence_case("", ENGLISH) == ""


def test_sentence_case_keeps_the_dot_of_the_turkish_i() -> None:
    assert sentence_case("iki gün sonra", TURKISH) == "İki gün sonra"
    assert sentence_case("ılık", TURKISH) == "Ilık"
    assert sentence_case("in 2 days", ENGLISH) == "In 2 days"
