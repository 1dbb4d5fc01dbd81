# SPDX-License-Identifier: EUPL-1.2
"""The web pages of the reference server, for trainers: what arrived, « à corriger », the QR code of an account.

In French, without scripts and without anything from elsewhere. They are for demonstrations: ODK Central has its own.
"""
