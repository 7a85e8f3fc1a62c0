"""People and staff: accounts, signing in by password or by a link, second factor, roles per process."""
