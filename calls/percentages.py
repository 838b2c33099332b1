"""What a percentage field accepts."""

from django.core.validators import MaxValueValidator, MinValueValidator

PERCENTAGE = [MinValueValidator(0), MaxValueValidator(100)]
