"""`python -m app.features.voting.box …`: the ceremonies without any configuration of Plaza."""

import click

from app.features.voting.box.ceremony import COMMANDS


@click.group(help="The key of a vote: make it, rehearse, open the box. Needs no network and no database.")
def main() -> None:
    """The commands below."""


for command in COMMANDS:
    main.add_command(command)

if __name__ == "__main__":
    main(prog_name="python -m app.features.voting.box")
