"""Sheets of paper on which somebody answered, as they take them along: rows and pictures."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.features.consents.models import ConsentEvent, ConsentPaper, DataAgreement
from app.kernel.messages import msg
from app.kernel.personal_data import collection, files_of


@collection(
    "consent_papers",
    msg("Sheets of paper on which you answered; their pictures are in the folder “papers”"),
    tables=("consent_paper",),
    columns={
        "agreement": msg("The agreement's short name"),
        "sheet": msg("The reference on your paper sheet"),
        "page": msg("Which page"),
        "file": msg("The file in the folder “papers”"),
        "digest": msg("The SHA-256 of the picture"),
        "kept_at": msg("Since when it is kept (UTC)"),
    },
)
def _papers(session: Session, person_id: uuid.UUID) -> Iterator[Mapping[str, Any]]:
    for paper, sheet, code in session.execute(_papers_of(person_id)).tuples():
        yield {
            "agreement": code,
            "sheet": sheet,
            "page": paper.number,
            "file": _file_name(paper, code),
            "digest": paper.digest,
            "kept_at": paper.created_at.isoformat(),
        }


@files_of("consent_papers")
def _paper_files(session: Session, person_id: uuid.UUID) -> Iterator[tuple[str, str]]:
    for paper, _sheet, code in session.execute(_papers_of(person_id)).tuples():
        yield f"papers/{_file_name(paper, code)}", paper.key


def _papers_of(person_id: uuid.UUID) -> Select[ConsentPaper, str, str]:
    return (
        select(ConsentPaper, ConsentEvent.sheet, DataAgreement.code)
        .join(ConsentEvent, ConsentEvent.id == ConsentPaper.event_id)
        .join(DataAgreement, DataAgreement.id == ConsentEvent.agreement_id)
        .where(ConsentPaper.person_id == person_id)
        .order_by(ConsentEvent.at, ConsentEvent.id, ConsentPaper.number)
    )


def _file_name(paper: ConsentPaper, code: str) -> str:
    return f"{code}-{paper.event_id.hex[:8]}-{paper.number}{paper.key[paper.key.rindex('.') :]}"
