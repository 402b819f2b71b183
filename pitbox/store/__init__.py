"""The log as tables: an embedded DuckDB that can be thrown away and made again at any time.

`rows` and `facts` project, `projector` leads them, `rebuild` begins anew, `clerk` is the one thread that
writes, `query` asks. Below: `log` (what is read) and `timing` (the folds). Nothing here is the only copy
of anything, and nobody else imports duckdb or pyarrow.
"""
