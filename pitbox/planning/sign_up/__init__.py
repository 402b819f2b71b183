"""Sign-ups out of the CSV files that other planners, spreadsheets and forms export."""
