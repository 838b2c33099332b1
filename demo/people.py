"""The demo accounts by their role in the story."""

from dataclasses import dataclass

from accounts.models import User
from accounts.services.demo import ensure_demo_accounts


@dataclass(frozen=True)
class Cast:
    """Invented people; each holds one staff role."""

    team: User
    second_team: User
    leader: User
    second_leader: User
    adviser: User
    second_adviser: User
    third_adviser: User
    fourth_adviser: User
    manager: User
    secretary: User
    submitter: User
    editor: User
    hospital: User

    @property
    def advisers(self) -> tuple[User, User]:
        return (self.adviser, self.second_adviser)

    @property
    def readers(self) -> tuple[User, User]:
        """Advisers who read along in files of the others."""
        return (self.third_adviser, self.fourth_adviser)


def gather() -> Cast:
    people = {user.email: user for user in ensure_demo_accounts()}
    return Cast(
        team=people["teamlid@pio.example"],
        second_team=people["teamlid2@pio.example"],
        leader=people["projectleider@pio.example"],
        second_leader=people["projectleider2@pio.example"],
        adviser=people["adviseur@pio.example"],
        second_adviser=people["adviseur2@pio.example"],
        third_adviser=people["adviseur3@pio.example"],
        fourth_adviser=people["adviseur4@pio.example"],
        manager=people["manager@pio.example"],
        secretary=people["secretaris@pio.example"],
        submitter=people["indiener@voorbeeldegem.example"],
        editor=people["bewerker@voorbeeldegem.example"],
        hospital=people["indiener@deproef.example"],
    )
