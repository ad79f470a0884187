"""Faults say where they are and what to do."""

from __future__ import annotations

from calendar_app.core.errors import CalendarError, DataError, Fault


def test_a_fault_names_file_line_entry_field_and_remedy() -> None:
    fault = Fault("events.yaml", 112, "may-day", "summary.ar", "control character", "remove it")

    assert str(fault) == "events.yaml:112: may-day: summary.ar: control character; remove it"


def test_a_fault_of_a_whole_file_names_no_line() -> None:
    assert (
        str(Fault("events.yaml", 0, "", "", "empty", "write it")) == "events.yaml: empty; write it"
    )


def test_all_faults_come_together_in_order_and_once() -> None:
    later = Fault("events.yaml", 10, "b", "", "wrong", "mend it")
    earlier = Fault("events.yaml", 9, "a", "", "wrong", "mend it")

    error = DataError([later, earlier, later])

    assert error.faults == (earlier, later)
    assert str(error) == f"{earlier}\n{later}"
    assert isinstance(error, CalendarError)
