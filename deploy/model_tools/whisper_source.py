"""What the converter must know of a Whisper model, whatever form it came in."""

from dataclasses import dataclass

from .whisper_graph import Variables


@dataclass(frozen=True)
class WhisperSource:
    """One model: its weights under CTranslate2's names, its tokens, its alignment heads."""

    variables: Variables
    # The bytes of the text tokens by number.
    tokens: dict[int, bytes]
    # The others by name, `<|endoftext|>` and so on.
    specials: dict[str, int]
    # Text tokens that stand for no speech.
    non_speech: list[int]
    # Cross-attention heads that follow the sound, as (layer, head).
    alignment_heads: list[tuple[int, int]]
