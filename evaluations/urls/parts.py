"""What the addresses have in common."""

FILE = "beheer/dossiers/<str:reference>/"
