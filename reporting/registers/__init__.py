"""What goes to registers outside: the Subsidieregister, 360Giving, and the check on doubles."""
