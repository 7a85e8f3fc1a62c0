"""GovStack's Consent Building Block 1.1: `config` writes, `service` records, `audit` reads. `schemas`, `shapes`: its words."""
