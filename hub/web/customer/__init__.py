"""The customer's own page, `/p/{token}`: one case, in plain words, with everything that a person may want to do about it."""
