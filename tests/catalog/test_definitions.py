"""What the shipped catalog holds. Each definition is read by the reader that a starting process uses."""

from pathlib import Path

import pytest

import edge.catalog
from edge.catalog.reader import read_catalog
from edge.catalog.values import check_value
from edge.model.definition import ConnectionMode, Definition, Setting
from edge.model.source import Platform

DIRECTORY = Path(edge.catalog.__file__).parent / "definitions"
CATALOG = read_catalog(DIRECTORY)
SETTINGS = [(slug, setting) for slug, definition in CATALOG.items() for setting in definition.settings]

CREDENTIAL_WORDS = ("secret", "password", "private", "token", "key", "guid", "webhook", "dsn")
PUBLIC_BY_THE_VENDOR = {
    ("adjust", "appToken"),
    ("adjust", "customEvents"),
    ("amplitude", "apiKey"),
    ("appsflyer", "appsFlyerDevKey"),
    ("branch-metrics", "branch_key"),
    ("braze", "apiKey"),
    ("bugsnag", "apiKey"),
    ("facebook-pixel", "keyForExternalId"),
    ("intercom", "mobileApiKey"),
    ("klaviyo", "apiKey"),
    ("mixpanel", "groupIdentifierTraits"),
    ("mixpanel", "token"),
    ("posthog", "apiKey"),
    ("sentry", "config"),
}
"""Sound like credentials, but name a project only: the vendor puts them into every page or app itself."""


def supporting(platform: Platform, *modes: ConnectionMode) -> list[str]:
    return [slug for slug, definition in CATALOG.items() if definition.supported(platform) == modes]


def everywhere(definition: Definition) -> set[ConnectionMode]:
    return {mode for modes in definition.modes.values() for mode in modes}


def setting(slug: str, name: str) -> Setting:
    found = CATALOG[slug].setting(name)
    assert found is not None
    return found


def test_there_are_at_least_18_definitions() -> None:
    assert len(CATALOG) >= 18


def test_every_file_of_the_directory_is_in_the_catalog() -> None:
    assert {path.name for path in DIRECTORY.iterdir()} == {f"{slug}.toml" for slug in CATALOG}


@pytest.mark.parametrize("mode", ["device", "cloud"])
def test_some_know_one_mode_only(mode: ConnectionMode) -> None:
    assert [slug for slug, definition in CATALOG.items() if everywhere(definition) == {mode}]


@pytest.mark.parametrize(
    ("platform", "modes"),
    [
        ("web", ("device",)),
        ("web", ("cloud",)),
        ("web", ("device", "cloud")),
        ("web", ()),
        ("mobile", ("device",)),
        ("mobile", ("cloud",)),
        ("mobile", ("device", "cloud")),
        ("mobile", ()),
        ("server", ("cloud",)),
        ("server", ()),
    ],
)
def test_every_combination_of_platform_and_modes_occurs(platform: Platform, modes: tuple[ConnectionMode, ...]) -> None:
    assert supporting(platform, *modes)


def test_packaging_the_sdk_occurs_as_a_must_and_as_a_may() -> None:
    assert set(CATALOG["firebase"].sdk.values()) == {"must"}
    assert set(CATALOG["amplitude"].sdk.values()) == {"may"}


def test_the_sdk_must_be_packaged_exactly_where_there_is_no_cloud_mode() -> None:
    for definition in CATALOG.values():
        need = "may" if "cloud" in definition.supported("mobile") else "must"
        assert set(definition.sdk.values()) <= {need}, definition.slug


def test_secrets_occur_as_passwords_and_as_plain_strings() -> None:
    kinds = {setting.type for _, setting in SETTINGS if setting.secret}
    assert {"password", "string"} <= kinds
    secret = setting("amplitude", "secretKey")
    assert (secret.type, secret.secret, secret.expose) == ("string", True, False)
    assert setting("salesforce", "password").type == "password"


def test_the_name_of_a_setting_proves_nothing() -> None:
    assert setting("amplitude", "apiKey").expose
    assert setting("mixpanel", "apiKey").secret


@pytest.mark.parametrize(("slug", "setting"), SETTINGS)
def test_what_sounds_like_a_credential_is_a_secret_or_known_to_be_public(slug: str, setting: Setting) -> None:
    words = f"{setting.name} {setting.display_name}".lower()
    if any(word in words for word in CREDENTIAL_WORDS):
        assert setting.secret != ((slug, setting.name) in PUBLIC_BY_THE_VENDOR)


@pytest.mark.parametrize(("slug", "setting"), SETTINGS)
def test_every_setting_explains_itself(slug: str, setting: Setting) -> None:
    assert setting.help.endswith(".")
    assert setting.display_name[0].isupper() or setting.display_name.startswith("iOS")


@pytest.mark.parametrize("definition", CATALOG.values(), ids=CATALOG)
def test_what_a_page_needs_first_is_exposed(definition: Definition) -> None:
    if everywhere(definition) == {"device"}:
        assert not [setting.name for setting in definition.settings if setting.required and not setting.expose]


def test_credentials_that_people_mistake_for_public_ones_do_not_fit_what_is_published() -> None:
    dsn, site_id, project = setting("sentry", "config"), setting("klaviyo", "apiKey"), setting("posthog", "apiKey")
    assert check_value(dsn, "https://0123abcd@o1.ingest.sentry.example/42") is None
    assert check_value(dsn, "https://0123abcd:4567cdef@sentry.example/42") is not None
    assert check_value(site_id, "AbC123") is None
    assert check_value(site_id, "pk_0123456789abcdef") is not None
    assert check_value(project, "phc_0123456789abcdef") is None
    assert check_value(project, "phx_0123456789abcdef") is not None
