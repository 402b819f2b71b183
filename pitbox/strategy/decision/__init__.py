"""What to do: choices within the rules, priced by whole races, as calls that a team can answer.

`answer` holds the nouns that windows, commands and the log share.
"""
