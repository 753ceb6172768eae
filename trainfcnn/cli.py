"""The same from a shell."""


def main() -> int:
    """Run."""
    return 0
