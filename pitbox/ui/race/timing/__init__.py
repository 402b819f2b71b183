"""The timing table: cells as pure values, a model that changes by rows, a view that paints rows."""
