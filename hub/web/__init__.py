"""The front door: REST API, signed hooks, the agents' console, live events. Nothing here decides; it asks the flow."""
