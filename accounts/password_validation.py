"""What a password must be; Django 5.2 has no Dutch words for the length."""

from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class PassphraseLengthValidator(MinimumLengthValidator):
    """At least so many characters; a sentence of a few words is fine."""

    def get_error_message(self) -> Any:
        return _("Dit wachtwoord is te kort. Kies minstens %(length)d tekens.") % {
            "length": self.min_length
        }

    def get_help_text(self) -> Any:
        return _(
            "Minstens %(length)d tekens. Kies iets dat niemand raadt; "
            "een zin van enkele woorden mag."
        ) % {"length": self.min_length}
