"""Forms around lists of files."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import PortalForm
from evaluations.filters import SearchField, give_rights
from evaluations.listing import ORDER_LABELS
from evaluations.models import SavedView
from evaluations.policies import may_see_all_files
from evaluations.selectors.lists import OVERVIEW_ORDERS


class SavedViewForm(PortalForm):
    """The name, the words and what happens with them."""

    name = forms.CharField(label=_("Naam"), max_length=80)
    words = SearchField(
        label=_("Zoekwoorden"),
        required=False,
        help_text=_("Bijvoorbeeld voor:mij of laat:ja. Leeg: alle dossiers die u ziet."),
    )
    sort = forms.ChoiceField(label=_("Volgorde"), required=False)
    mailing = forms.ChoiceField(
        label=_("Mail mij de lijst"),
        choices=SavedView.Mailing,
        initial=SavedView.Mailing.NEVER,
        help_text=_("Alleen op werkdagen, en alleen als er dossiers in de lijst staan."),
    )
    is_shared = forms.BooleanField(
        label=_("Collega's die alle dossiers zien, zien deze weergave ook"), required=False
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        give_rights(self, user, "words")
        overview = may_see_all_files.test(user, None)
        self.fields["sort"].choices = [  # type: ignore[attr-defined]
            ("", _("Wat het eerst klaar moet zijn, eerst")),
            *(
                (f"{sign}{name}", f"{label} ({direction})")
                for name, label in ORDER_LABELS.items()
                if overview or name not in OVERVIEW_ORDERS
                for sign, direction in (("", _("van laag naar hoog")), ("-", _("omgekeerd")))
            ),
        ]
        if not overview:
            del self.fields["is_shared"]

    def settings(self) -> dict[str, Any]:
        """What `save_view` takes; the words as they were typed."""
        return {**self.cleaned_data, "words": self.data.get("words", "")}
