"""The five languages: what each one calls itself, its direction, its days and months, and how it
joins them into a date. A language is added here and in ``locale/``, nowhere else.

The names stand here and are not taken from CLDR, so that generated dates agree with the written
texts (Arabic months carry both names) and stay the same when CLDR changes. Digits are Latin in
all five.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

MONDAY, FRIDAY, SATURDAY, SUNDAY = 0, 4, 5, 6


@dataclass(frozen=True, slots=True)
class DatePatterns:
    """How a language joins the parts of a date; the parts come in the form they need there."""

    day_month: str = "{day} {month}"
    with_year: str = "{date} {year}"
    with_weekday: str = "{weekday}, {date}"
    month_title: str = "{month} {year}"
    year: str = "{year}"
    between: str = " – "


@dataclass(frozen=True, slots=True)
class Language:
    """One language. Weekdays count from Monday = 0; names stand as inside a sentence."""

    tag: str  # BCP 47
    endonym: str
    direction: str  # ltr or rtl, as in HTML
    locale: str  # CLDR
    territory: str  # ISO 3166-1, for what insists on one; the likely one of CLDR, but for English
    months: tuple[str, ...]  # standing alone
    months_in_date: tuple[str, ...]  # after the day
    weekdays: tuple[str, ...]
    weekdays_short: tuple[str, ...]
    weekdays_narrow: tuple[str, ...]
    patterns: DatePatterns
    first_weekday: int = MONDAY
    weekend: frozenset[int] = frozenset({SATURDAY, SUNDAY})


def _names(line: str) -> tuple[str, ...]:
    return tuple(line.split(", "))


_ENGLISH_MONTHS = _names(
    "January, February, March, April, May, June, July, August, September, October, November, "
    "December"
)
_SPANISH_MONTHS = _names(
    "enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre, octubre, noviembre, "
    "diciembre"
)
_RUSSIAN_MONTHS = _names(
    "январь, февраль, март, апрель, май, июнь, июль, август, сентябрь, октябрь, ноябрь, декабрь"
)
_RUSSIAN_MONTHS_IN_DATE = _names(
    "января, февраля, марта, апреля, мая, июня, июля, августа, сентября, октября, ноября, декабря"
)
_TURKISH_MONTHS = _names(
    "Ocak, Şubat, Mart, Nisan, Mayıs, Haziran, Temmuz, Ağustos, Eylül, Ekim, Kasım, Aralık"
)
_ARABIC_MONTHS = _names(
    "كانون الثاني/يناير, شباط/فبراير, آذار/مارس, نيسان/أبريل, أيار/مايو, حزيران/يونيو, "
    "تموز/يوليو, آب/أغسطس, أيلول/سبتمبر, تشرين الأول/أكتوبر, تشرين الثاني/نوفمبر, "
    "كانون الأول/ديسمبر"
)
_ARABIC_WEEKDAYS = _names("الاثنين, الثلاثاء, الأربعاء, الخميس, الجمعة, السبت, الأحد")

ENGLISH = Language(
    tag="en",
    endonym="English",
    direction="ltr",
    locale="en_GB",
    territory="GB",
    months=_ENGLISH_MONTHS,
    months_in_date=_ENGLISH_MONTHS,
    weekdays=_names("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday, Sunday"),
    weekdays_short=_names("Mon, Tue, Wed, Thu, Fri, Sat, Sun"),
    weekdays_narrow=tuple("MTWTFSS"),
    patterns=DatePatterns(),
)
SPANISH = Language(
    tag="es",
    endonym="Español",
    direction="ltr",
    locale="es",
    territory="ES",
    months=_SPANISH_MONTHS,
    months_in_date=_SPANISH_MONTHS,
    weekdays=_names("lunes, martes, miércoles, jueves, viernes, sábado, domingo"),
    weekdays_short=_names("lun, mar, mié, jue, vie, sáb, dom"),
    weekdays_narrow=tuple("LMXJVSD"),
    patterns=DatePatterns(
        day_month="{day} de {month}",
        with_year="{date} de {year}",
        month_title="{month} de {year}",
    ),
)
RUSSIAN = Language(
    tag="ru",
    endonym="Русский",
    direction="ltr",
    locale="ru",
    territory="RU",
    months=_RUSSIAN_MONTHS,
    months_in_date=_RUSSIAN_MONTHS_IN_DATE,
    weekdays=_names("понедельник, вторник, среда, четверг, пятница, суббота, воскресенье"),
    weekdays_short=_names("пн, вт, ср, чт, пт, сб, вс"),
    weekdays_narrow=tuple("ПВСЧПСВ"),
    patterns=DatePatterns(with_year="{date} {year} года", year="{year} год", between=" — "),
)
TURKISH = Language(
    tag="tr",
    endonym="Türkçe",
    direction="ltr",
    locale="tr",
    territory="TR",
    months=_TURKISH_MONTHS,
    months_in_date=_TURKISH_MONTHS,
    weekdays=_names("Pazartesi, Salı, Çarşamba, Perşembe, Cuma, Cumartesi, Pazar"),
    weekdays_short=_names("Pzt, Sal, Çar, Per, Cum, Cmt, Paz"),
    weekdays_narrow=tuple("PSÇPCCP"),
    patterns=DatePatterns(with_weekday="{date} {weekday}", between="–"),
)
ARABIC = Language(
    tag="ar",
    endonym="العربية",
    direction="rtl",
    locale="ar",
    territory="EG",
    months=_ARABIC_MONTHS,
    months_in_date=_ARABIC_MONTHS,
    weekdays=_ARABIC_WEEKDAYS,
    weekdays_short=_ARABIC_WEEKDAYS,  # Arabic does not shorten them
    weekdays_narrow=tuple("نثرخجسح"),
    patterns=DatePatterns(with_weekday="{weekday}، {date}", year="عام {year}"),
    first_weekday=SATURDAY,
    weekend=frozenset({FRIDAY, SATURDAY}),
)

# In the order in which they are offered; keyed by tag.
LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {language.tag: language for language in (ENGLISH, SPANISH, RUSSIAN, TURKISH, ARABIC)}
)
