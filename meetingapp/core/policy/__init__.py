"""Who may do what: actions by name. What nobody registered, nobody may; what nobody asked, nobody gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, Protocol, TypeVar

import flask
from flask import has_request_context
from sqlalchemy import Select

from meetingapp.core.database.transactions import passage


class Actor(Protocol):
    """Whoever asks. Offices are asked of the actor per council, by the floors that know councils."""

    @property
    def is_authenticated(self) -> bool: ...


Rule = Callable[..., bool]
View = TypeVar("View", bound=Callable[..., Any])
_actions: dict[str, Rule] = {}


def action(name: str) -> Callable[[Rule], Rule]:
    """Register the rule for one action, `"thing.verb"`. A name is registered once."""

    def register(rule: Rule) -> Rule:
        assert name not in _actions, f"{name} has a rule already"
        _actions[name] = rule
        return rule

    return register


def allows(actor: Any, name: str, *about: Any) -> bool:
    """Whether `actor` may do `name` with `about`. An unknown name is a no."""
    rule = _actions.get(name)
    return rule is not None and rule(actor, *about)


def mark_asked() -> None:
    if has_request_context():
        passage().policy_asked = True


def require(actor: Any, name: str, *about: Any) -> None:
    """Ask, and stop here on a no: 401 for a stranger, who may sign in and come back, else 403."""
    mark_asked()
    if not allows(actor, name, *about):
        flask.abort(403 if actor.is_authenticated else 401)


def require_visible(actor: Any, name: str, *about: Any) -> None:
    """As `require`, but a no looks as if the thing did not exist: 404 for whoever is signed in."""
    mark_asked()
    if not allows(actor, name, *about):
        flask.abort(404 if actor.is_authenticated else 401)


def absent(actor: Any) -> NoReturn:
    """Stop here: there is no such thing. The same answer as `require_visible` gives to a no, so nobody can tell which ids are there."""
    mark_asked()
    flask.abort(404 if actor.is_authenticated else 401)


Narrow = Callable[[Any, Select[Any]], Select[Any]]


def scope(actor: Any, query: Select[Any], narrow: Narrow) -> Select[Any]:
    """`query` narrowed to what `actor` may see: the question a list asks."""
    mark_asked()
    return narrow(actor, query)


def open(why: str) -> Callable[[View], View]:
    """Mark a view that asks nobody: `@policy.open("the sign-in page")`."""
    assert why, "say why this page is open"

    def mark(view: View) -> View:
        view.open_because = why  # type: ignore[attr-defined]
        return view

    return mark


def registered() -> frozenset[str]:
    """The names of all actions."""
    return frozenset(_actions)
