"""Voting for staff: the desk (`desk`, `lookup`, `contests`), who votes (`setup`, `roll`, `letters`), the box (`box`), counting
(`committee`, `draws`), and what is published of a count (`publication`)."""

from app.features.voting.manage_routes import (
    box,
    committee,
    contests,
    desk,
    draws,
    letters,
    lookup,
    publication,
    roll,
    setup,
)

blueprints = [
    desk.bp,
    committee.bp,
    roll.bp,
    setup.bp,
    letters.bp,
    lookup.bp,
    contests.desk,
    contests.bp,
    box.bp,
    draws.bp,
    publication.bp,
]
