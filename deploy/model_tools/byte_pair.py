"""Turns a .tiktoken vocabulary into the file that the gateway maps into memory to count tokens.

A .tiktoken file has a line for each token: its bytes in base64 and its rank, which is its id too. The file written here holds
what an encoder would else have to work out each time it starts (little endian, every section on a boundary of 64 bytes):

  header   8 bytes "AVSBPE01", then u32: ids, trie nodes, bits of the pair table, bytes of text
  starts   u32 for each id and one more: where its bytes begin in the text
  shorter  u32 for each id: the longest token that is a proper prefix of it
  halves   2 × u32 for each id: the two tokens whose merge makes it; a single byte has itself twice
  nodes    u64 for each node of a double-array trie (J. Aoe, 1989) over the tokens: base << 1 | is a token; from bit 32 its parent
  tokens   u32 for each node: the id that ends there
  pairs    u64 for each slot of a hash table, open addressing: left << 42 | right << 21 | merged
  text     the tokens' bytes, one after the other

The halves are those by which byte-pair encoding itself reaches the token: `_is_kept_apart` and the reason why one table of
pairs is enough are of H. van Antwerpen and A. Neubeck, "So many tokens, so little time" (GitHub blog, 2024).
"""

import base64
import binascii
import hashlib
import struct
from pathlib import Path

NONE = 0xFFFFFFFF
EMPTY = (1 << 64) - 1
_MULTIPLIER = 0x9E3779B97F4A7C15

# The SHA-256 that tiktoken itself demands of each vocabulary, by the name of the file in the wheel.
VOCABULARIES = {
    "fb374d419588a4632f3f557e76b4b70aebbca790": (
        "o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
    "9b5ad71b2ce5302211f9c61530b329a4922fc6a4": (
        "cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    "ec7223a39ce59f226a68acc30dc1af2788490e15": (
        "p50k_base", "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069"),
}
# r50k_base is p50k_base without the 24 runs of spaces that the latter added.
R50K_SIZE = 50256
R50K_SHA256 = "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930"


def convert(source: Path, target: Path) -> dict[str, str]:
    """Writes `<encoding>.bpe` for every vocabulary. Returns the file's name by encoding. Raises ValueError."""
    files = {}
    for name, (encoding, digest) in VOCABULARIES.items():
        content = (source / name).read_bytes()
        _check(encoding, content, digest)
        ranks = read(content)
        files[encoding] = write(ranks, target / f"{encoding}.bpe")
        if encoding == "p50k_base":
            lines = content.splitlines(keepends=True)[:R50K_SIZE]
            _check("r50k_base", b"".join(lines), R50K_SHA256)
            older = {token: rank for token, rank in ranks.items() if rank < R50K_SIZE}
            files["r50k_base"] = write(older, target / "r50k_base.bpe")
    return files


def _check(encoding: str, content: bytes, digest: str) -> None:
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError(f"{encoding} is not the vocabulary that tiktoken uses")


def read(content: bytes) -> dict[bytes, int]:
    """The ranks of a .tiktoken file. Raises ValueError."""
    ranks = {}
    for number, line in enumerate(content.splitlines(), 1):
        try:
            token, rank = line.split()
            ranks[base64.b64decode(token, validate=True)] = int(rank)
        except (ValueError, binascii.Error) as error:
            raise ValueError(f"line {number} is not a token and its rank") from error
    if any(bytes([value]) not in ranks for value in range(256)):
        raise ValueError("not every byte is a token")
    return ranks


def write(ranks: dict[bytes, int], path: Path) -> str:
    """Writes the file for a vocabulary and returns its name."""
    limit = max(ranks.values()) + 1
    texts = [b""] * limit
    for token, rank in ranks.items():
        texts[rank] = token
    shorter = [NONE] * limit
    for token, rank in ranks.items():
        shorter[rank] = next((ranks[token[:end]] for end in range(len(token) - 1, 0, -1) if token[:end] in ranks), NONE)
    halves, pairs = _halves(ranks, shorter)
    nodes, ends = _trie(ranks)
    bits, table = _hash_table(pairs)
    starts = [0]
    for text in texts:
        starts.append(starts[-1] + len(text))
    header = b"AVSBPE01" + struct.pack("<4I", limit, len(nodes), bits, starts[-1])
    flat = [half for both in halves for half in both]
    sections = [
        header, _packed("I", starts), _packed("I", shorter), _packed("I", flat), _packed("Q", nodes), _packed("I", ends),
        _packed("Q", table), b"".join(texts),
    ]
    with path.open("wb") as file:
        for section in sections:
            file.write(section + bytes(-len(section) % 64))
    return path.name


def _packed(kind: str, numbers: list[int]) -> bytes:
    return struct.pack(f"<{len(numbers)}{kind}", *numbers)


def _is_kept_apart(left: int, right: int, halves: list[tuple[int, int]], pairs: dict[tuple[int, int], int]) -> bool:
    """Whether byte-pair encoding leaves two neighbours as they are: undoes their merges, latest first, and looks whether a
    merge across the boundary would have come before."""
    limit = NONE
    while pairs.get((left, right), NONE) >= limit:
        # The later of the two merges is undone first; of the same token twice, the right one.
        for is_left in (left > right, left <= right):
            before = (left, right)
            if is_left:
                limit, left = left, halves[left][1]
            else:
                limit, right = right + 1, halves[right][0]
            if before != (left, right):
                break
        else:
            return True
    return False


def _halves(ranks: dict[bytes, int], shorter: list[int]) -> tuple[list[tuple[int, int]], dict[tuple[int, int], int]]:
    """How each token is made, and the token that each pair makes. Raises ValueError for a token that no merge reaches."""
    halves = [(rank, rank) for rank in range(len(shorter))]
    pairs: dict[tuple[int, int], int] = {}
    lengths = {rank: len(token) for token, rank in ranks.items()}
    for token, rank in sorted(ranks.items(), key=lambda item: item[1]):
        if len(token) == 1:
            continue
        left = shorter[rank]
        while left != NONE:
            right = ranks.get(token[lengths[left]:], NONE)
            if left < rank and right < rank and _is_kept_apart(left, right, halves, pairs):
                halves[rank] = (left, right)
                pairs[left, right] = rank
                break
            left = shorter[left]
        else:
            raise ValueError(f"no merge makes the token {token!r}")
    return halves, pairs


def _trie(ranks: dict[bytes, int]) -> tuple[list[int], list[int]]:
    """The double array and the token of each node. A child's place is its parent's base XOR the byte."""
    children: list[dict[int, int]] = [{}]
    ids = [NONE]
    for token, rank in ranks.items():
        node = 0
        for value in token:
            node = children[node].setdefault(value, len(children))
            if node == len(children):
                children.append({})
                ids.append(NONE)
        ids[node] = rank
    # Nodes with many children first; those with one fit anywhere and fill the gaps.
    order = sorted((node for node in range(len(children)) if children[node]), key=lambda node: -len(children[node]))
    taken = bytearray(1 << 16)
    taken[0] = 1  # the root
    places, bases = [0] * len(children), [0] * len(children)
    first, is_filling = 0, False
    for node in order:
        values = list(children[node])
        slot, tries = taken.find(0, first), 0
        while True:
            if slot < 0:
                slot = len(taken)
                taken += bytes(1 << 16)
            base = slot ^ values[0]
            if not any(taken[base ^ value] for value in values):
                break
            slot, tries = taken.find(0, slot + 1), tries + 1
        if tries > 64:  # crowded here: what comes next begins after it
            first = slot
        elif len(values) == 1:
            first = slot if is_filling else 0
            is_filling = True
        bases[node] = base
        for value, child in children[node].items():
            taken[base ^ value] = 1
            places[child] = base ^ value
    del taken[(taken.rfind(1) | 255) + 1:]
    nodes, ends = [NONE << 32] * len(taken), [NONE] * len(taken)
    nodes[0] = bases[0] << 1 | NONE << 32
    for node, below in enumerate(children):
        for child in below.values():
            nodes[places[child]] = places[node] << 32 | bases[child] << 1 | (ids[child] != NONE)
            ends[places[child]] = ids[child]
    return nodes, ends


def _hash_table(pairs: dict[tuple[int, int], int]) -> tuple[int, list[int]]:
    """The slots, at most half of them used. The place is the key times an odd number, its highest bits."""
    bits = (2 * len(pairs)).bit_length()
    table = [EMPTY] * (1 << bits)
    for (left, right), merged in pairs.items():
        key = left << 21 | right
        slot = (key * _MULTIPLIER & EMPTY) >> (64 - bits)
        while table[slot] != EMPTY:
            slot = (slot + 1) & ((1 << bits) - 1)
        table[slot] = key << 21 | merged
    return bits, table
