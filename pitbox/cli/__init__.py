"""The commands: each composes what it needs, prints, and ends with a code that a script can use."""
