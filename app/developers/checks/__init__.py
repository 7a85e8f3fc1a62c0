"""`make check`: what must hold before a change is offered, all of it in one go."""
