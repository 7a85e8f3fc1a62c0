"""What people and stewards type here: answers (`answers`), agreements and recipients (`agreements`)."""
