"""Account linking: the hub as an OAuth 2 authorization server for the programs that the operator has named."""
