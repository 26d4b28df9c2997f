"""Ways of spoiling a file, each with a seed: the same seed spoils a file in the same way.

Here belongs: making spoilt files. Not here: what has to hold for them (`invariants`).
"""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import xlsxwriter

Bytes = Callable[[bytes, random.Random], bytes]
Table = list[list[Any]]

ODD_CELLS: Sequence[str] = (
    "NaN", "Infinity", "999999999999", "-999999999999,99", "-inf", "1e999", "1e5", "-0", "0x10", "1_000", "99999999999999999999999", "9" * 400, "1.234", "1.234.567,8",
    "1,2,3", "--5", "+5", "−5", "5-", "12 oo0", "1\u00a0234,50", "½", "٣٤٥", "１２３", "²", "1٬000", "24.12.25", "31.2.2024",
    "0.0.0000", "1.1.0001", "31.12.9999", "2024-02-30", "2024-13-01", "2024-01-01T25:61:00", "45292", "45292.5", "99999", "99999.9",
    "١.٢.٢٠٢٤", "1.1.２０２４", "2024-W01", "12.6.2024 klo 99.99", "12.6.2024 25:00", "2024-01-01T10:00:00+99:99", "2024-01-01T10:00:00Z",
    "2024-01-01T10:00:00.123456789123Z", "2024-01-01 10:00:00+0200", "20240", "٢٠٢٤", "9123457-3", "FI91234573", "９１２３４５７-3", "0000000-0",
    "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "#REF!", "#DIV/0!", "TRUE", "null", "None", "\\N", "<script>x</script>", "&lol9;", "{}", "[]", "{0}",
    "{header}", "%s", "'; DROP TABLE x; --", "../../etc/passwd", "\u202edlrow", "\u200b", "\ufeff", "\u0000", "\x1b[31m", "👨‍👩‍👧‍👦", "e\u0301" * 50, "ẞ", "İ",
    "Latu ry; Kiekko ry | Kerho ry, Seura ry", ";;;|||", "|", "5 Täysin samaa mieltä", "5Täysin", "KU998", "SSS", "KU9998", "a" * 40_000,
)  # fmt: skip
"""Texts that a cell may hold by mistake, by malice or from another language."""

RULES: Sequence[str] = (
    "FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=99999999", "FREQ=DAILY", "FREQ=DAILY;UNTIL=99991231", "FREQ=YEARLY", "FREQ=WEEKLY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=-1", "FREQ=DAILY;COUNT=-5", "FREQ=DAILY;COUNT=1000000000", "FREQ=NEVER", "FREQ=", "COUNT=3", "FREQ=DAILY;BYHOUR=0,1,2",
    "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=WEEKLY;BYDAY=XX", "FREQ=DAILY;UNTIL=rubbish", "FREQ=DAILY;BYSECOND=1",
)  # fmt: skip
"""Rules of recurrence, many of them without an end or a sense."""

CALENDAR_LINES: Sequence[str] = (
    "DTSTART:00010101", "DTSTART:99991231", "DTSTART:20240230", "DTSTART;TZID=Mars/Olympus:20240101T100000", "DTSTART;TZID=:20240101T100000",
    "DTSTART;VALUE=DATE:20240101T100000", "DTSTART:rubbish", "DTSTART:20240101T250000Z", "DTEND:00010101", "DURATION:P99999999D", "DURATION:-P1D",
    "EXDATE:rubbish", "RDATE:20240101,20240102,rubbish", "RECURRENCE-ID:20240101T000000Z", "ORGANIZER;CN=\"Katto; ry\":mailto:a@b.invalid",
    "SUMMARY:=1+1", "SUMMARY;LANGUAGE=fi:\\n\\;\\,", "STATUS:CANCELLED", "BEGIN:VALARM", "END:VEVENT", "BEGIN:VEVENT", "END:VCALENDAR", "X-ODD", ":::", "\x00",
    "DTSTAMP:99991231T235959Z", "DTSTAMP:rubbish", "UID:", "SEQUENCE:x",
)  # fmt: skip
"""Lines of a calendar that are wrong by themselves or in their place."""

ODD_VALUES: Sequence[Any] = (
    None, True, False, 0, -1, 10**400, 1.5, float("nan"), float("inf"), "", " ", [], {}, [None], [[]], {"": None}, {"value": "x"}, [{"a": 1}] * 3, "\ud800", *ODD_CELLS[:40],
)  # fmt: skip


# Any bytes


def flip_bytes(content: bytes, chance: random.Random) -> bytes:
    """Change some bytes to any others."""
    spoilt = bytearray(content)
    for _ in range(chance.choice((1, 3, 30))):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def cut(content: bytes, chance: random.Random) -> bytes:
    """Keep only the beginning."""
    return content[: chance.randrange(len(content))]


def cut_out(content: bytes, chance: random.Random) -> bytes:
    """Take a piece out of the middle."""
    begin = chance.randrange(len(content))
    return content[:begin] + content[begin + chance.randrange(2000) :]


def double(content: bytes, chance: random.Random) -> bytes:
    """Put a piece in twice."""
    begin = chance.randrange(len(content))
    piece = content[begin : begin + chance.randrange(3000)]
    return content[:begin] + piece + content[begin:]


def sprinkle(content: bytes, chance: random.Random) -> bytes:
    """Put control characters, byte order marks and broken UTF-8 in."""
    spoilt = content
    for _ in range(chance.choice((1, 5, 50))):
        place = chance.randrange(len(spoilt) + 1)
        odd = chance.choice(
            (
                b"\x00",
                b"\x1a",
                b"\xef\xbb\xbf",
                b"\xff\xfe",
                b"\xc3",
                b"\xf0\x9f",
                b"\x85",
                b"\xe2\x80\xa8",
                b"\r",
                b"\n",
                b"\x0b",
            )
        )
        spoilt = spoilt[:place] + odd + spoilt[place:]
    return spoilt


ANY: Sequence[Bytes] = (flip_bytes, cut, cut_out, double, sprinkle)


# Text of lines and separators


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _lines(content: bytes) -> tuple[list[str], str]:
    text = _text(content)
    return text.splitlines(), ";" if text.count(";") > text.count(",") else ","


def _joined(lines: Sequence[str]) -> bytes:
    return "\r\n".join(lines).encode("utf-8", errors="surrogatepass")


def _some(lines: Sequence[str], chance: random.Random) -> list[int]:
    return [chance.randrange(len(lines)) for _ in range(chance.choice((1, 3, 20)))] if lines else []


def shuffle_columns(content: bytes, chance: random.Random) -> bytes:
    """Put the columns of every line into another order."""
    lines, mark = _lines(content)
    width = max(line.count(mark) for line in lines) + 1
    order = chance.sample(range(width), width)
    cells = [(line.split(mark) + [""] * width)[:width] for line in lines]
    return _joined([mark.join(row[place] for place in order) for row in cells])


def shuffle_lines(content: bytes, chance: random.Random) -> bytes:
    """Swap lines, so that the header may come last."""
    lines, _ = _lines(content)
    for place in _some(lines, chance):
        other = chance.randrange(min(len(lines), 80))
        lines[place], lines[other] = lines[other], lines[place]
    return _joined(lines)


def repeat_lines(content: bytes, chance: random.Random) -> bytes:
    """Repeat lines, the header among them, and leave others blank."""
    lines, mark = _lines(content)
    for place in _some(lines, chance):
        lines.insert(
            chance.randrange(len(lines)),
            chance.choice((lines[place], lines[min(1, len(lines) - 1)], "", mark * 3, " ")),
        )
    return _joined(lines)


def double_header(content: bytes, chance: random.Random) -> bytes:
    """Let a column stand twice, under the same header or with the header empty."""
    lines, mark = _lines(content)
    place = chance.randrange(max(line.count(mark) for line in lines) + 1)
    doubled = []
    for line in lines:
        cells = line.split(mark)
        extra = cells[place] if place < len(cells) else ""
        doubled.append(mark.join([*cells, extra if chance.random() < 0.95 else ""]))
    return _joined(doubled)


def quotes(content: bytes, chance: random.Random) -> bytes:
    """Put quotation marks where they don't belong."""
    lines, mark = _lines(content)
    for place in _some(lines, chance):
        line = lines[place]
        spot = chance.randrange(len(line) + 1)
        odd = chance.choice(('"', '""', '"""', f'"{mark}', f'{mark}"', f'"{mark}"', "'", '"\n', '\\"', '"\r'))
        lines[place] = line[:spot] + odd + line[spot:]
    return _joined(lines)


def separators(content: bytes, chance: random.Random) -> bytes:
    """Add separators to lines, take them away, or use other ones."""
    lines, mark = _lines(content)
    for place in _some(lines, chance):
        spot = chance.randrange(len(lines[place]) + 1)
        other = chance.choice((mark, "\t", "|", ",", ";", mark * 500))
        changed = chance.choice(
            (lines[place][:spot] + other + lines[place][spot:], lines[place].replace(mark, other, 2))
        )
        lines[place] = changed if chance.random() < 0.7 else lines[place].replace(mark, "", 1)
    return _joined(lines)


def odd_cells(content: bytes, chance: random.Random) -> bytes:
    """Put odd texts into cells, mostly below the first lines."""
    lines, mark = _lines(content)
    for _ in range(chance.choice((1, 10, 100))):
        place = chance.randrange(len(lines))
        cells = lines[place].split(mark)
        cells[chance.randrange(len(cells))] = chance.choice(ODD_CELLS)
        lines[place] = mark.join(cells)
    return _joined(lines)


def long_cell(content: bytes, chance: random.Random) -> bytes:
    """Make one cell or one line very long."""
    lines, mark = _lines(content)
    place = chance.randrange(len(lines))
    lines[place] += chance.choice(("x", "å", '"', f"{mark}1", mark, " ")) * 200_000
    return _joined(lines)


def encodings(content: bytes, chance: random.Random) -> bytes:
    """Write the text in another encoding, or each line in its own."""
    text = _text(content)
    names = (
        "cp1252",
        "latin-1",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-8-sig",
        "utf-32",
        "utf-7",
        "cp437",
        "mac-roman",
    )
    if chance.random() < 0.5:
        return text.encode(chance.choice(names), errors="replace")
    mixed = ("cp1252", "utf-8", "utf-8", "mac-roman")
    return b"\n".join(line.encode(chance.choice(mixed), errors="replace") for line in text.splitlines())


TEXT: Sequence[Bytes] = (
    *ANY, shuffle_columns, shuffle_lines, repeat_lines, double_header, quotes, separators, odd_cells, odd_cells, long_cell, encodings,
)  # fmt: skip


# Workbooks


def workbook(sheets: Sequence[Table], chance: random.Random) -> bytes:
    """Write sheets as people do: numbers and dates as such, formulas, errors, merged cells, hidden and empty sheets."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_numbers": False, "nan_inf_to_errors": True}) as book:
        day = book.add_format({"num_format": chance.choice(("d.m.yyyy", "yyyy-mm-dd", "0", "[h]:mm:ss"))})
        for number, rows in enumerate(sheets):
            sheet = book.add_worksheet(f"Taulu {number}")
            for line, cells in enumerate(rows):
                for place, cell in enumerate(cells[:16_000]):
                    _write(sheet, line, place, cell, day, chance)
            if chance.random() < 0.2 and rows:
                sheet.merge_range(len(rows) + 1, 0, len(rows) + 3, 3, "yhdistetty")
        if chance.random() < 0.3:
            book.add_worksheet("Tyhjä")
    return file.getvalue()


def _write(sheet: Any, line: int, place: int, cell: Any, day: Any, chance: random.Random) -> None:
    text = (
        "" if cell is None else re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", str(cell))[:32_000]
    )
    kind = chance.random()
    if not text:
        return
    if kind < 0.02:
        sheet.write_formula(
            line, place, '=HYPERLINK("http://esimerkki.invalid")', None, chance.choice((text, 0, "", "#REF!"))
        )
    elif kind < 0.03:
        sheet.write_boolean(line, place, chance.random() < 0.5)
    elif kind < 0.05:
        sheet.write_number(
            line,
            place,
            chance.choice((1e300, -0.0, 0.1 + 0.2, 45292, 45292.75, 2958466, 1e-9, 12345678901234567890)),
            day,
        )
    elif kind < 0.5 and re.fullmatch(r"-?[0-9]{1,9}", text):
        sheet.write_number(line, place, int(text))
    else:
        sheet.write_string(line, place, text)


def spoil_cells(table: Table, chance: random.Random) -> Table:
    """Put odd texts into cells of a table and change its rows."""
    spoilt = [list(row) for row in table]
    for _ in range(chance.choice((1, 10, 60))):
        row = chance.choice(spoilt)
        if row:
            row[chance.randrange(len(row))] = chance.choice(ODD_CELLS)
    if chance.random() < 0.3:
        spoilt.insert(chance.randrange(len(spoilt)), list(chance.choice(spoilt)))
    if chance.random() < 0.2:
        chance.choice(spoilt).extend(["ylimääräinen"] * 3)
    if chance.random() < 0.1:
        spoilt = spoilt[: chance.randrange(len(spoilt)) + 1]
    return spoilt


_XML_SPOILS: Sequence[tuple[str, Sequence[str]]] = (
    (r'r="[A-Z]+\d+"', ('r="XFD1048576"', 'r="A0"', 'r=""', 'r="ZZZZZ1"', 'r="1A"', "")),
    (r'ref="[^"]*"', ('ref="A1:XFD1048576"', 'ref=""', 'ref="B2:A1"')),
    (r't="s"', ('t="str"', 't="inlineStr"', 't="b"', 't="e"', 't="n"', 't="d"', 't="?"')),
    (r"<v>[^<]*</v>", ("<v></v>", "<v>999999999</v>", "<v>-1</v>", "<v>NaN</v>", "<v>x</v>", "<v>1e999</v>", "<v/>")),
    (r"<si>", ("<si><r/>", "<si><rPh/>", "")),
    (r's="\d+"', ('s="9999"', 's="-1"', 's=""')),
    (r'r:id="[^"]*"', ('r:id="rId99"', 'r:id=""')),
    (r'Target="[^"]*"', ('Target="../../x"', 'Target=""', 'Target="http://esimerkki.invalid/x"')),
    (r'name="[^"]*"', ('name=""', 'name="&#0;"', 'name="a"')),
    (r"<\?xml[^>]*>", ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]>', "", "\ufeff")),
    (r'table:number-columns-repeated="\d+"', ('table:number-columns-repeated="1000000"', 'table:number-columns-repeated="-1"')),
    (r'table:number-rows-repeated="\d+"', ('table:number-rows-repeated="1000000"', 'table:number-rows-repeated="99999999999"')),
    (r'office:value-type="\w+"', ('office:value-type="date"', 'office:value-type="float"', 'office:value-type="x"')),
    (r"<table:table-row", ("<table:covered-table-cell/><table:table-row",)),
    (r">[^<]{3,}<", (">&#x0;<", "><", ">" + "x" * 100_000 + "<", "><![CDATA[a]]><", ">&undefined;<")),
)  # fmt: skip


def spoil_parts(content: bytes, chance: random.Random) -> bytes:
    """Change the XML within a workbook and pack it anew, so that the checksums are right."""
    spoilt = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(spoilt, "w", zipfile.ZIP_DEFLATED) as packed:
        names = archive.namelist()
        target = chance.choice([name for name in names if name.endswith((".xml", ".rels"))])
        for name in names:
            part = archive.read(name)
            if name == target:
                part = _spoil_xml(part, chance)
            if not (chance.random() < 0.02):
                packed.writestr(name, part)
        if chance.random() < 0.1:
            packed.writestr("xl/vbaProject.bin", bytes(200))
    return spoilt.getvalue()


def _spoil_xml(part: bytes, chance: random.Random) -> bytes:
    if chance.random() < 0.3:
        return chance.choice(ANY)(part, chance)
    text = part.decode("utf-8")
    for _ in range(chance.choice((1, 2, 5))):
        pattern, others = chance.choice(_XML_SPOILS)
        found = list(re.finditer(pattern, text))
        if found:
            spot = chance.choice(found)
            text = text[: spot.start()] + chance.choice(others) + text[spot.end() :]
    return text.encode("utf-8")


ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def ods(table: Table, chance: random.Random) -> bytes:
    """Write a table as OpenDocument, with repeated cells and rows."""
    rows = "".join(
        f"<table:table-row>{''.join(_ods_cell(cell, chance) for cell in cells)}</table:table-row>" for cells in table
    )
    if chance.random() < 0.3:
        rows += '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES}><office:body><office:spreadsheet>'
        f'<table:table table:name="T">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in (("mimetype", ODS_TYPE), ("META-INF/manifest.xml", "<manifest/>"), ("content.xml", content)):
            packed.writestr(name, part)
    return file.getvalue()


def _ods_cell(cell: Any, chance: random.Random) -> str:
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", str(cell or ""))
    if not text:
        return '<table:table-cell table:number-columns-repeated="1"/>'
    safe = text.replace("&", "&amp;").replace("<", "&lt;")
    if re.fullmatch(r"[0-9]{1,6}", text) and chance.random() < 0.5:
        return f'<table:table-cell office:value-type="float" office:value="{text}"><text:p>{safe}</text:p></table:table-cell>'
    return f'<table:table-cell office:value-type="string"><text:p>{safe}</text:p></table:table-cell>'


# JSON


def spoil_json(content: bytes, chance: random.Random) -> bytes:
    """Change, drop or rename values anywhere in a document."""
    if chance.random() < 0.2:
        return chance.choice(ANY)(content, chance)
    document = json.loads(content)
    for _ in range(chance.choice((1, 1, 3, 10))):
        document = _spoil_value(document, chance, 0)
    text = json.dumps(document, ensure_ascii=chance.random() < 0.5, allow_nan=True)
    return text.encode("utf-8", errors="surrogatepass")


def _spoil_value(value: Any, chance: random.Random, depth: int) -> Any:
    if depth and (chance.random() < 0.15 or not isinstance(value, dict | list) or not value):
        return chance.choice(ODD_VALUES)
    if isinstance(value, list) and value:
        place = chance.randrange(len(value))
        inner = _spoil_value(value[place], chance, depth + 1)
        return [*value[:place], inner, *value[place + 1 :]]
    if not isinstance(value, dict) or not value:
        return chance.choice(ODD_VALUES)
    key = chance.choice(list(value))
    match chance.randrange(8):
        case 0:
            return {name: inner for name, inner in value.items() if name != key}
        case 1:
            return {(f"{name}x" if name == key else name): inner for name, inner in value.items()}
        case _:
            return {**value, key: _spoil_value(value[key], chance, depth + 1)}


def bomb(chance: random.Random) -> bytes:
    """Make a JSON document that is very deep or very wide."""
    deep = chance.choice((1_000, 100_000))
    return chance.choice(
        (
            b"[" * deep,
            b"[" * deep + b"]" * deep,
            b'{"a":' * deep + b"1" + b"}" * deep,
            b"[" + b"{}," * deep + b"{}]",
            b'{"value": [' + b"1," * deep + b'1], "id": [], "size": [], "dimension": {}}',
            b'{"companies": [' + b"[]," * deep + b"{}]}",
            b"[" + b"9" * deep + b"]",
            b'{"a": "' + b"x" * deep + b'"}',
        )
    )


# Calendars


def spoil_calendar(content: bytes, chance: random.Random) -> bytes:
    """Change lines of a calendar, its rules of recurrence first of all."""
    if chance.random() < 0.15:
        return chance.choice(ANY)(content, chance)
    lines = content.decode("utf-8").splitlines()
    for _ in range(chance.choice((1, 1, 3))):
        place = chance.randrange(1, len(lines))
        if chance.random() < 0.5:
            place = next((at for at in range(place, len(lines)) if lines[at].startswith("DTSTART")), place)
            lines.insert(place + 1, f"RRULE:{chance.choice(RULES)}")
        else:
            lines[place : place + chance.randrange(2)] = [chance.choice(CALENDAR_LINES)]
    return "\r\n".join(lines).encode("utf-8")


# Files that people keep in a workspace

BOMBS: Sequence[bytes] = (
    b"a = " + b"[" * 50_000,
    b"- " * 20_000 + b"x",
    b"[" * 20_000,
    b"{a: " * 20_000,
    b"a: &a [x,x,x,x,x,x,x,x]\n" + b"".join(b"%c: &%c [%s]\n" % (97 + n, 97 + n, b",".join([b"*%c" % (96 + n)] * 8)) for n in range(1, 12)),
    b"- !!python/object/apply:os.system ['true']\n",
    b"\xff\xfea\x00",
    b"a.b.c" + b".d" * 20_000 + b" = 1",
    b"a = 9" + b"9" * 20_000,
    b"a = 9999-99-99",
    b"- 2024-99-99\n",
    b"- &a [*a]\n",
    b"? [x]\n: y\n",
    b"- file: 1\n  row: 1e999\n",
    b"mention_key" + b";x" * 100_000,
    b'"' * 100_001,
)  # fmt: skip
"""Documents that are deep, wide, or grow when they are read."""


def spoil_kept(content: bytes, chance: random.Random) -> bytes:
    """Spoil a file that people keep: its characters, its lines, or the whole of it."""
    if chance.random() < 0.15:
        whole = chance.choice(BOMBS)
        return content + b"\n" + whole if chance.random() < 0.3 else whole
    if chance.random() < 0.4:
        return chance.choice((*ANY, encodings, quotes, shuffle_lines, repeat_lines))(content, chance)
    lines = content.decode("utf-8").splitlines()
    for _ in range(chance.choice((1, 3))):
        place = chance.randrange(len(lines))
        key, mark, _rest = lines[place].partition("=") if "=" in lines[place] else lines[place].partition(":")
        odd = chance.choice(
            (
                "",
                "1",
                '"x"',
                "[]",
                "{}",
                "true",
                "nan",
                "1e400",
                "[[[",
                "1970-01-01",
                "9" * 30,
                '"\\ud800"',
                "null",
                "~",
                "*x",
                "!!binary x",
                *ODD_CELLS[:20],
            )
        )
        lines[place] = f"{key}{mark} {odd}"
    return "\n".join(lines).encode("utf-8", errors="surrogatepass")
