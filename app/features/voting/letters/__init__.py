"""Codes by letter: what a code looks like, the letters as PDF, and the print files outside the database."""
