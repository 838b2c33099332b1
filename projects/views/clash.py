"""Two texts of one section side by side, answer by answer, until the person has chosen."""

from calls.models import FormSection
from common.drafting import Comparison, compare
from projects.content import section_content
from projects.draft import ESTIMATE_PREFIX, FIELD_PREFIX, Draft
from projects.forms.base import SectionForm

_ITEM_KEYS = {ESTIMATE_PREFIX: "lines"}


def compare_section(
    form: SectionForm, read: SectionForm, draft: Draft, section: FormSection
) -> list[Comparison]:
    """Each answer of a bound form, shown as `form` and judged as `read`, beside the stored one."""
    items = {
        item["key"]: item for item in section_content(draft, section, as_written=True)["items"]
    }
    # In the order of the page.
    shown = [part.table.prefix if part.table else part.field.name for part in form.parts()]
    known = set(form.names)
    return compare(
        form,
        read,
        lambda name: items.get(_ITEM_KEYS.get(name, name.removeprefix(FIELD_PREFIX))),
        [name for name in shown if name in known],
    )
