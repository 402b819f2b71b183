"""The Strategy page: what each choice is worth, and what comes of another one. It works nothing out."""
