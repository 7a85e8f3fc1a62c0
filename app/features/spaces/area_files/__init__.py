"""Files of areas: what is in them, what is wrong with them, and what an import would do. Pure: no database, no web.

Read `reading` (bytes to features), then `rows` (features to areas, or reasons why not), then `plan` (areas against those
the city has already). All three collect every problem they find, so that a file is corrected once and not five times.
"""
