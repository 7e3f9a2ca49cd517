"""Progress: a bar for a person, lines for a log, nothing for a program."""

import io

import pytest
from rich.console import Console

from pipelines.progress import Reporter


@pytest.fixture
def console():
    return Console(file=io.StringIO(), force_terminal=False, width=100)


def test_a_terminal_gets_a_bar_with_stage_rate_and_time_left():
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    with Reporter(console=console).stage("look at pictures", 40) as stage:
        stage.advance(30)
        stage.advance(10)
    text = console.file.getvalue()
    assert "look at pictures" in text
    assert "40/40" in text
    assert "/s" in text
    assert "0:00:00" in text
    assert "\x1b[" in text, "a bar moves the cursor"


def test_elsewhere_a_stage_is_one_line_at_its_end(console):
    with Reporter(console=console).stage("read", 3) as stage:
        stage.advance(2)
        stage.advance(1)
    (line,) = console.file.getvalue().splitlines()
    assert line.startswith("read: 3/3 (")
    assert line.endswith("/s)")


def test_a_long_stage_says_how_far_it_is_and_how_long_it_will_be(console):
    with Reporter(console=console).stage("measure", 100) as lines:
        lines.started -= 20.0  # twenty seconds ago
        lines.said -= 20.0
        lines.advance(40)
        lines.advance(10)  # too soon to be said
    first, last = console.file.getvalue().splitlines()
    assert first == "measure: 40/100 (2.0/s, 30 s left)"
    assert last.startswith("measure: 50/100 (2.5/s")


def test_what_is_noted_stands_beside_the_count_as_it_is_written(console):
    with Reporter(console=console).stage("read") as lines:
        lines.advance(7)
        lines.said -= 20.0
        lines.note('ebay:"[red]" page 1, 7 listings, waits 12 s')
        lines.note("")
    (line,) = console.file.getvalue().splitlines()
    assert line.endswith('/s) · ebay:"[red]" page 1, 7 listings, waits 12 s'), "no markup of ours"


def test_a_stage_whose_last_word_was_said_is_not_said_twice(console):
    with Reporter(console=console).stage("measure") as lines:
        lines.said -= 20.0
        lines.advance(7)
    (line,) = console.file.getvalue().splitlines()
    assert line.startswith("measure: 7 (")


def test_quiet_says_nothing(console, capsys):
    with Reporter(quiet=True, console=console).stage("read", 1) as stage:
        stage.advance(1)
    assert console.file.getvalue() == ""
    assert capsys.readouterr() == ("", "")


def test_progress_goes_to_standard_error(capsys):
    with Reporter().stage("read", 1) as stage:
        stage.advance(1)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("read: 1/1")


def test_an_error_inside_a_stage_is_not_swallowed(console):
    with pytest.raises(ValueError, match="inside"), Reporter(console=console).stage("read"):
        raise ValueError("inside")
