"""How a file says what it shows and how it is made again: the part of each format that is for it.

Formats: CompuServe (1990), GIF89a, 24 (comments); W3C (2025), PNG, 11.3.3.4 (iTXt); ISO 16684-1, XMP;
W3C (2018), SVG 2, 5.8 (title, desc, metadata).
"""

from __future__ import annotations

from html import escape

from gdanim.metadata import NAMESPACE, RECIPE, Metadata

BLOCK = 255  # bytes of a GIF's comment between two lengths
XML = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://purl.org/dc/elements/1.1/"


def gif_comments(metadata: Metadata) -> bytes:
    """What stands in a GIF before its first picture: what it shows, in UTF-8, then the recipe."""
    told = metadata.named("", "description", RECIPE)
    return b"".join(_gif_comment(text.encode()) for text in told.values())


def _gif_comment(text: bytes) -> bytes:
    blocks = (text[i : i + BLOCK] for i in range(0, len(text), BLOCK))
    return b"!\xfe" + b"".join(bytes([len(block)]) + block for block in blocks) + b"\0"


def png_texts(metadata: Metadata) -> list[bytes]:
    """The data of a PNG's iTXt chunks: keyword, not compressed, language, text in UTF-8."""
    lang = metadata.lang.encode()
    return [
        name.encode() + b"\0\0\0" + (b"" if name == RECIPE else lang) + b"\0\0" + text.encode()
        for name, text in metadata.named("Title", "Description", RECIPE).items()
    ]


def xmp(metadata: Metadata) -> bytes:
    """An XMP packet; nothing where there is nothing to say."""
    lang = escape(metadata.lang)
    told = [
        f"<dc:{name}><rdf:Alt><rdf:li xml:lang='{each}'>{escape(text)}</rdf:li></rdf:Alt></dc:{name}>"
        for name, text in metadata.named("title", "description", "").items()
        for each in ("x-default",)
    ]
    if told:
        told.append(f"<dc:language><rdf:Bag><rdf:li>{lang}</rdf:li></rdf:Bag></dc:language>")
    if metadata.recipe:
        told.append(_recipe_element(metadata))
    if not told:
        return b""
    rdf, dc = XML
    return (
        f"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='{rdf}'>"
        f"<rdf:Description rdf:about='' xmlns:dc='{dc}'>{''.join(told)}</rdf:Description>"
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def svg_marked(svg: bytes, metadata: Metadata) -> bytes:
    """An SVG with its title and description, which are read aloud, and its recipe."""
    lang = escape(metadata.lang)
    told = [
        f'<{name} xml:lang="{lang}">{escape(text)}</{name}>\n'
        for name, text in metadata.named("title", "desc", "").items()
    ]
    if metadata.recipe:
        told.append(f"<metadata>{_recipe_element(metadata)}</metadata>\n")
    begin = svg.index(b">", svg.index(b"<svg")) + 1
    return svg[:begin] + b"\n" + "".join(told).encode() + svg[begin:].removeprefix(b"\n")


def _recipe_element(metadata: Metadata) -> str:
    return f"<g:recipe xmlns:g='{NAMESPACE}'>{escape(metadata.recipe, quote=False)}</g:recipe>"
