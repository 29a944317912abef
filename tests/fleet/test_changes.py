"""A change reaches every node, and nginx in every variant of every document, and nothing turns back."""

from tests.fleet.scene import Scene


def test_a_change_that_is_called_live_is_shown_by_every_node_and_every_variant_of_nginx(scene: Scene) -> None:
    for source in scene.watched:
        scene.change(source)
    scene.arrives(seconds=0.0)
    scene.judge()
