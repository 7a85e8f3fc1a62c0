"""Several browser windows that are watched together and closed together."""

from typing import Any

from tests.support.browser import DESK, Watch


class Windows:
    """Opens windows that share one watch; `close` closes them and fails when something was noted."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser, self.url = browser, url
        self.watch = Watch(url)
        self.contexts: list[Any] = []

    def __call__(self, **options: Any) -> Any:
        """A window of its own, with its own cookies: `windows(viewport=PHONE, locale="ar")`."""
        context = self.browser.new_context(**{"base_url": self.url, "viewport": DESK, "locale": "en", **options})
        context.set_default_timeout(15_000)
        self.contexts.append(context)
        page = context.new_page()
        self.watch.attach(page)
        return page

    def close(self) -> None:
        """Close every window and look at what was noted."""
        for context in self.contexts:
            context.close()
        self.watch.check()
