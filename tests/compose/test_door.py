"""What the composition root makes up itself."""

from edge.compose.door import new_write_key
from edge.model.source import WRITE_KEY


def test_a_new_write_key_is_one_of_its_own_and_no_option_to_a_command() -> None:
    made = {new_write_key() for _ in range(1000)}
    assert len(made) == 1000
    assert all(WRITE_KEY.match(key) and key.isalnum() for key in made)
