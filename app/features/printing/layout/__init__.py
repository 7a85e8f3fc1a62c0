"""What stands where on a form: one object that the printer draws and the reader reads. Pure: no database, no web.

Everything is in millimetres from the upper left corner of the page, whichever way the language is written.
"""
