"""What a declaration must say before anything of it may leave the house. Pure."""

import uuid
from collections.abc import Collection

from app.features.dataplatform.declarations import Audience, Basis, DataSet
from app.kernel.errors import Refused
from app.kernel.messages import msg


def check(data_set: DataSet) -> None:
    """Raise Refused, before a release starts, when a column has no basis or consent is used for open rows.

    Published files cannot be recalled, so consent is never the basis of an open data set.
    """
    if data_set.audience is Audience.OPEN and data_set.about_people:
        raise Refused(msg("Rows about single people who consented are never open data. Nothing is released."))
    for column in data_set.columns:
        if column.basis is None:
            raise Refused(msg("The column %(column)s has no legal basis, so nothing is released.", column=column.name))
        if column.basis is Basis.CONSENT and data_set.audience is Audience.OPEN:
            raise Refused(
                msg(
                    "The column %(column)s rests on consent, which cannot be the basis of open data. Nothing is released.",
                    column=column.name,
                )
            )
        if column.basis is Basis.CONSENT and not data_set.about_people:
            raise Refused(msg("The column %(column)s rests on consent, but the set does not say whose.", column=column.name))


def may_hand_over(process_id: uuid.UUID | None, allowed: Collection[uuid.UUID] | None) -> bool:
    """Whether somebody who may release in `allowed` (None: everywhere) may hand over data of an agreement of that process.

    An agreement of the whole city is handed over by those who may release everywhere.
    """
    return allowed is None or (process_id is not None and process_id in allowed)
