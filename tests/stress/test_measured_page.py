"""New results replace the earlier ones on the page, and nothing else."""

from stress.measured_page import PAGE, write_between

BEGIN, END = "<!-- load -->", "<!-- /load -->"


def test_repeated_write_replaces_only_the_part_between_the_markers(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    for _ in range(2):
        write_between(BEGIN, END, "new", page)
    assert page.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def test_page_has_the_markers_of_each_program_once():
    text = PAGE.read_text()
    for begin, end in ((BEGIN, END), ("<!-- faults: begin -->", "<!-- faults: end -->")):
        assert (text.count(begin), text.count(end)) == (1, 1)
