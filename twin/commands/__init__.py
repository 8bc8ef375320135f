"""The commands by topic: options and help; each imports what it needs when it runs, the work is done elsewhere."""
