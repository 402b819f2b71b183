"""How pace changes over a stint: fuel, tyres and traffic taken apart, each with its interval."""
