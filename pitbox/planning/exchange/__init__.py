"""A plan on its way out and in: CSV, JSON, iCalendar, one page to share. Bytes in and out, no files."""
