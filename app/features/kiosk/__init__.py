"""Kiosk: the large layout of the same pages with an idle reset."""
