"""The one path from an ask to an answer: record, meter, call, validate, repair once."""

from dataclasses import replace
from time import perf_counter

from townsquare.agents.chat.answers import parse
from townsquare.agents.chat.asked import Asked
from townsquare.agents.chat.budget import Meter
from townsquare.agents.chat.cassette import Cassette, Record
from townsquare.agents.chat.schema import strict_schema
from townsquare.agents.chat.tally import Tally
from townsquare.agents.chat.tape import Failure, Place
from townsquare.protocols.asking import A, Answer, Ask
from townsquare.protocols.chat import Chat, ChatError, Finish, Message, Reply, Request
from townsquare.protocols.chat_settings import ChatSettings

_QUOTED = 4000
"""Characters of a bad answer that are shown to the model again."""
_DECLINED: dict[Finish, str] = {
    "refusal": "the model declined",
    "filter": "the endpoint's content filter cut the answer off",
}


class Asker:
    """Asks one model, with the parameters of ``settings``; an ``AskModel``.

    Every reply goes into the cassette before anybody acts on it, whatever it is worth; every call is taken from the
    budget. What comes of an ask:

    * ``answered``: the reply is JSON of the type asked for and passes ``ask.check``.
    * ``repaired``: it was not, or was cut off; the model was told what is wrong, and its second reply is good.
    * ``invalid``: neither reply is any good.
    * ``refused``: the model declined or the endpoint's filter cut it off, at first or in the second turn.
    * ``failed``: no reply at all, after all retries; also when that happens to the second turn.

    Raises RunStopped (budget spent, replay miss), DiskFull when a reply cannot be recorded, and what a broken
    ``ask.check`` raises; all other trouble is an outcome.
    """

    def __init__(
        self,
        chat: Chat | None,
        model: str,
        settings: ChatSettings,
        cassette: Cassette,
        budget: Meter,
        asked: Asked,
        *,
        settled: int = 0,
    ) -> None:
        """``chat`` may be None where nothing is ever asked (``replay``); ``settled`` is the number of finished ticks.

        Asks of finished ticks are answered from the cassette only. Raises InputError when the budget is in money and
        the model has no price.
        """
        if chat is None and cassette.mode != "replay":
            raise ValueError(f"in the mode {cassette.mode} a chat is needed")
        if cassette.mode != "replay":
            budget.admit(model)
        self.chat, self.model, self.settings, self.settled = chat, model, settings, settled
        self.cassette, self.budget, self.asked = cassette, budget, asked

    async def __call__(self, ask: Ask[A]) -> Answer[A]:
        """The answer, or why there is none."""
        place, tally = Place(ask.tick, ask.purpose, ask.agent, ask.number), Tally()
        request = Request(
            model=self.model,
            messages=ask.messages,
            schema=strict_schema(ask.answer),
            temperature=self.settings.temperature,
            max_tokens=self.settings.max_tokens,
            draw=self.settings.draw,
        )
        answer, bad = self._judge(ask, await self._record(request, place, tally))
        repair = bad is not None
        if bad is not None:
            second = replace(request, messages=(*request.messages, *_repair(bad, answer.why)))
            answer, bad = self._judge(ask, await self._record(second, place, tally))
            if answer.outcome == "answered":
                answer = replace(answer, outcome="repaired")
        self.asked.add(place, self.model, answer.outcome, answer.why, tally, repair=repair)
        return answer

    def _judge(self, ask: Ask[A], record: Record) -> tuple[Answer[A], Reply | None]:
        """What a call brought; and its reply, if that may be repaired."""
        if isinstance(record, Failure):
            return Answer("failed", None, record.why), None
        reply = record.reply
        if reply.finish in _DECLINED:
            why = _DECLINED[reply.finish]
            return Answer("refused", None, f"{why}: {reply.text[:200]}" if reply.text else why), None
        if reply.finish == "length":
            return Answer("invalid", None, f"the answer was cut off after {self.settings.max_tokens} tokens"), reply
        value, wrong = parse(reply.text, ask.answer, ask.check)
        if value is None:
            return Answer("invalid", None, wrong), reply
        return Answer("answered", value), None

    async def _record(self, request: Request, place: Place, tally: Tally) -> Record:
        """What is recorded for a request, if need be after asking."""
        record = self.cassette.find(request, place, past=place.tick < self.settled)
        if record is None:
            record = await self.cassette.flights.once(request.key, lambda: self._call(request, place))
        tally.add(request.key, record, self.cassette.is_own(record, place))
        return record

    async def _call(self, request: Request, place: Place) -> Record:
        """Ask the model, and pay for it."""
        assert self.chat is not None
        held = await self.budget.reserve(request)
        began, tokens, called = perf_counter(), (0, 0), False
        try:
            reply = await self.chat.complete(request)
            tokens, called = (reply.tokens_in, reply.tokens_out), True
            usd = self.budget.usd(self.model, *tokens)
            way = getattr(self.chat, "structured", "")  # how the endpoint was told the form, where the chat says so
            return self.cassette.keep(request, reply, place, usd=usd, structured=way if isinstance(way, str) else "")
        except ChatError as error:
            called = error.attempts > 0
            return self.cassette.keep_failure(request, error, place, seconds=perf_counter() - began)
        finally:
            self.budget.settle(held, *tokens, called=called)


def _repair(bad: Reply, wrong: str) -> tuple[Message, Message]:
    """The second turn: what the model said, and what is wrong with it."""
    said = bad.text if len(bad.text) <= _QUOTED else bad.text[:_QUOTED] + "…"
    hint = "Answer again, much more briefly" if bad.finish == "length" else "Answer again"
    return (
        Message("assistant", said if said.strip() else "(no answer)"),
        Message(
            "user", f"That is not a valid answer: {wrong}. {hint}, with JSON of the required form and nothing else."
        ),
    )
