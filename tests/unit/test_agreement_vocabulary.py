"""The words of agreements exist in the Data Privacy Vocabulary, and each has its own label."""

from pathlib import Path

import pytest
import rdflib

from app.features.consents.models import LegalBasis, RecipientKind
from app.features.consents.vocabulary import BASES, CATEGORIES, RECIPIENT_KINDS, all_terms
from tests.support.furniture import HOUSE

VOCABULARY = HOUSE.parent / "shared" / "standards" / "dpv-2.3.ttl"


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Every term that DPV 2.3 defines."""
    paths = (VOCABULARY, Path("/work/shared/standards/dpv-2.3.ttl"))
    path = next((one for one in paths if one.exists()), None)
    if path is None:
        pytest.skip("the Data Privacy Vocabulary is not on this machine (../shared/standards/dpv-2.3.ttl)")
    return {str(subject) for subject in rdflib.Graph().parse(path).subjects()}


@pytest.mark.timeout(120)
def test_every_term_exists_in_dpv(known):
    assert [term.iri for term in all_terms() if term.iri not in known] == []
    assert "https://w3id.org/dpv#Publish" not in known  # the look-up can fail


def test_every_basis_and_kind_has_a_word_and_no_two_labels_are_the_same():
    assert set(BASES) == set(LegalBasis)
    assert set(RECIPIENT_KINDS) == set(RecipientKind)
    for terms in (BASES, CATEGORIES, RECIPIENT_KINDS):
        assert len({str(term.label) for term in terms.values()}) == len(terms)
