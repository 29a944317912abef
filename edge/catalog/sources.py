"""The catalog of sources: what kinds of site, app and server there are, in the words an admin chooses by."""

from dataclasses import dataclass

from edge.model.source import PLATFORM_OF_TYPE, Platform


@dataclass(frozen=True, slots=True)
class SourceType:
    """One entry of ``catalog/sources``. ``slug`` is the source's type (``edge.model.source.PLATFORM_OF_TYPE``)."""

    slug: str
    display_name: str
    description: str

    @property
    def platform(self) -> Platform:
        return PLATFORM_OF_TYPE[self.slug]

    @property
    def name(self) -> str:
        return f"catalog/sources/{self.slug}"


SOURCE_TYPES: dict[str, SourceType] = {
    entry.slug: entry
    for entry in (
        SourceType("javascript", "Javascript", "A site, measured by Analytics.js or the loader in its pages."),
        SourceType("ios", "iOS", "An iPhone or iPad app, measured by the Objective-C library."),
        SourceType("android", "Android", "An Android app, measured by the Java library."),
        SourceType("swift", "Swift", "An app for Apple's systems, measured by the Swift library."),
        SourceType("kotlin", "Kotlin", "An Android app, measured by the Kotlin library."),
        SourceType("react-native", "React Native", "An app written in React Native."),
        SourceType("flutter", "Flutter", "An app written in Flutter."),
        SourceType("unity", "Unity", "A game or app made with Unity."),
        SourceType("xamarin", "Xamarin", "An app written in C# with Xamarin."),
        SourceType("node", "Node.js", "A server written in JavaScript or TypeScript."),
        SourceType("python", "Python", "A server or script written in Python."),
        SourceType("go", "Go", "A server written in Go."),
        SourceType("java", "Java", "A server that runs on the Java virtual machine."),
        SourceType("ruby", "Ruby", "A server written in Ruby."),
        SourceType("php", "PHP", "A server written in PHP."),
        SourceType("net", ".NET", "A server written in C# or another .NET language."),
        SourceType("clojure", "Clojure", "A server written in Clojure."),
        SourceType("rust", "Rust", "A server written in Rust."),
        SourceType("http-api", "HTTP API", "Anything that can send a request; no library needed."),
        SourceType("pixel", "Pixel", "Where no script runs, like mail: events from the address of an image."),
    )
}
"""Every source type by slug, in the order to offer them."""
