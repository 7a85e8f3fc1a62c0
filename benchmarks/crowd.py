"""The people of an electorate, who vote by real requests: for figures, and for tests of faults."""

import contextlib
import http.client
import re
import threading
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import NamedTuple, TypeVar
from urllib.parse import urlencode

from benchmarks.electorate import Electorate, Voter

PATIENCE = 30.0
T = TypeVar("T")
_ENVELOPE = re.compile(r'name="envelope" value="([0-9a-f-]+)"')
_RECEIPT = re.compile(r'<p class="receipt__code"><code dir="ltr">([0-9a-f ]+)</code>')


class Lost(ConnectionError):
    """No whole answer came: the server may or may not have done what it was asked."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    location: str
    text: str


class Visit:
    """A voter's browser: keeps cookies, follows nothing by itself. One thread each."""

    def __init__(self, port: int, found: Electorate, voter: Voter) -> None:
        self.port, self.found, self.voter = port, found, voter
        self.cookies = {"plaza": voter.cookie}
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, path: str, form: list[tuple[str, str]] | None = None) -> Answer:
        """One request. Raises Lost when the connection breaks before the whole answer is here."""
        body = urlencode([("csrf_token", self.voter.form_token), *form]) if form is not None else None
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "text/html,*/*"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Lost(type(error).__name__) from error
        for line in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies.pop(name, None)
                if morsel.value:
                    self.cookies[name] = morsel.value
        return Answer(response.status, response.headers.get("Location", ""), text)

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @property
    def page(self) -> str:
        """The ballot's address."""
        return f"/voting/{self.found.pot_id}"

    def identify(self) -> Answer:
        """Say who is voting."""
        return self.ask("POST", f"{self.page}/who", [("number", self.voter.number)])

    def choose(self, choices: tuple[str, ...]) -> Answer:
        """Send the choices, on to the review."""
        return self.ask("POST", self.page, [*(("choice", one) for one in choices), ("step", "review")])

    def review(self) -> str:
        """Look at the review page; returns the id of the envelope that it made, nothing when another page came."""
        found = _ENVELOPE.search(self.ask("GET", f"{self.page}/review").text)
        return found[1] if found else ""

    def cast(self, choices: tuple[str, ...], envelope: str) -> Answer:
        """Put the ballot into the box."""
        return self.ask("POST", f"{self.page}/review", [*(("choice", one) for one in choices), ("envelope", envelope)])

    def receipt(self) -> str:
        """What the page after casting shows; nothing when another page came."""
        found = _RECEIPT.search(self.ask("GET", f"{self.page}/thanks").text)
        return found[1].replace(" ", "") if found else ""


def is_acknowledged(answer: Answer) -> bool:
    """Whether this answer to casting says that the ballot is in the box."""
    return answer.status == 303 and answer.location.endswith("/thanks")


@dataclass
class Crowd:
    """Voters who vote all at once, from so many threads, and press "reload" until they get an answer.

    `receipts` holds what each acknowledged voter was told, `lost` counts answers that never came, `troubles` what pages of
    another kind said, `differing` are voters whose envelope, sent twice at once, got two different answers.
    """

    port: int
    found: Electorate
    threads: int = 16
    twice_every: int = 10
    deadline: float = 55.0
    receipts: dict[uuid.UUID, str] = field(default_factory=dict)
    troubles: list[Answer] = field(default_factory=list)
    differing: list[uuid.UUID] = field(default_factory=list)
    lost: int = 0
    _until: float = 0.0

    def vote(self, choices_of: Callable[[int], tuple[str, ...]], progress: Callable[[int], None] = lambda _done: None) -> None:
        """Let everybody vote. Raises TimeoutError when somebody could not until the deadline."""
        self._until = time.monotonic() + self.deadline
        with ThreadPoolExecutor(self.threads) as pool:
            turns = [pool.submit(self._one, at, choices_of(at)) for at in range(len(self.found.voters))]
            for turn in as_completed(turns):
                turn.result()
                progress(len(self.receipts))

    def _one(self, at: int, choices: tuple[str, ...]) -> None:
        voter = self.found.voters[at]
        visit = Visit(self.port, self.found, voter)
        try:
            self._until_good(visit.identify, lambda answer: answer.status == 302)
            self._until_good(lambda: visit.choose(choices), lambda answer: answer.location.endswith("/review"))
            envelope = self._until_good(visit.review, bool)
            if at % self.twice_every == 0:
                self._cast_twice(visit, choices, envelope)
            self._until_good(lambda: visit.cast(choices, envelope), is_acknowledged)
            self.receipts[voter.person_id] = self._until_good(visit.receipt, bool)
        finally:
            visit.close()

    def _cast_twice(self, visit: Visit, choices: tuple[str, ...], envelope: str) -> None:
        """A double click: the same envelope over two connections at once. Answers that came say the same."""
        other = Visit(self.port, self.found, visit.voter)
        told: list[str] = []

        def send(browser: Visit) -> None:
            with contextlib.suppress(Lost):
                if is_acknowledged(browser.cast(choices, envelope)) and (receipt := browser.receipt()):
                    told.append(receipt)

        second = threading.Thread(target=send, args=(other,))
        second.start()
        send(visit)
        second.join()
        other.close()
        if len(set(told)) > 1:
            self.differing.append(visit.voter.person_id)

    def _until_good(self, step: Callable[[], T], good: Callable[[T], bool]) -> T:
        while True:
            try:
                answer = step()
                if good(answer):
                    return answer
                if isinstance(answer, Answer):
                    self.troubles.append(answer)
            except Lost:
                self.lost += 1
            if time.monotonic() > self._until:
                told = [(answer.status, answer.location) for answer in self.troubles[-5:]]
                raise TimeoutError(f"somebody could not vote in time; {self.lost} answers lost, last others {told}")
            time.sleep(0.1)
