from __future__ import annotations

import multiprocessing

from turnstile.scenario.processes.board import Board

CONTEXT = multiprocessing.get_context("spawn")


def everything(board, index):
    """All that is taken of a file, few at a time."""
    return list(iter(lambda: board.cases(index), None))


def test_each_case_is_taken_once():
    """In pieces that grow smaller, so that nobody is left with much at the end."""
    board = Board(CONTEXT, 1, 4)
    assert board.file() == 0
    assert board.opened(0, 100)
    taken = everything(board, 0)
    assert [case for first, last in taken for case in range(first, last)] == list(range(100))
    sizes = [last - first for first, last in taken]
    assert (sizes[0], sizes[-1], sorted(sizes, reverse=True)) == (6, 1, sizes)


def test_files_that_nobody_has_opened_come_first():
    """Then those with many cases left; a few are not worth reading the file once more."""
    board = Board(CONTEXT, 3, 2)
    assert [board.file(), board.file(), board.file(), board.file()] == [0, 1, 2, None]
    assert board.expected
    for index, count in enumerate((7, 30, 20)):
        board.opened(index, count)
    assert (board.expected, board.file()) == (False, 1)
    everything(board, 1)
    everything(board, 2)
    assert board.file() is None


def test_what_every_process_has_open_is_worked_on_to_the_end():
    """A single case is worth it, where the file need not be read."""
    board = Board(CONTEXT, 3, 2, done=1)
    board.begun(1, 4, 5)
    assert (board.file(), board.cases(1)) == (1, (4, 5))
    assert (board.file(), board.file()) == (2, None)


def test_a_file_that_was_begun_elsewhere_is_gone_on_with():
    """Who cannot have it from its parent reads it, and begins where that ended."""
    board = Board(CONTEXT, 1, 1)
    board.begun(0, 2, None)
    assert (board.file(), board.opened(0, 3), board.cases(0), board.cases(0)) == (0, True, (2, 3), None)


def test_who_comes_second_tells_no_news():
    """The first that opened a file has said how many cases it has."""
    board = Board(CONTEXT, 1, 2)
    assert (board.opened(0, 3), board.opened(0, 3)) == (True, False)
