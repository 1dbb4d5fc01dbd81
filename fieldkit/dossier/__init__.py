# SPDX-License-Identifier: EUPL-1.2
"""Records carried without a network, in one file: `pack.export`, `unpack.plan` and `unpack.take` (ADR 7).

`container` is the file itself, `answers` and `history` say what a draft holds and who changed it, `merge` puts two
drafts together question by question.
"""
