"""After the race: the plan against what was driven, and what each difference cost. Pure."""
