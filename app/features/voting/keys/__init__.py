"""The keys of a vote, in files outside the database, and what the database remembers of them."""
