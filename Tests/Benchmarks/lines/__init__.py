"""One module for each line of the table: `run(bench)` measures and returns its rows."""
