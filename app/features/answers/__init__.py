"""Official answers: the city's reply to a proposal, with status, reasons, cost and date."""
