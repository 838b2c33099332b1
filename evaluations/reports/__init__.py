"""The figures of the evaluation: first figures, then screen, XLSX and CSV of the same tables."""
