"""The GDPR API that Helsinki's profile speaks: what is kept about a person as a tree, and erasing it."""
