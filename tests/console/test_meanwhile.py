from dataclasses import replace

from edge.console.destination_form import asked, filled_of
from edge.console.forms import Form
from edge.console.meanwhile import changes, merged
from edge.console.setting_fields import fields_of
from edge.manage.connecting import Placed
from edge.manage.destinations import DestinationPatch
from edge.manage.merged_settings import Whence
from edge.store.lost import LostSettings
from tests.support.world import DEVICE, IN_DEVICE, SECRET, SOURCE

BASE = replace(IN_DEVICE, settings={"apiKey": "first", "secretKey": SECRET, "gone": "s3cr3t-of-old"})


def test_each_field_that_differs_is_told_and_secrets_only_as_changed() -> None:
    settings = {"apiKey": "second", "secretKey": "other-s3cr3t-0123456789"}
    now = replace(BASE, enabled=False, mode="cloud", consent_categories=("a", "b"), settings=settings)
    found = changes(BASE, now, DEVICE, DestinationPatch(settings={"apiKey": "mine"}))
    told = {one.label: (one.before, one.after, one.touched) for one in found}
    assert told == {
        "State": ("enabled", "disabled", False),
        "Connection mode": ("device mode", "cloud mode", False),
        "Consent categories": ("not set", "a, b", False),
        "API key": ("first", "second", True),
        "Secret key": ("a secret", "changed", False),
        "gone": ("a secret", "removed", False),
    }
    assert "s3cr3t" not in repr(found)


def test_what_is_not_set_is_told_as_the_default_that_holds() -> None:
    (key, secret) = DEVICE.settings
    definition = replace(DEVICE, settings=(replace(key, default="auto"), secret))
    found = changes(replace(BASE, settings={}), replace(BASE, settings={"apiKey": ""}), definition, DestinationPatch())
    assert [(one.before, one.after) for one in found] == [("auto, by default", "not set")]


def test_settings_that_cannot_be_opened_cannot_be_compared() -> None:
    lost = replace(BASE, settings=LostSettings("sealed"))
    assert [one.label for one in changes(BASE, lost, DEVICE, DestinationPatch())] == ["Settings"]


def test_what_somebody_touched_stays_and_the_rest_is_taken_over() -> None:
    fields = fields_of(DEVICE, BASE.settings)
    made = filled_of(BASE, fields, BASE.settings, 7)
    sent = Form({**made.values, "setting.apiKey": ["mine"], "setting.secretKey": ["typed"]})
    now = replace(BASE, display_name="Theirs", settings={**BASE.settings, "apiKey": "theirs"})
    patch = asked(sent, DEVICE, BASE, None)
    form = merged(sent, filled_of(now, fields, now.settings, 8), patch, 8, fields)
    assert form.text("display_name") == "Theirs"
    assert form.text("setting.apiKey") == "mine"
    assert form.text("position") == "8"
    # What is sent next is what this one wanted, of the destination as it is now.
    assert asked(form, DEVICE, now, None) == patch


def test_copied_settings_are_touched_and_the_destinations_own_fields_are_not() -> None:
    now = replace(BASE, enabled=False, settings={**BASE.settings, "apiKey": "theirs", "secretKey": "their-s3cr3t"})
    found = changes(BASE, now, DEVICE, DestinationPatch(copy_from=Whence("shop", "tally")))
    assert {one.label: one.touched for one in found} == {"State": False, "API key": True, "Secret key": True}
    lost = replace(BASE, settings=LostSettings("sealed"))
    assert changes(BASE, lost, DEVICE, DestinationPatch(copy_from=Whence("shop", "tally")))[0].touched


def test_copied_settings_stay_and_what_only_another_touched_is_taken_over() -> None:
    whence = Placed(replace(SOURCE, slug="shop"), replace(IN_DEVICE, settings={"apiKey": "of-the-shop"}))
    fields = fields_of(DEVICE, whence.destination.settings)
    sent = filled_of(BASE, fields, whence.destination.settings, 7)
    now = replace(BASE, enabled=False, display_name="Theirs", settings={**BASE.settings, "apiKey": "theirs"})
    patch = asked(sent, DEVICE, BASE, whence)
    form = merged(sent, filled_of(now, fields, now.settings, 8), patch, 8, fields)
    assert (form.flag("enabled"), form.text("display_name")) == (False, "Theirs")
    assert (form.text("setting.apiKey"), form.text("position")) == ("of-the-shop", "8")
    assert asked(form, DEVICE, now, whence) == patch


def test_who_disables_and_copies_leaves_it_disabled_though_another_renamed_it() -> None:
    whence = Placed(replace(SOURCE, slug="shop"), replace(IN_DEVICE, settings={"apiKey": "of-the-shop"}))
    fields = fields_of(DEVICE, whence.destination.settings)
    made = filled_of(BASE, fields, whence.destination.settings, 7)
    sent = Form({name: value for name, value in made.values.items() if name != "enabled"})
    now = replace(BASE, display_name="Theirs")
    patch = asked(sent, DEVICE, BASE, whence)
    form = merged(sent, filled_of(now, fields, now.settings, 8), patch, 8, fields)
    assert (form.flag("enabled"), form.text("display_name")) == (False, "Theirs")
