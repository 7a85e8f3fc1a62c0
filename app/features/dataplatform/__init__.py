"""The data platform: data sets, disclosure control, releases."""
