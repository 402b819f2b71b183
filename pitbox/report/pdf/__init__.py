"""A report as PDF: the same content and the same pictures, set by typst in a child process."""
