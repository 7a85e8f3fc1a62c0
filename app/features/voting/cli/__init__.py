"""Commands: `flask budgets …` brings real elections in (`budgets`); `flask voting …` is the vote (`roll`, `codes`,
`work`)."""

from app.features.voting.cli import budgets, codes, roll, work

roll.cli.add_command(codes.codes)
roll.cli.add_command(work.go_on)
clis = [budgets.cli, roll.cli]
