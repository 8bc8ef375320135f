"""Changed copies of real files, drawn by a seed: bits flipped, pieces cut, doubled, swapped, numbers made strange."""

import gzip
import io
import random
import re
import zipfile
from collections.abc import Sequence

MOST_CHANGES = 6
MOST_LENGTH = 1 << 20
NUMBER = re.compile(rb"-?\d+(?:[.,]\d+)?")
NUMBERS = (
    b"0", b"-1", b"1e400", b"-1e308", b"1e-400", b"nan", b"inf", b"99999999999999999999999", b"2147483648", b"0x7f",
    b"1_0", b"1.2.3", b"1,2,3", b"\xd9\xa1\xd9\xa2", b"", b"00", b"1e5", b"18446744073709551616", b"25:61", b"-00:01",
)  # fmt: skip
PIECES = (
    b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\n", b"\r\n\r\n", b'"', b'""', b"'", b";", b",", b"\t", b"|", b"=",
    b"[", b"]", b"[[", b"{", b"}", b"{}", b"[]", b"null", b"true", b"#", b"\\", b"\\u0000", b"\xed\xa0\x80", b"../../x",
    b"/etc/passwd", b"PAR1", b"PK\x03\x04", b"\x1f\x8b\x08", b"Totale", b"00:00", b"24:00", b"31/02/2013",
    b"29/02/1900",
    b"9999-12-31", b"0000-00-00", b"1 min", b"-5 s", b"500 %", b"1e999 s", b"extends = ", b"a.b.c.d = 1\n", b"\x80\x04",
    b"=1+1", b"&amp;", b"<!ENTITY a 'b'>", b"\xe2\x80\xae", b"\xc2\xa0",
)  # fmt: skip


def mutated(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A changed copy; of packed files mostly what is inside, packed again."""
    if chance.random() < 0.8:
        if content.startswith(b"PK\x03\x04"):
            return _in_zip(content, chance)
        if content.startswith(b"\x1f\x8b"):
            return gzip.compress(_changed(gzip.decompress(content), [], chance), 1)
    return _changed(content, others, chance)


def _in_zip(content: bytes, chance: random.Random) -> bytes:
    """One member changed, left out, or doubled."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as made:
        names = given.namelist()
        chosen, what = chance.choice(names), chance.random()
        for name in names:
            member = given.read(name)
            if name != chosen:
                made.writestr(name, member)
            elif what < 0.9:
                made.writestr(name, _changed(member, [], chance))
            elif what < 0.95:
                made.writestr(f"../{name}", member)
    return kept.getvalue()


def _changed(content: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, MOST_CHANGES)):
        content = chance.choice(CHANGES)(content, chance)
        if others and chance.random() < 0.05:
            other = chance.choice(others)
            content = content[: chance.randint(0, len(content))] + other[chance.randint(0, len(other)) :]
    return content[:MOST_LENGTH]


def _span(content: bytes, chance: random.Random) -> tuple[int, int]:
    first = chance.randint(0, len(content))
    return first, min(first + chance.choice((1, 1, 2, 4, 8, 30, 200)), len(content))


def _bits(content: bytes, chance: random.Random) -> bytes:
    if not content:
        return content
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(content: bytes, chance: random.Random) -> bytes:
    first, last = _span(content, chance)
    return content[:first] + content[last:]


def _ended(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _doubled(content: bytes, chance: random.Random) -> bytes:
    first, last = _span(content, chance)
    times = chance.choice((1, 1, 2, 10, 1000))
    return content[:last] + content[first:last] * times + content[last:]


def _put(content: bytes, chance: random.Random) -> bytes:
    first, last = _span(content, chance)
    return content[:first] + chance.choice(PIECES) + content[first if chance.random() < 0.5 else last :]


def _numbered(content: bytes, chance: random.Random) -> bytes:
    found = list(NUMBER.finditer(content[:200_000]))
    if not found:
        return content
    one = chance.choice(found)
    return content[: one.start()] + chance.choice(NUMBERS) + content[one.end() :]


def _lines(content: bytes, chance: random.Random) -> bytes:
    """Two lines change places, or one is left out or doubled."""
    lines = content.split(b"\n")
    a, b = chance.randrange(len(lines)), chance.randrange(len(lines))
    what = chance.random()
    if what < 0.4:
        lines[a], lines[b] = lines[b], lines[a]
    elif what < 0.7:
        del lines[a]
    else:
        lines.insert(b, lines[a])
    return b"\n".join(lines)


CHANGES = (_bits, _cut, _cut, _ended, _doubled, _put, _put, _numbered, _numbered, _lines)
