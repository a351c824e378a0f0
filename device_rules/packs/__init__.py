"""Rule packs: one folder per model with its rules, its plays and a page about them. Data, no code."""
