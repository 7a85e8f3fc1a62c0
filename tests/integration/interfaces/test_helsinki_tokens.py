"""Which tokens open the Helsinki GDPR API, and all those that do not."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from uuid import uuid4

import pytest

from app.features.interfaces.helsinki.provider import PAUSE, Provider, ProviderAway
from app.features.interfaces.helsinki.token import BadToken, Expected, subject_of
from app.kernel import clock
from tests.factories import accounts, interfaces
from tests.factories.interfaces import IdentityProvider


def encoded(part: object) -> str:
    return urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.fixture
def resident(db):
    made = accounts.person(display_name="Rosa Resident")
    db.session.commit()
    return made


@pytest.fixture
def get(client, resident, identity_provider):
    def asked(token: str | None, about=None):
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        answer = client.get(f"/api/gdpr/v1/{about or resident.id}", headers=headers)
        answer.get_data()  # to the end: a tree that is not read keeps its session
        return answer

    return asked


@pytest.mark.parametrize("kind", ["EC", "RSA", "OKP"])
def test_a_token_of_the_trusted_provider_opens_ones_own_data(get, resident, identity_provider, kind) -> None:
    identity_provider.new_key("another", kind)
    assert get(identity_provider.token(resident.id)).status_code == 200


def test_a_linked_profile_opens_the_data_of_its_person(get, resident, identity_provider, db) -> None:
    profile = interfaces.profile(resident).profile_id
    db.session.commit()
    assert get(identity_provider.token(profile), about=profile).status_code == 200
    assert get(identity_provider.token(profile), about=resident.id).status_code == 200
    assert get(identity_provider.token(resident.id), about=profile).status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": "https://tunnistus.example/realms/city/"},
        {"iss": None},
        {"aud": "another service"},
        {"aud": ["another service", "a third"]},
        {"aud": None},
        {"exp": 1_700_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": float("nan")},
        {"exp": float("inf")},
        {"nbf": 32_000_000_000},
        {"sub": None},
        {"sub": "rosa"},
        {"sub": 5},
        {"authorization": None},
        {"authorization": {"permissions": []}},
        {"authorization": {"permissions": [{"scopes": ["gdprdelete"]}]}},
        {"authorization": {"permissions": {"scopes": ["gdprquery"]}}},
        {"authorization": {"permissions": [{"scopes": "gdprquery"}]}},
        {"authorization": {"permissions": ["gdprquery", None, 3]}},
        {"authorization": "gdprquery"},
        {"scope": "gdprquery", "authorization": {}},
    ],
)
def test_a_token_that_says_something_else_is_refused(get, resident, identity_provider, claims) -> None:
    answer = get(identity_provider.token(resident.id, **claims))
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_the_audience_may_be_one_of_several(get, resident, identity_provider) -> None:
    assert get(identity_provider.token(resident.id, aud=["profile", "plaza"])).status_code == 200


def test_another_persons_token_is_refused(get, identity_provider, db) -> None:
    other = accounts.person()
    db.session.commit()
    for subject in (other.id, uuid4()):
        assert get(identity_provider.token(subject)).status_code == 401


def test_somebody_unknown_has_nothing_here(get, identity_provider) -> None:
    nobody = uuid4()
    answer = get(identity_provider.token(nobody), about=nobody)
    assert (answer.status_code, answer.data) == (204, b"")


def test_a_token_without_signature_is_refused(get, resident, identity_provider) -> None:
    claims = encoded(identity_provider.claims(resident.id))
    right = identity_provider.token(resident.id)
    for header in ({"alg": "none"}, {"alg": "None", "kid": "first"}, {"alg": "NONE"}, {}, {"alg": None}, {"alg": 5}):
        assert get(f"{encoded(header)}.{claims}.").status_code == 401
        assert get(f"{encoded(header)}.{claims}.{right.split('.')[2]}").status_code == 401


def test_the_public_key_is_not_taken_for_a_shared_secret(get, resident, identity_provider) -> None:
    public = identity_provider.keys["first"]
    signed = f"{encoded({'alg': 'HS256', 'kid': 'first'})}.{encoded(identity_provider.claims(resident.id))}"
    for secret in (public.as_pem(private=False), json.dumps(public.as_dict(private=False)).encode()):
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        assert get(f"{signed}.{urlsafe_b64encode(mac).decode().rstrip('=')}").status_code == 401


def test_another_providers_signature_is_refused_whatever_its_key_is_called(get, resident, identity_provider) -> None:
    stranger = IdentityProvider(identity_provider.issuer)
    assert get(stranger.token(resident.id)).status_code == 401
    assert get(stranger.token(resident.id, header={"kid": "unheard of"})).status_code == 401
    own_key = stranger.keys["first"].as_dict(private=False)
    header = {"jwk": own_key, "jku": "https://stranger.example/keys"}
    assert get(stranger.token(resident.id, header=header)).status_code == 401
    assert not any("stranger" in address for address in identity_provider.asked)


def test_a_token_that_was_changed_is_refused(get, resident, identity_provider, db) -> None:
    victim = accounts.person()
    db.session.commit()
    header, _claims, signature = identity_provider.token(resident.id).split(".")
    changed = f"{header}.{encoded(identity_provider.claims(victim.id))}.{signature}"
    assert get(changed, about=victim.id).status_code == 401


@pytest.mark.parametrize(
    "token", [None, "", "abc", "a.b", "a.b.c", "..", "a.b.c.d.e", "x" * 20_000, "e30.e30.e30", "W10.e30.e30"]
)
def test_what_is_no_token_is_refused(get, token) -> None:
    assert get(token).status_code == 401


def test_without_a_configured_provider_nobody_gets_in(client, resident) -> None:
    token = IdentityProvider().token(resident.id)
    answer = client.get(f"/api/gdpr/v1/{resident.id}", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_new_key_of_the_provider_is_fetched_when_it_is_first_seen(resident, identity_provider) -> None:
    moment = [0.0]
    provider = Provider(identity_provider.issuer, identity_provider.fetch, lambda: moment[0])
    assert len(provider.keys_for("first", "EC")) == 1
    identity_provider.new_key("second")
    moment[0] = 40.0
    assert len(provider.keys_for("second", "EC")) == 1
    asked = len(identity_provider.asked)
    for number in range(50):
        assert provider.keys_for(f"made up {number}", "EC") == []
    assert len(identity_provider.asked) == asked, "made-up key names must not make us ask again and again"


def test_another_key_under_the_old_name_is_fetched_and_not_too_often(resident, identity_provider) -> None:
    now = [0.0]
    provider = Provider(identity_provider.issuer, identity_provider.fetch, lambda: now[0])
    expected = Expected(identity_provider.issuer, identity_provider.audience, "gdprquery", clock.now().timestamp())
    assert subject_of(identity_provider.token(resident.id), provider, expected) == resident.id
    identity_provider.new_key("first")
    token = identity_provider.token(resident.id)
    asked = len(identity_provider.asked)
    with pytest.raises(BadToken):
        subject_of(token, provider, expected)
    assert len(identity_provider.asked) == asked, "wrong signatures do not make us ask again and again"
    now[0] += PAUSE
    assert subject_of(token, provider, expected) == resident.id


def test_a_provider_that_is_away_is_forgiven_for_an_hour(identity_provider) -> None:
    moment = [0.0]
    provider = Provider(identity_provider.issuer, identity_provider.fetch, lambda: moment[0])
    provider.keys_for("first", "EC")
    identity_provider.away = True
    moment[0] = 3000.0
    assert len(provider.keys_for("first", "EC")) == 1
    moment[0] = 5000.0
    with pytest.raises(ProviderAway):
        provider.keys_for("first", "EC")
    identity_provider.away = False
    moment[0] = 5031.0
    assert len(provider.keys_for("first", "EC")) == 1


def test_a_provider_that_was_never_there_lets_nobody_in(get, resident, identity_provider) -> None:
    identity_provider.away = True
    answer = get(identity_provider.token(resident.id))
    assert answer.status_code == 401
    assert "cannot be judged" in answer.get_json()["error_description"]


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://other.example", "jwks_uri": "https://tunnistus.example/certs"},
        {"issuer": "https://tunnistus.example/realms/city", "jwks_uri": "http://tunnistus.example/certs"},
        {"issuer": "https://tunnistus.example/realms/city"},
        [],
        None,
    ],
)
def test_a_discovery_document_that_does_not_fit_is_not_followed(document) -> None:
    asked = []

    def fetch(address: str):
        asked.append(address)
        return document

    with pytest.raises(ProviderAway):
        Provider("https://tunnistus.example/realms/city", fetch).keys_for(None, "EC")
    assert len(asked) == 1


def test_keys_that_sign_nothing_are_left_out(identity_provider) -> None:
    def fetch(address: str):
        if address.endswith("configuration"):
            return identity_provider.fetch(address)
        good = identity_provider.keys["first"].as_dict(private=False)
        return {
            "keys": [
                {"kty": "oct", "k": "c2VjcmV0", "kid": "first"},
                {**good, "use": "enc"},
                {"kty": "EC", "crv": "P-256", "x": "!", "y": "!", "kid": "first"},
                {"kty": "new"},
                "key",
                good,
            ]
        }

    assert len(Provider(identity_provider.issuer, fetch).keys_for("first", "EC")) == 1


def test_one_person_asks_at_most_thirty_times_a_minute(get, resident, identity_provider, clock) -> None:
    token = identity_provider.token(resident.id)
    answers = [get(token) for _ in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {200}
    assert answers[30].status_code == 429
    assert "Retry-After" in answers[30].headers
