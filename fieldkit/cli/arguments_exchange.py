# SPDX-License-Identifier: EUPL-1.2
"""The arguments of what crosses to others: accounts, sending, conflicts, staff, dossiers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldkit.cli.command import add

if TYPE_CHECKING:
    from fieldkit.cli.command import Commands


def add_exchange(commands: Commands) -> None:
    """Add the commands that reach the regions, their staff and other kits."""
    connect = add(
        commands,
        "connect",
        "exchange.connect",
        "Take the invitation of a region, try it, and keep it. An account that is there already gets the new token.",
    )
    invitation = "the link, a picture of the QR code, or - to read the text from the input"
    connect.add_argument("invitation", metavar="INVITATION", help=invitation)
    connect.add_argument("--name", metavar="NAME", default="", help="how to call the account")
    pull = add(commands, "pull", "exchange.pull", "Get the forms of the regions, one account after the other.")
    push = add(commands, "push", "exchange.push", "Send the finalized records, each to its account, oldest first.")
    for command in (pull, push):
        command.add_argument(
            "--account", metavar="ID", default="", help="only this account; FIELDKIT_TOKEN is its token"
        )
    _add_accounts(commands)
    _add_resolve(commands)
    _add_dossier(commands)
    _add_staff(commands)


def _add_resolve(commands: Commands) -> None:
    resolve = add(
        commands,
        "resolve",
        "resolving.resolve",
        "Choose what becomes of a refused record. Without a choice it is told what the region has in its place, and"
        " what changed here since the last version that was sent.",
    )
    resolve.add_argument("record", metavar="RECORD", help="the id that `records` shows")
    ways = resolve.add_mutually_exclusive_group()
    for way, text in (
        ("keep-region", "yours is set aside: kept to be read, never sent"),
        ("as-new", "yours goes as a new record, beside the region's"),
        ("on-newer", "yours goes in the place of the version that the region's list names"),
        ("draft", "yours becomes a draft; nothing is sent"),
        ("take-up", "undo --keep-region"),
        ("retry", "send any refused record again as it is, and what waits for it"),
    ):
        ways.add_argument(f"--{way}", dest="way", action="store_const", const=way, default="", help=text)


def _add_accounts(commands: Commands) -> None:
    text = "The accounts at regional servers: who is connected where. Without a word, list them."
    accounts = add(commands, "accounts", "accounts.show", text)
    acts = accounts.add_subparsers(title="what to do", dest="act", metavar="ACT")
    add(acts, "list", "accounts.show", "List the accounts, with what waits for each; the default one is marked.")
    text = "Make an account the default one: for forms that ship, and for records that are nobody's yet."
    use = add(acts, "use", "accounts.use", text)
    rename = add(acts, "rename", "accounts.rename", "Call an account otherwise. Its id stays.")
    text = "Leave: forget an account and its token. Its records stay here, and leave if it is connected again."
    remove = add(acts, "remove", "accounts.remove", text)
    for act in (use, rename, remove):
        act.add_argument("account", metavar="ID", help="the id that `accounts` shows")
    rename.add_argument("name", metavar="NAME", help="how to call it")
    remove.add_argument(
        "--revoke", action="store_true", help="end the token at the region first, so that nobody can use it"
    )


def _add_staff(commands: Commands) -> None:
    text = "For the region's staff, with a web user of the server: receive the records of others, and review them."
    staff = commands.add_parser("staff", help="receive and review records of others", description=text)
    acts = staff.add_subparsers(title="what to do", dest="act", metavar="ACT", required=True)
    enter = add(
        acts, "sign-in", "staff.sign_in",
        "Open a session of a day. The password comes from FIELDKIT_STAFF_PASSWORD, or is asked; it is not kept.",
    )  # fmt: skip
    enter.add_argument("email", metavar="EMAIL", help="of the web user")
    enter.add_argument("--url", metavar="URL", default="", help="the server (default: that of the account in use)")
    enter.add_argument(
        "--project", metavar="N", type=int, default=0, help="the project (default: in the URL, or in use)"
    )
    get = add(
        acts, "pull", "staff.pull", "Receive what is new of the records that one may read: of the territory, or --all."
    )  # fmt: skip
    get.add_argument("--form", metavar="ID", action="append", default=[], help="only of this form; may be repeated")
    listed = add(acts, "list", "staff.show", "List the received records, the last one first. No network is needed.")
    listed.add_argument("--search", metavar="WORDS", default="", help="only those with these words in name or commune")
    listed.add_argument("--form", metavar="ID", default="", help="only those of this form")
    listed.add_argument("--commune", metavar="NIS", default="", help="only those of this commune")
    states = ("none", "to-correct", "corrected", "approved", "rejected")
    listed.add_argument("--state", choices=states, help="only those that the region so decided on")
    listed.add_argument("--deleted", action="store_true", help="those that the region deleted since")
    listed.add_argument("--limit", metavar="N", type=int, default=200, help="at most so many (default: 200)")
    for act in (get, listed):
        act.add_argument("--all", action="store_true", help="of every commune, not of the territory only")
    decide = add(
        acts, "review", "staff.review",
        "Decide on a record. The comment is kept at the region, and reaches who sent it by the list of dossiers.",
    )  # fmt: skip
    decide.add_argument("--state", choices=[one for one in states if one != "corrected"], required=True)
    decide.add_argument("--comment", metavar="TEXT", default="", help="what is to be corrected, or why")
    said = add(acts, "comments", "staff.comments", "Show what was said of a record.")
    for act in (decide, said):
        act.add_argument("record", metavar="RECORD", help="the record, as `fieldkit staff list` shows it")
    drop = add(acts, "forget", "staff.forget", "Delete received records from this computer. The region keeps them.")
    which = drop.add_mutually_exclusive_group(required=True)
    which.add_argument("records", metavar="RECORD", nargs="*", default=[], help="as `fieldkit staff list` shows them")
    which.add_argument("--everything", action="store_true", help="all that was received")
    add(acts, "sign-out", "staff.sign_out", "End the session; what was received stays.")


def _add_dossier(commands: Commands) -> None:
    text = "Carry records to another kit without a network, in one file."
    dossier = commands.add_parser("dossier", help="carry records without a network", description=text)
    acts = dossier.add_subparsers(title="what to do", dest="act", metavar="ACT", required=True)
    give = add(
        acts,
        "export",
        "dossiers.give",
        "Write records with their forms, files and history into a dossier. The other kit can continue a draft, or send"
        " what is finished. Records of forms with a public key need a passphrase.",
    )
    give.add_argument("records", metavar="RECORD", nargs="+", help="the id that `records` shows")
    give.add_argument("--out", metavar="X.fieldkit", required=True, help="where to write the dossier")
    get = add(
        acts,
        "import",
        "dossiers.get",
        "Take the records of a dossier, all or none. Two copies that were edited apart are put together question by"
        " question; what both changed is told, and the answer of here is kept unless --take says otherwise.",
    )
    get.add_argument("dossier", metavar="X.fieldkit", help="the dossier")
    get.add_argument("--preview", action="store_true", help="only tell what would happen")
    get.add_argument(
        "--take", metavar="KEY", action="append", default=[],
        help="of this conflict take the answer of the dossier; the key is told with the conflict; `all` takes all",
    )  # fmt: skip
    for act in (give, get):
        act.add_argument("--passphrase-file", metavar="F", help="the passphrase is the first line of this file")
