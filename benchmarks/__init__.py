"""What the portal takes under load: targets of the Makefile; figures in docs/benchmarks.md."""
