"""The log of an invocation is complete also where its lines arrive late, and has none of the next invocation."""

import queue
import threading
import time

from sandbox.emulator.lambda_.log_end import END, lines_until_end


def filled(*lines):
    waiting = queue.Queue()
    for line in lines:
        waiting.put(line)
    return waiting


def test_line_that_arrives_late_is_in_the_log():
    waiting = queue.Queue()
    threading.Thread(target=lambda: (time.sleep(0.2), waiting.put("late"), waiting.put(END))).start()
    assert lines_until_end(waiting, 30) == ["late"]


def test_log_of_a_silent_function_is_empty_without_a_wait():
    assert lines_until_end(filled(END), 30) == []


def test_last_line_without_a_line_break_is_kept():
    assert lines_until_end(filled("first", f"no line break{END}"), 30) == ["first", "no line break"]


def test_lines_of_the_next_invocation_remain():
    waiting = filled("own", END, "next", END)
    assert (lines_until_end(waiting, 30), lines_until_end(waiting, 30)) == (["own"], ["next"])


def test_log_without_an_end_is_what_has_arrived():
    assert lines_until_end(filled("one", "two"), 0.01) == ["one", "two"]
