"""The addresses of a tool: five for its entries, two for each kind of entry below them.

A tool's list and entries may be looked at by the clinician of an approved relation too; all
else is for their owner alone.
"""

from collections.abc import Callable
from typing import Any

from flask import Blueprint

from api.access import Caller, own_name
from api.cbt import entries
from api.cbt.fields import Change, Entry, Owned, OwnersPage, Page
from api.cbt.tool import Child, Tool
from api.db import MAIN, PET, commit
from api.web import ANY_ROLE, Endpoint, Reply, endpoint

ROOT = "/api/cbt"
NAMES = str.maketrans({"/": "_", "-": "_", ":": "_", "<": None, ">": None})


def mount(bp: Blueprint, *tools: Tool) -> None:
    """Give tools all their addresses."""
    for tool in tools:
        _mount(bp, tool)


def _mount(bp: Blueprint, tool: Tool) -> None:
    collection = f"{ROOT}/{tool.path}"
    entry = f"{collection}/<int:entry_id>"
    route(bp, "POST", collection, creating(tool))
    route(bp, "GET", collection, listing(tool))
    route(bp, "GET", entry, showing(tool))
    route(bp, "PUT", entry, changing(tool, "entry_id"))
    route(bp, "DELETE", entry, deleting(tool, "entry_id"))
    for child in tool.children:
        below = f"{collection}/<int:{child.parent}>/{child.path}"
        route(bp, "POST", below, adding(child, tool))
        route(bp, "GET", below, listing_below(child, tool))


def route(bp: Blueprint, method: str, rule: str, view: Endpoint) -> None:
    """Register one view under a name of its own."""
    name = f"{view.__name__}{rule.removeprefix(ROOT)}"
    bp.add_url_rule(rule, name.translate(NAMES), view, methods=[method])


def creating(tool: Tool, *, blank_is_null: bool = False) -> Endpoint:
    """Make the view that adds an entry; with `blank_is_null` an empty text counts as none."""

    @_view(
        f"""Add to the caller's {tool.noun}s.

        The pet's database commits first: its reward is keyed by the day and the entry, so a
        repeat after a failure pays no second time. The main one, which holds the entry, is last.
        """,
        body=tool.entry,
        answers=(201,),
    )
    def create(caller: Caller, body: Entry) -> Reply:
        person = own_name(caller, body.username)
        entry_id = entries.create(tool, person, body, blank_is_null=blank_is_null)
        commit(PET, MAIN)
        return {"success": True, "message": _said(tool.noun, "saved"), "id": entry_id}, 201

    return create


def listing(tool: Tool) -> Endpoint:
    """Make the view that lists somebody's entries."""

    @_view(
        f"List {tool.noun}s; a clinician may ask for an approved patient's.",
        query=tool.page,
        answers=(200, 403),
    )
    def show_all(caller: Caller, query: OwnersPage) -> Reply:
        return {"entries": entries.listed(tool, caller, query)}

    return show_all


def showing(tool: Tool) -> Endpoint:
    """Make the view that shows one entry."""

    @_view(f"Show one {tool.noun}, the caller's or an approved patient's.", answers=(200, 404))
    def show(caller: Caller, entry_id: int) -> Reply:
        return entries.shown(entries.visible(tool, caller, entry_id))

    return show


def changing(tool: Tool, parameter: str) -> Endpoint:
    """Make the view that sets fields of an entry; `parameter` names the id in the path."""

    @_view(
        f"Change fields of one of the caller's {tool.noun}s.", body=tool.change, answers=(200, 404)
    )
    def change(caller: Caller, body: Change, **path: int) -> Reply:
        entries.change(tool, own_name(caller, body.username), path[parameter], body)
        commit(MAIN)
        return {"success": True, "message": _said(tool.noun, "changed")}

    return change


def deleting(tool: Tool, parameter: str, *, body: type[Owned] | None = None) -> Endpoint:
    """Make the view that deletes an entry; `parameter` names the id in the path."""

    @_view(f"Delete one of the caller's {tool.noun}s for good.", body=body, answers=(200, 404))
    def delete(caller: Caller, body: Owned | None = None, **path: int) -> Reply:
        entries.delete(tool, own_name(caller, body.username if body else None), path[parameter])
        commit(MAIN)
        return {"success": True, "message": _said(tool.noun, "deleted")}

    return delete


def adding(child: Child, tool: Tool) -> Endpoint:
    """Make the view that adds something below an entry."""

    @_view(
        f"""Add to the {child.noun}s of one of the caller's {tool.noun}s.

        The databases commit as for every new entry: the pet's, then the main one.
        """,
        body=child.entry,
        answers=(201, 404),
    )
    def add(caller: Caller, body: Entry, **path: int) -> Reply:
        person = own_name(caller, body.username)
        child_id = entries.add(child, tool, person, path[child.parent], body)
        commit(PET, MAIN)
        return {"success": True, "message": _said(child.noun, "saved"), "id": child_id}, 201

    return add


def listing_below(child: Child, tool: Tool) -> Endpoint:
    """Make the view that lists what hangs below an entry."""

    @_view(
        f"List the {child.noun}s of one {tool.noun}, the caller's or an approved patient's.",
        query=Page,
        answers=(200, 404),
    )
    def show_all(caller: Caller, query: Page, **path: int) -> Reply:
        found = entries.listed_below(child, tool, caller, path[child.parent], query)
        return {"entries": found}

    return show_all


def _view(doc: str, **needs: Any) -> Callable[[Callable[..., Reply]], Endpoint]:
    """Put the pipeline in front of a view and say what the view does."""

    def finish(view: Callable[..., Reply]) -> Endpoint:
        view.__doc__ = doc
        return endpoint(auth=ANY_ROLE, **needs)(view)

    return finish


def _said(noun: str, what: str) -> str:
    return f"{noun[0].upper()}{noun[1:]} {what}."
