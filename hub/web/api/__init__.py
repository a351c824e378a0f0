"""`/api/v1`: what programs may ask and do. Cursor pages, problem details, API keys with scopes."""
