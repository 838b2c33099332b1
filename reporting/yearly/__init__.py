"""The yearly budget report: first the figures, then screen, PDF, XLSX, CSV and JSON of the same.

A module per family of tables holds its rows, how they are built, and its section
(docs/how-to-add-a-table-to-the-yearly-report.md).
"""
