"""What every page gets on a public screen, whoever wrote it: forms that no browser fills in again, an end for screens
without scripts, and words instead of links that lead away, to files, or into a clipboard that the next visitor would find.

It works on the finished page, so that no template can leave it out. Templates escape quotation marks in what people wrote:
what looks like a tag here is one.
"""

import re
from urllib.parse import urlsplit

FORM = re.compile(r"<form\b(?P<attributes>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL)
FORM_TAG = re.compile(r"<form\b(?P<attributes>[^>]*)>")
AUTOCOMPLETE = re.compile(r'(?<=\s)autocomplete="[^"]*"')
FIELD = re.compile(r'<(textarea|select)\b|<input\b(?![^>]*\btype="(hidden|submit)")')
LINK = re.compile(r"<a\b(?P<attributes>[^>]*)>(?P<words>.*?)</a>", re.DOTALL)
COPY = re.compile(r'<button\b[^>]*\bdata-module="copy"[^>]*>.*?</button>', re.DOTALL)
HREF = re.compile(r'\bhref="(?P<address>[^"]*)"')
FILES = re.compile(r"\.(pdf|csv|geojson|json|jsonl|jsonld|jws|xml|zip|ics|py|txt|md|pb)$|^/\.well-known/")


def asks(page: str) -> bool:
    """Whether the page has a form to fill in: it takes longer than reading."""
    return any(
        'method="post"' in found["attributes"].lower() and FIELD.search(found["inside"]) for found in FORM.finditer(page)
    )


def dress(page: str, start: str, seconds: int, host: str) -> str:
    """The page as a public screen may show it. After `seconds` a browser without scripts goes to `start` by itself."""
    page = AUTOCOMPLETE.sub('autocomplete="off"', page)
    page = FORM_TAG.sub(_never_filled, page)
    page = LINK.sub(lambda found: _stays_here(found, host), page)
    page = COPY.sub("", page)
    end = f'<noscript><meta http-equiv="refresh" content="{seconds}; url={start}"></noscript>'
    return page.replace("</head>", f"{end}\n</head>", 1)


def name_visit(page: str, mark: str) -> str:
    """The page says to its script in which visit it was made."""
    return page.replace(" data-kiosk", f' data-kiosk data-visit="{mark}"', 1)


def _never_filled(tag: re.Match[str]) -> str:
    if AUTOCOMPLETE.search(tag["attributes"]):
        return tag[0]
    return f'<form{tag["attributes"]} autocomplete="off">'


def _stays_here(link: re.Match[str], host: str) -> str:
    """The link, or its words alone where it leads to another host, to a file, or to another program."""
    found = HREF.search(link["attributes"])
    if found is None:
        return link[0]
    parts = urlsplit(found["address"].replace("&amp;", "&"))
    away = (parts.netloc and parts.netloc != host) or parts.scheme not in ("", "http", "https")
    if away:
        return f"<span>{link['words']}</span>"
    if FILES.search(parts.path) or re.search(r"\sdownload\b", link["attributes"]):
        return ""
    return link[0]
