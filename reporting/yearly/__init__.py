"""The yearly budget report: first the figures, then screen, PDF, XLSX and CSV of the same."""
