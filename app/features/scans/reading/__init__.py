"""The reading itself: files to pages, pages to marks, codes, circles and crops. Pure: no database, no web.

OpenCV, NumPy, zxing-cpp and pypdfium2 are imported here and nowhere else, and only when something is read.
"""
