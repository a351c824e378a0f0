"""Where every adapter is chosen and wired, once, from the settings. The only place that knows them all."""
