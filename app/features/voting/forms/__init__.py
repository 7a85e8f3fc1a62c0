"""What people type here: voters and clerks (`ballot`), staff about voters (`voters`)."""
