"""Management: commands that parse arguments and call one service."""
