"""Models on races that are over: adapters to what others recorded, and judges. No product code reads this."""
