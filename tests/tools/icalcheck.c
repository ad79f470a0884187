/* Says what libical makes of a calendar file, as JSON on standard output.
 *
 *   icalcheck FILE FROM TO      lists the occurrences that start on FROM or later and before TO
 *
 * Only DTSTART, DTEND or DURATION, and RRULE are read: our feeds have no RDATE and no EXDATE.
 */
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY 86400

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = calloc(size + 1, 1);
    if (!text || fread(text, 1, size, file) != (size_t)size) {
        perror(path);
        exit(2);
    }
    fclose(file);
    return text;
}

static void print_string(const char *text)
{
    putchar('"');
    for (; text && *text; text++) {
        unsigned char c = *text;
        if (c == '"' || c == '\\')
            printf("\\%c", c);
        else if (c < 0x20)
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

static const char *separator(int *printed)
{
    return (*printed)++ ? ", " : "";
}

static void print_complaints(icalcomponent *component, int *printed)
{
    for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY); p;
         p = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
        printf("%s", separator(printed));
        print_string(icalproperty_get_xlicerror(p));
    }
    for (icalcomponent *c = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); c;
         c = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        print_complaints(c, printed);
}

static void format_day(struct icaltimetype time, char day[16])
{
    snprintf(day, 16, "%04d-%02d-%02d", time.year, time.month, time.day);
}

static void print_occurrence(const char *uid, struct icaltimetype start, int days,
                             const char *from, int *printed)
{
    char first[16], end[16];
    format_day(start, first);
    if (strcmp(first, from) < 0)
        return;
    icaltime_adjust(&start, days, 0, 0, 0);
    format_day(start, end);
    printf("%s{\"uid\": ", separator(printed));
    print_string(uid);
    printf(", \"start\": \"%s\", \"end\": \"%s\"}", first, end);
}

static void print_event(icalcomponent *event, const char *from, const char *to, int *printed)
{
    const char *uid = icalcomponent_get_uid(event);
    struct icaltimetype start = icalcomponent_get_dtstart(event);
    struct icaltimetype end = icalcomponent_get_dtend(event);
    int days = icaltime_is_null_time(end)
                   ? 1
                   : (int)((icaltime_as_timet(end) - icaltime_as_timet(start)) / DAY);
    icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
    char day[16];

    if (!rule) {
        format_day(start, day);
        if (strcmp(day, to) < 0)
            print_occurrence(uid, start, days, from, printed);
        return;
    }
    icalrecur_iterator *iterator = icalrecur_iterator_new(icalproperty_get_rrule(rule), start);
    if (!iterator)
        return;
    for (struct icaltimetype next = icalrecur_iterator_next(iterator);
         !icaltime_is_null_time(next); next = icalrecur_iterator_next(iterator)) {
        format_day(next, day);
        if (strcmp(day, to) >= 0)
            break;
        print_occurrence(uid, next, days, from, printed);
    }
    icalrecur_iterator_free(iterator);
}

int main(int count, char **arguments)
{
    if (count != 4) {
        fprintf(stderr, "usage: icalcheck FILE FROM TO\n");
        return 2;
    }
    icalerror_set_errors_are_fatal(0);
    char *text = read_file(arguments[1]);
    icalcomponent *calendar = icalparser_parse_string(text);
    if (!calendar || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT) {
        fprintf(stderr, "%s: not exactly one VCALENDAR\n", arguments[1]);
        return 2;
    }

    /* Counted first: the restriction check adds its complaints to the same properties. */
    printf("{\"errors\": %d", icalcomponent_count_errors(calendar));
    printf(", \"restrictions\": %s", icalrestriction_check(calendar) ? "true" : "false");
    int printed = 0;
    printf(", \"complaints\": [");
    print_complaints(calendar, &printed);
    printed = 0;
    printf("], \"events\": [");
    for (icalcomponent *c = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); c;
         c = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        print_event(c, arguments[2], arguments[3], &printed);
    printf("]}\n");

    icalcomponent_free(calendar);
    free(text);
    return 0;
}
