-- At which ports clients may reach a trusted peer: "5060 5080", empty for the usual one.

ALTER TABLE trusted_peers ADD COLUMN ports TEXT NOT NULL DEFAULT '';
