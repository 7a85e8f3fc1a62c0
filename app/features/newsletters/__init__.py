"""Newsletters: letters of the city to those who said yes to them, and to nobody else, at the moment each letter leaves."""
