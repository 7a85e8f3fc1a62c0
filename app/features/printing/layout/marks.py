"""The four corner marks: numbers 0 to 3 of ArUco's dictionary of 5×5 cells, with their black border. Pure.

A test compares them with what OpenCV draws, so that printing needs no OpenCV.
"""

_DRAWN = (
    ("#######", "#.#.###", "##.#..#", "##..###", "#.#.#.#", "#...###", "#######"),
    ("#######", "#####.#", "#..####", "#####.#", "#.#...#", "###..##", "#######"),
    ("#######", "#..#.##", "#....##", "####..#", "#.#..##", "#...#.#", "#######"),
    ("#######", "#.#####", "###...#", "###.#.#", "##....#", "#.#...#", "#######"),
)
MARKS = [[[1 if cell == "." else 0 for cell in row] for row in mark] for mark in _DRAWN]
"""Of each mark its rows of seven cells; 1 is white."""
