"""Scores in a spreadsheet: out, filled in, and back with a preview before anything is stored."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import StaffRole
from audit.models import AuditEvent
from evaluations import services
from evaluations.models import ConflictKind, ConflictOfInterest, Score, ScoreUpload
from evaluations.score_sheet import EXCLUSIONS, NEEDED, SHEET, score_workbook, split_key
from evaluations.selectors.offline import Fate, JudgedRow, judge_rows, open_forms
from evaluations.services import ScoreEntry
from evaluations.services.score_uploads import (
    ChoiceMissing,
    apply_score_upload,
    keep_score_upload,
)
from evaluations.services.scores import ExclusionEntry
from tests.evaluations.factories import Case, staff

pytestmark = pytest.mark.django_db

LONG = "De aanpak is helder en gefaseerd, met een eigen budget en een ervaren team erachter. " * 2
Cell = Callable[[int, str], Any]


def sheet_of(user: User) -> Any:
    """The workbook as the person opens it."""
    return openpyxl.load_workbook(io.BytesIO(score_workbook(open_forms(user))))


def sent(book: Any) -> SimpleUploadedFile:
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("scores.xlsx", target.getvalue())


def fill(book: Any, row: int, *, sheet: str = SHEET, **values: Any) -> None:
    """Write in a row; `score` and so on by the label in lower case."""
    page = book[sheet]
    labels = [cell.value.lower() for cell in page[1]]
    for name, value in values.items():
        page.cell(row, labels.index(name) + 1, value)


def kept(case: Case, book: Any) -> ScoreUpload:
    return keep_score_upload(uploaded=sent(book), by=case.adviser)


def judged(case: Case, book: Any, sheet: str = SHEET) -> list[JudgedRow]:
    """Of one of the sheets."""
    rows = judge_rows(case.adviser, kept(case, book).rows)
    return [row for row in rows if row.sheet == sheet]


def stored(case: Case) -> dict[int, tuple[Decimal | None, str]]:
    return {
        score.criterion.position: (score.value, score.motivation)
        for score in Score.objects.filter(evaluation=case.evaluation).select_related("criterion")
    }


def in_portal(case: Case, position: int, value: str, motivation: str) -> None:
    criterion = case.proposal.call.criteria.get(position=position)
    services.save_scores(
        evaluation=case.evaluation,
        by=case.adviser,
        version=case.evaluation.version,
        entries={criterion.pk: ScoreEntry(Decimal(value), motivation)},
    )


class TestTheSpreadsheet:
    def test_a_row_per_open_file_and_criterion_with_what_was_filled_in(self) -> None:
        case = Case().accepted()
        in_portal(case, 1, "3.5", "Past goed.")
        Case(adviser=case.adviser).scored()  # final: no open form
        Case().accepted()  # of somebody else
        book = sheet_of(case.adviser)
        page = book[SHEET]
        assert book.sheetnames == [SHEET, EXCLUSIONS, "Uitleg", "Lijsten"]
        header, first, *others = list(page.values)
        criteria = list(case.proposal.call.criteria.all())
        assert set(NEEDED[SHEET]) <= set(header)
        assert first[:4] == (
            case.proposal.reference,
            case.proposal.title,
            criteria[0].title,
            criteria[0].weight,
        )
        assert first[5:8] == (
            "0 · 0,5 · 1 · 1,5 · 2 · 2,5 · 3 · 3,5 · 4 · 4,5 · 5",
            3.5,
            "Past goed.",
        )
        assert split_key(first[8]) == (case.evaluation.pk, criteria[0].pk)
        assert [row[2] for row in others] == [criterion.title for criterion in criteria[1:]]
        assert [row[6] for row in others] == [None] * (len(criteria) - 1)

    def test_only_score_and_motivation_are_open_and_the_key_is_hidden(self) -> None:
        page = sheet_of(Case().accepted().adviser)[SHEET]
        assert page.protection.sheet
        assert [cell.protection.locked for cell in page[2]] == [True] * 6 + [False] * 2 + [True] * 2
        assert [page.column_dimensions[letter].hidden for letter in "GHI"] == [False, False, True]
        first = page.data_validations.dataValidation[0]
        assert (str(first.sqref), first.formula1) == ("G2", "Lijsten!$A$1:$A$11")

    def test_it_opens_no_formula_from_the_text_of_an_applicant(self) -> None:
        case = Case().accepted()
        type(case.proposal).objects.filter(pk=case.proposal.pk).update(title="=HYPERLINK(1)")
        cell = sheet_of(case.adviser)[SHEET]["B2"]
        assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")

    def test_the_same_number_of_queries_for_three_files_and_for_one(self) -> None:
        case = Case().accepted()
        counts = []
        for extra in (0, 2):
            for _n in range(extra):
                Case(adviser=case.adviser).accepted()
            with CaptureQueriesContext(
                connection,
            ) as queries:
                book = sheet_of(case.adviser)
            rows = kept(case, book).rows
            with CaptureQueriesContext(connection) as judging:
                judge_rows(case.adviser, rows)
            counts.append((len(queries), len(judging)))
        assert counts[0] == counts[1]


class TestJudging:
    def test_an_untouched_file_changes_nothing(self) -> None:
        case = Case().accepted()
        in_portal(case, 1, "3.5", "Eerste regel.\r\nTweede regel. ")
        assert {row.fate for row in judged(case, sheet_of(case.adviser))} == {Fate.UNCHANGED}

    def test_new_changed_and_too_short(self) -> None:
        case = Case().accepted()
        in_portal(case, 1, "3.5", "Past goed.")
        book = sheet_of(case.adviser)
        fill(book, 2, score="4,0", motivering=LONG)
        fill(book, 3, score=1, motivering="Zwak.")
        first, second, third = judged(case, book)
        assert (first.fate, first.value, first.stored_value) == (
            Fate.CHANGED,
            Decimal(4),
            Decimal("3.5"),
        )
        assert (first.remarks, first.text) == ([], LONG.strip())
        assert (second.fate, second.value) == (Fate.NEW, Decimal(1))
        assert second.remarks == [
            "De motivering is te kort om definitief te maken: minstens 100 tekens."
        ]
        assert third.fate == Fate.UNCHANGED

    def test_a_row_changed_on_both_sides_clashes_and_the_others_do_not(self) -> None:
        case = Case().accepted()
        book = sheet_of(case.adviser)
        in_portal(case, 1, "2.0", "In het portaal.")
        in_portal(case, 2, "3.0", "Alleen in het portaal.")
        fill(book, 2, score=5, motivering="In het bestand.")
        fill(book, 4, score=4, motivering="Alleen in het bestand.")
        first, second, third = judged(case, book)
        assert (first.fate, first.stored_text, first.text) == (
            Fate.CLASH,
            "In het portaal.",
            "In het bestand.",
        )
        assert (second.fate, second.reason) == (
            Fate.UNCHANGED,
            "U wijzigde deze rij niet; wat nu in het portaal staat, blijft.",
        )
        assert third.fate == Fate.NEW

    @pytest.mark.parametrize(
        ("values", "reason"),
        [
            ({"score": 7}, "“7” is geen mogelijke score. Kies uit 0 · 0,5 · 1"),
            ({"score": 3.3}, "“3.3” is geen mogelijke score."),
            ({"score": "goed"}, "“goed” is geen mogelijke score."),
            ({"score": "1e999999999"}, "“1e999999999” is geen mogelijke score."),
            ({"score": True}, "“True” is geen mogelijke score."),
            ({"score": "=2+2"}, "In de kolom “Score” staat een formule."),
            ({"motivering": "x" * 4001}, "De motivering heeft 4.001 tekens; hoogstens 4.000"),
            ({"sleutel": ""}, "De verborgen sleutel van deze rij ontbreekt."),
            ({"sleutel": "9999999-1"}, "Dit dossier staat niet bij uw dossiers."),
            ({"dossier": "PIO-1-1"}, "Het dossiernummer past niet bij de verborgen sleutel."),
        ],
    )
    def test_what_can_not_be_is_refused_with_a_sentence(
        self, values: dict[str, Any], reason: str
    ) -> None:
        case = Case().accepted()
        book = sheet_of(case.adviser)
        fill(book, 3, **values)
        rows = judged(case, book)
        assert [row.fate for row in rows] == [Fate.UNCHANGED, Fate.REFUSED, Fate.UNCHANGED]
        assert rows[1].row == 3
        assert rows[1].reason.startswith(reason)

    def test_the_same_row_twice_is_refused_twice(self) -> None:
        case = Case().accepted()
        book = sheet_of(case.adviser)
        book[SHEET].append([cell.value for cell in book[SHEET][2]])
        rows = judged(case, book)
        assert [row.reason for row in rows if row.fate == Fate.REFUSED] == [
            "De rijen 2, 5 gaan over hetzelfde criterium van hetzelfde dossier. Laat er één."
        ] * 2

    def test_a_criterion_of_another_call_is_refused(self) -> None:
        case, other = Case().accepted(), Case().accepted()
        book = sheet_of(case.adviser)
        foreign = other.proposal.call.criteria.first()
        assert foreign is not None
        fill(book, 2, sleutel=f"{case.evaluation.pk}-{foreign.pk}")
        assert judged(case, book)[0].reason == (
            "Dit criterium staat niet in de oproep van dit dossier."
        )

    def test_a_file_of_a_colleague_is_not_looked_up(self) -> None:
        case, other = Case().accepted(), Case().accepted()
        in_portal(other, 1, "2.0", "GEHEIM")
        upload = keep_score_upload(uploaded=sent(sheet_of(other.adviser)), by=case.adviser)
        for row in judge_rows(case.adviser, upload.rows):
            assert (row.reason, row.stored_value, row.stored_text) == (
                "Dit dossier staat niet bij uw dossiers.",
                None,
                "",
            )

    def test_a_conflict_a_final_score_and_a_file_that_moved_on(self) -> None:
        reasons = []
        for happens in (_conflict_found, _recused, _final, _revoked):
            case = Case().accepted()
            book = sheet_of(case.adviser)
            happens(case)
            rows = judged(case, book)
            assert {row.stored_text for row in rows} == {""}
            reasons.append({row.reason for row in rows})
        assert reasons == [
            {"U hebt een belangenconflict met dit dossier."},
            {"U hebt een belangenconflict met dit dossier."},
            {"Uw scores voor dit dossier zijn al definitief."},
            {"Dit dossier staat niet meer bij uw dossiers."},
        ]

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            (lambda book: setattr(book[SHEET], "title", "Anders"), "Het blad “Scores” ontbreekt."),
            (
                lambda book: book[SHEET].delete_cols(7, 2),
                "Op de eerste rij van het blad “Scores” ontbreken deze kolommen: “Score”, “Motiv",
            ),
            (
                lambda book: book[EXCLUSIONS].delete_cols(5, 1),
                "Op de eerste rij van het blad “Uitsluiting” ontbreken deze kolommen: “Voldaan”.",
            ),
            (lambda book: book.remove(book[EXCLUSIONS]), "Het blad “Uitsluiting” ontbreekt."),
            (lambda book: book[SHEET].delete_rows(2, 99), "Er staan geen rijen met scores"),
        ],
    )
    def test_a_sheet_or_column_that_is_missing(
        self, change: Callable[[Any], None], sentence: str
    ) -> None:
        case = Case().accepted()
        book = sheet_of(case.adviser)
        change(book)
        with pytest.raises(ValidationError, match=sentence):
            kept(case, book)
        assert not ScoreUpload.objects.exists()


def _conflict_found(case: Case) -> None:
    ConflictOfInterest.objects.create(
        proposal=case.proposal,
        person=case.adviser,
        kind=ConflictKind.PARTNER,
        explanation="Zit in de raad van bestuur.",
    )


def _recused(case: Case) -> None:
    services.declare_conflict(assignment=case.assignment, by=case.adviser, explanation="Buur.")


def _final(case: Case) -> None:
    case.score()


def _revoked(case: Case) -> None:
    services.revoke_assignment(assignment=case.assignment, by=case.team, reason="Te druk.")


class TestStoring:
    def test_what_was_confirmed_is_stored_and_notes_stay(self) -> None:
        case = Case().accepted()
        services.save_scores(
            evaluation=case.evaluation,
            by=case.adviser,
            version=1,
            entries=case.entries("2.0"),
            own_notes="Navragen.",
        )
        book = sheet_of(case.adviser)
        in_portal(case, 3, "1.0", "In het portaal.")
        services.save_scores(
            evaluation=case.evaluation,
            by=case.adviser,
            version=case.evaluation.version,
            entries={},
            own_notes="Navragen.",
        )
        fill(book, 2, score=4.5, motivering=LONG)
        fill(book, 3, score=9)
        fill(book, 4, score=3, motivering="In het bestand.")
        upload = kept(case, book)
        before = stored(case)
        with pytest.raises(ChoiceMissing, match="gewijzigd werd: Rij 4"):
            apply_score_upload(upload=upload, by=case.adviser, choices={})
        assert stored(case) == before
        apply_score_upload(upload=upload, by=case.adviser, choices={(SHEET, 4): "file"})
        assert stored(case) == {
            1: (Decimal("4.5"), LONG.strip()),
            2: before[2],
            3: (Decimal("3.0"), "In het bestand."),
        }
        assert case.evaluation.own_notes == "Navragen."
        upload.refresh_from_db()
        assert [row["report"]["stored"] for row in upload.rows] == [True, False, True, False, False]
        event = AuditEvent.objects.get(action="scoreupload.apply")
        assert (event.actor, event.data) == (case.adviser, {"rows": 5, "files": 1})
        with pytest.raises(ValidationError, match="al verwerkt"):
            apply_score_upload(upload=upload, by=case.adviser, choices={})

    def test_one_may_keep_what_the_portal_has(self) -> None:
        case = Case().accepted()
        book = sheet_of(case.adviser)
        in_portal(case, 1, "1.0", "In het portaal.")
        fill(book, 2, score=3, motivering="In het bestand.")
        apply_score_upload(upload=kept(case, book), by=case.adviser, choices={(SHEET, 2): "portal"})
        assert stored(case) == {1: (Decimal("1.0"), "In het portaal.")}

    def test_a_file_that_is_refused_does_not_hold_up_the_others(self) -> None:
        case = Case().accepted()
        other = Case(adviser=case.adviser).accepted()
        book = sheet_of(case.adviser)
        for row in range(2, 8):
            fill(book, row, score=4, motivering=LONG)
        upload = kept(case, book)
        _final(other)
        apply_score_upload(upload=upload, by=case.adviser, choices={})
        assert [value for value, _text in stored(case).values()] == [Decimal("4.0")] * 3
        upload.refresh_from_db()
        assert {(row["reference"], row["report"]["text"]) for row in upload.rows} == {
            (case.proposal.reference, ""),
            (other.proposal.reference, "Uw scores voor dit dossier zijn al definitief."),
        }

    def test_only_an_adviser_uploads_and_nobody_stores_for_another(self) -> None:
        case = Case().accepted()
        book = sheet_of(case.adviser)
        with pytest.raises(PermissionDenied):
            keep_score_upload(uploaded=sent(book), by=case.team)
        with pytest.raises(ScoreUpload.DoesNotExist):
            apply_score_upload(upload=kept(case, book), by=staff(StaffRole.ADVISER), choices={})


class TestExclusions:
    """The second sheet: the same rows, marks and preview, for the exclusion criteria."""

    def answers(self, case: Case) -> list[tuple[bool | None, str]]:
        rows = case.evaluation.exclusion_answers.order_by("item__position")
        return [(row.is_met, row.reason) for row in rows]

    def answer(self, case: Case, position: int, is_met: bool, reason: str = "") -> None:
        item = case.proposal.call.checklist_items.get(kind="exclusion", position=position)
        services.save_scores(
            evaluation=case.evaluation,
            by=case.adviser,
            version=case.evaluation.version,
            entries={},
            exclusions={item.pk: ExclusionEntry(is_met, reason)},
        )

    def test_a_row_per_exclusion_criterion_with_what_was_answered(self) -> None:
        case = Case().accepted()
        self.answer(case, 2, False, "Eén leverancier.")
        page = sheet_of(case.adviser)[EXCLUSIONS]
        assert [row[:6] for row in page.values] == [
            ("Dossier", "Titel", "Criterium", "Toelichting", "Voldaan", "Reden"),
            *(
                (case.proposal.reference, case.proposal.title, label, None, met, reason)
                for label, met, reason in (
                    ("De aanvrager is een openbaar bestuur.", None, None),
                    ("De markt blijft open.", "nee", "Eén leverancier."),
                )
            ),
        ]
        assert [cell.protection.locked for cell in page[2]] == [True] * 4 + [False] * 2 + [True] * 2
        found = page.data_validations.dataValidation[0]
        assert (str(found.sqref), found.formula1) == ("E2", '"ja,nee"')

    def test_new_changed_unchanged_and_a_clash(self) -> None:
        case = Case().accepted()
        self.answer(case, 2, True)
        book = sheet_of(case.adviser)
        assert {row.fate for row in judged(case, book, EXCLUSIONS)} == {Fate.UNCHANGED}
        fill(book, 2, sheet=EXCLUSIONS, voldaan="NEE")
        fill(book, 3, sheet=EXCLUSIONS, voldaan="nee", reden="Eén leverancier.")
        first, second = judged(case, book, EXCLUSIONS)
        assert (first.fate, first.value, first.remarks) == (
            Fate.NEW,
            False,
            ["Schrijf waarom niet voldaan is: dat is nodig om definitief te maken."],
        )
        assert (second.fate, second.stored_value, second.value, second.remarks) == (
            Fate.CHANGED,
            True,
            False,
            [],
        )
        self.answer(case, 2, False, "In het portaal.")
        clash = judged(case, book, EXCLUSIONS)[1]
        assert (clash.fate, clash.stored_text, clash.text) == (
            Fate.CLASH,
            "In het portaal.",
            "Eén leverancier.",
        )

    @pytest.mark.parametrize(
        ("values", "reason"),
        [
            ({"voldaan": "misschien"}, "“misschien” is geen mogelijk antwoord. Kies ja of nee."),
            ({"voldaan": True}, "“True” is geen mogelijk antwoord. Kies ja of nee."),
            ({"reden": "=A1"}, "In de kolom “Reden” staat een formule. Typ zelf wat u bedoelt."),
            ({"reden": "x" * 2001}, "De reden heeft 2.001 tekens; hoogstens 2.000 kunnen."),
            ({"sleutel": "9999999-1"}, "Dit dossier staat niet bij uw dossiers."),
        ],
    )
    def test_what_can_not_be_is_refused_with_a_sentence(
        self, values: dict[str, Any], reason: str
    ) -> None:
        case = Case().accepted()
        book = sheet_of(case.adviser)
        fill(book, 3, sheet=EXCLUSIONS, **values)
        rows = judged(case, book, EXCLUSIONS)
        assert [(row.fate, row.reason) for row in rows] == [
            (Fate.UNCHANGED, ""),
            (Fate.REFUSED, reason),
        ]

    def test_a_key_of_the_other_sheet_is_of_no_exclusion_criterion(self) -> None:
        case = Case().accepted()
        book = sheet_of(case.adviser)
        criterion = case.proposal.call.criteria.last()
        assert criterion is not None
        key = f"{case.evaluation.pk}-{criterion.pk + 10_000}"
        fill(book, 2, sheet=EXCLUSIONS, sleutel=key, voldaan="ja")
        assert judged(case, book, EXCLUSIONS)[0].reason == (
            "Dit criterium staat niet in de oproep van dit dossier."
        )

    def test_it_is_stored_with_the_scores_of_the_same_file(self) -> None:
        case = Case().accepted()
        book = sheet_of(case.adviser)
        self.answer(case, 1, True)
        fill(book, 2, score=4, motivering=LONG)
        fill(book, 2, sheet=EXCLUSIONS, voldaan="nee", reden="Geen bestuur.")
        fill(book, 3, sheet=EXCLUSIONS, voldaan="ja")
        client = Client()
        client.force_login(case.adviser)
        client.post(reverse("evaluations:upload_scores"), {"file": sent(book)})
        upload = ScoreUpload.objects.get()
        page = reverse("evaluations:score_upload", args=[upload.pk])
        text = client.get(page).content.decode()
        assert "Blad “Uitsluiting”, rij 2" in text
        assert "Niet voldaan" in text
        storing = reverse("evaluations:store_upload", args=[upload.pk])
        refused = client.post(storing, {"choice_2": "file"})
        assert refused.status_code == 422
        assert "gewijzigd werd: Blad “Uitsluiting”, rij 2." in refused.content.decode()
        client.post(storing, {"choice_uitsluiting_2": "file"})
        assert self.answers(case) == [(False, "Geen bestuur."), (True, "")]
        assert stored(case) == {1: (Decimal("4.0"), LONG.strip())}
        assert "Blad “Uitsluiting”" not in client.get(page).content.decode(), "nothing refused"


class TestThePages:
    def test_from_download_to_report(self) -> None:
        case = Case().accepted()
        client = Client()
        client.force_login(case.adviser)
        answer = client.get(reverse("evaluations:scores_sheet"))
        assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == (
            "max-age=0, no-cache, no-store, must-revalidate, private",
            "nosniff",
        )
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        in_portal(case, 1, "2.0", "In het portaal.")
        fill(book, 2, score=5, motivering="In het bestand.")
        fill(book, 3, score=4, motivering=LONG)
        fill(book, 4, score=8)
        answer = client.post(reverse("evaluations:upload_scores"), {"file": sent(book)})
        upload = ScoreUpload.objects.get()
        page = reverse("evaluations:score_upload", args=[upload.pk])
        assert answer["Location"] == page
        text = client.get(page).content.decode()
        for told in (
            "In het portaal.",
            "In het bestand.",
            "“8” is geen mogelijke score",
            "Opslaan",
        ):
            assert told in text
        storing = reverse("evaluations:store_upload", args=[upload.pk])
        refused = client.post(storing, {})
        assert refused.status_code == 422
        assert "Kies welke tekst geldt." in refused.content.decode()
        assert stored(case) == {1: (Decimal("2.0"), "In het portaal.")}
        assert client.post(storing, {"choice_2": "file"})["Location"] == page
        assert stored(case) == {
            1: (Decimal("5.0"), "In het bestand."),
            2: (Decimal("4.0"), LONG.strip()),
        }
        text = client.get(page).content.decode()
        assert "Rij 4: “8” is geen mogelijke score" in text
        assert "2 rijen zijn opgeslagen." in text
        assert "Opslaan</button>" not in text

    def test_a_bad_file_is_told_beside_the_field(self) -> None:
        client = Client()
        client.force_login(Case().accepted().adviser)
        address = reverse("evaluations:upload_scores")
        for data, told in (
            ({"file": SimpleUploadedFile("scores.csv", b"a;b")}, "Kies een rekenblad"),
            ({}, "Kies een bestand."),
        ):
            answer = client.post(address, data)
            assert answer.status_code == 422
            assert told in answer.content.decode()

    def test_an_upload_of_somebody_else_is_not_there(self) -> None:
        case = Case().accepted()
        upload = kept(case, sheet_of(case.adviser))
        client = Client()
        for person in (staff(StaffRole.ADVISER), case.team, case.leader):
            client.force_login(person)
            pages = [
                client.get(reverse("evaluations:score_upload", args=[upload.pk])),
                client.post(reverse("evaluations:store_upload", args=[upload.pk])),
            ]
            assert [page.status_code for page in pages] == [404, 404]
