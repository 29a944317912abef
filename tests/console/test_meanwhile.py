from dataclasses import replace

from edge.console.destination_form import asked, filled_of
from edge.console.forms import Form
from edge.console.meanwhile import changes, merged
from edge.console.setting_fields import fields_of
from edge.manage.destinations import DestinationPatch
from edge.store.lost import LostSettings
from tests.support.world import DEVICE, IN_DEVICE, SECRET

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
