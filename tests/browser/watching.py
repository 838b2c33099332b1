"""Whatever goes wrong behind a page fails the test, also when the page looks right."""

from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, Response, WebError


@dataclass
class Watch:
    """What went wrong in the pages of a browser window; `expected` are refusals of the story."""

    problems: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._script_error)
        context.on("response", self._response)

    def assert_clean(self) -> None:
        """Fail with everything that was seen."""
        assert self.problems == []

    def _console(self, message: ConsoleMessage) -> None:
        if any(f"status of {status} " in message.text for status in self.expected):
            return
        # A refusal by the content security policy is such an error too.
        if message.type in {"error", "warning"}:
            self.problems.append(f"console {message.type}: {message.text} {message.location}")

    def _script_error(self, error: WebError) -> None:
        self.problems.append(f"script error: {error.error}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.problems.append(f"server error {response.status}: {response.url}")
