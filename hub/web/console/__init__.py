"""The console: where agents work. Server-rendered pages, live by server-sent events, keyboard first."""
