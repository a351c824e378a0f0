"""The command line: `beforehand`. Each command says what it did, or what to do next."""
