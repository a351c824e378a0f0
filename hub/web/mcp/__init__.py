"""The door for assistants that bring their own words: the guided fixes as tools of the Model Context Protocol."""
