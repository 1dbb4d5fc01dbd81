# SPDX-License-Identifier: EUPL-1.2
"""The region's staff: a web user's session, records of others brought down, and their review.

`client` speaks to the server, `feed` reads its lists, `gather` brings records into the store, `review` says what staff
decide. Contract, sections 2.1, 2.6 and 2.7.
"""
