"""Commands: `flask budgets …` brings real elections in (`budgets`); `flask voting …` is the vote (`roll`, `codes`)."""

from app.features.voting.cli import budgets, codes, roll

roll.cli.add_command(codes.codes)
clis = [budgets.cli, roll.cli]
