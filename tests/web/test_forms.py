"""Forms of the kit: what people see when they are right, and when they are not."""

import datetime as dt

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from collection.web.kit.dates import DayField
from collection.web.kit.files import FilesField
from collection.web.kit.forms import KitForm
from collection.web.kit.lookup import LookupField, Match
from collection.web.kit.widgets import Checkbox, Checkboxes, Number, Radios, Text
from tests.pages import on_one_line

DISKS = [Match("hdd-35", "Hard drive, 3.5 inch"), Match("hdd-25", "Hard drive, 2.5 inch")]
THINGS = [*DISKS, Match("motor", "Traction motor")]


def search(words: str) -> list[Match]:
    return [thing for thing in THINGS if words.casefold() in thing.label.casefold()]


def resolve(value: str) -> Match | None:
    return next((thing for thing in THINGS if thing.value == value), None)


class LotForm(KitForm):
    product = LookupField(label="What is it?", search=search, resolve=resolve, noun="product type")
    mass = forms.DecimalField(
        label="Gross mass", help_text="With its casing", min_value=0, widget=Number(suffix="kg")
    )
    ready_on = DayField(label="Ready from")
    intent = forms.ChoiceField(
        label="Intent",
        choices=[("sell", "Sell"), ("export", "Export")],
        widget=Radios(hints={"sell": "Here"}, reveals={"export": "country"}),
    )
    country = forms.CharField(label="Country", required=False, widget=Text(width=20))
    needs = forms.MultipleChoiceField(
        label="Needs",
        required=False,
        choices=[("lift", "Tail lift"), ("crane", "Crane")],
        widget=Checkboxes(),
    )
    agrees = forms.BooleanField(label="It is true", widget=Checkbox())


GOOD = {
    "product": "Traction motor",
    "mass": "12.5",
    "ready_on-day": "7",
    "ready_on-month": "march",
    "ready_on-year": "2026",
    "intent": "sell",
    "agrees": "on",
}


def form(**answers: str) -> LotForm:
    return LotForm({**GOOD, **answers})


def test_a_good_form_cleans_to_values() -> None:
    lot = form()
    assert lot.is_valid(), lot.errors
    assert lot.cleaned_data["product"] == Match("motor", "Traction motor")
    assert lot.cleaned_data["ready_on"] == dt.date(2026, 3, 7)


def test_every_problem_links_to_an_input_that_is_on_the_page() -> None:
    lot = LotForm({"product": "hard drive", "ready_on-day": "31", "ready_on-month": "2"})
    html = str(lot)
    problems = lot.problems()
    assert len(problems) == 5
    for problem in problems:
        assert f'id="{problem.target}"' in html, problem


def test_what_was_typed_stays_when_it_is_wrong() -> None:
    lot = form(mass="1,5 t", **{"ready_on-month": "smarch"}, product="zeppelin")
    assert not lot.is_valid()
    html = str(lot)
    assert 'value="1,5 t"' in html
    assert 'value="smarch"' in html
    assert 'value="zeppelin"' in html


def test_hints_and_errors_are_read_with_their_input() -> None:
    html = str(form(mass="heavy"))
    assert 'aria-describedby="id_mass_helptext id_mass_error"' in html
    assert 'id="id_mass_helptext"' in html
    assert 'id="id_mass_error"' in html


def test_a_revealed_field_is_drawn_once_inside_its_choice() -> None:
    html = str(form(intent="export"))
    assert html.count('name="country"') == 1
    assert html.index('data-aria-controls="id_intent_1-reveals"') < html.index('id="id_intent_1-reveals"')
    assert html.index('id="id_intent_1-reveals"') < html.index('name="country"') < html.index('name="needs"')


def test_optional_answers_say_so_and_statements_do_not() -> None:
    html = str(LotForm())
    assert html.count("(optional)") == 1, "only the list of needs: the country is asked of exporters"


def test_one_thing_per_page_makes_the_legend_the_heading() -> None:
    class Question(KitForm):
        heading_field = "state"
        state = forms.ChoiceField(label="What state is it in?", choices=[("whole", "Whole")], widget=Radios())

    assert '<h1 class="govuk-fieldset__heading">What state is it in?</h1>' in str(Question())


def test_markup_typed_by_people_is_shown_as_text() -> None:
    html = str(form(product="<script>alert(1)</script>"))
    assert "<script>" not in html


@pytest.mark.parametrize(
    ("day", "month", "year", "words", "part"),
    [
        ("", "2", "2026", "must include a day", "day"),
        ("1", "", "", "must include a month and year", "month"),
        ("30", "2", "2026", "February 2026 has 28 days", "day"),
        ("0", "2", "2026", "from 1 to 31", "day"),
        ("1", "13", "2026", "from 1 to 12", "month"),
        ("1", "2", "206", "4 numbers", "year"),
        ("1", "2", "1066", "between 1900 and 2100", "year"),
        ("²", "2", "2026", "from 1 to 31", "day"),
    ],
)
def test_an_impossible_date_names_the_part_to_mend(
    day: str, month: str, year: str, words: str, part: str
) -> None:
    lot = form(**{"ready_on-day": day, "ready_on-month": month, "ready_on-year": year})
    [problem] = lot.problems()
    assert words in problem.message
    assert problem.target == f"id_ready_on-{part}"


def test_a_two_digit_year_is_this_century() -> None:
    lot = form(**{"ready_on-year": "26"})
    assert lot.is_valid()
    assert lot.cleaned_data["ready_on"].year == 2026


def test_words_with_one_match_are_taken_without_a_script() -> None:
    assert form(product="traction").is_valid()


def test_words_with_several_matches_offer_them_as_radios() -> None:
    lot = form(product="hard drive")
    [problem] = lot.problems()
    assert "Choose which product type" in problem.message
    html = on_one_line(str(lot))
    assert html.count('type="radio" name="product-picked"') == 2
    assert form(product="hard drive", **{"product-picked": "hdd-25"}).is_valid()


def test_a_pick_that_is_not_on_offer_is_not_believed() -> None:
    lot = form(product="", **{"product-picked": "someone-elses"})
    assert not lot.is_valid()


def test_words_changed_after_a_pick_win_over_it() -> None:
    lot = form(product="traction", **{"product-picked": "hdd-25"})
    assert lot.is_valid()
    assert lot.cleaned_data["product"].value == "motor"


def test_a_stored_value_comes_back_as_words() -> None:
    html = str(LotForm(initial={"product": "hdd-35"}))
    assert 'value="Hard drive, 3.5 inch"' in html
    assert 'name="product-picked" value="hdd-35"' in html


def test_every_error_names_its_field_and_the_way_out() -> None:
    class Weighing(KitForm):
        gross = forms.DecimalField(label="Gross mass", min_value=1, max_value=100)
        items = forms.IntegerField(label="Items", required=False)
        state = forms.ChoiceField(label="State", choices=[("whole", "Whole")], widget=Radios())
        email = forms.EmailField(label="E-mail address")
        note = forms.CharField(label="Note", max_length=5, error_messages={"required": "Say why"})

    def said(**answers: str) -> dict[str, str]:
        weighing = Weighing(answers)
        return {name: errors[0] for name, errors in weighing.errors.items()}

    assert said() == {
        "gross": "Enter gross mass",
        "state": "Choose state",
        "email": "Enter e-mail address",
        "note": "Say why",
    }
    wrong = {"gross": "0", "items": "1.5", "state": "melted", "email": "a@", "note": "too long"}
    assert said(**wrong) == {
        "gross": "Gross mass must be 1 or more",
        "items": "Items must be a whole number, like 12",
        "state": "Choose state from the list",
        "email": "E-mail address must look like name@example.com",
        "note": "Note must be 5 characters or fewer",
    }


class PhotoForm(KitForm):
    photos = FilesField(label="Photos", most_files=2, most_bytes=1_000_000, capture="environment")


def photos(*sizes: int) -> PhotoForm:
    files = [SimpleUploadedFile(f"{n}.jpg", b"x" * size) for n, size in enumerate(sizes)]
    return PhotoForm({}, MultiValueDict({"photos": files}))


def test_files_come_as_a_list() -> None:
    attached = photos(10, 20)
    assert attached.is_valid()
    assert [file.size for file in attached.cleaned_data["photos"]] == [10, 20]


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ((), "Attach photos"),
        ((1, 1, 1), "up to 2 files"),
        ((10, 2_000_000), "“1.jpg” is 2 MB"),
        ((0,), "empty"),
    ],
)
def test_files_that_cannot_be_taken_are_named(sizes: tuple[int, ...], words: str) -> None:
    attached = photos(*sizes)
    assert not attached.is_valid()
    assert words in attached.problems()[0].message
