"""The objects of GovStack's description as they come in and go out. Names are its own; what is not understood is left out.

An id is required by its schemas also where it is not known yet; ours gives ids, and takes none for new objects.
"""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

LARGEST = 2**31 - 1
MOST = 100


class Text(fields.String):
    """A string that every database takes: no null character, no half of a surrogate pair, not too long."""

    def __init__(self, most: int = 2000, least: int = 0, **kwargs: Any) -> None:
        super().__init__(validate=[validate.Length(least, most), _storable], **kwargs)


def _storable(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValidationError("Half of a surrogate pair.") from None
    if "\x00" in text:
        raise ValidationError("A null character.")


_made: dict[str, type[Schema]] = {}


def _schema(called: str, /, **parts: Any) -> type[Schema]:
    """A schema of these parts; one that was made already is the same one, so that the description has it once."""
    if called in _made:
        return _made[called]
    made: type[Schema] = Schema.from_dict(dict(parts), name=called)
    made.opts.unknown = EXCLUDE
    _made[called] = made
    return made


Controller = _schema("GovStackController", id=Text(), name=Text(200), url=Text(500))
Policy = _schema(
    "GovStackPolicy",
    id=Text(),
    name=Text(200, 1, required=True),
    version=Text(80, required=True),
    url=Text(500, required=True),
    jurisdiction=Text(200),
    industrySector=Text(200),
    dataRetentionPeriodDays=fields.Integer(validate=validate.Range(0, 36500)),
    geographicRestriction=Text(200),
    storageLocation=Text(200),
)
Reference = _schema("GovStackReference", id=Text())
Lifecycle = _schema("GovStackLifecycle", id=fields.String(), name=fields.String())
DataAgreement = _schema(
    "GovStackDataAgreement",
    id=Text(),
    version=Text(40, required=True),
    controller=fields.Nested(Controller),
    policy=fields.Nested(Reference),
    purpose=Text(200, 1, required=True),
    lawfulBasis=Text(40, required=True),
    dataUse=Text(40, allow_none=True),
    dpia=Text(10_000, required=True),
    active=fields.Boolean(),
    forgettable=fields.Boolean(),
    compatibleWithVersion=fields.Nested(Reference),
    lifecycle=fields.Nested(Lifecycle, dump_only=True),
    attributes=fields.List(Text(40), metadata={"description": "Ours: kinds of data, by Plaza's own short names."}),
    purposeTerm=Text(32, metadata={"description": "Ours: the purpose by Plaza's own short name."}),
)
Individual = _schema(
    "GovStackIndividual", id=Text(), externalId=Text(254), externalIdType=Text(60), identityProviderId=Text(254)
)
Webhook = _schema(
    "GovStackWebhook",
    id=Text(),
    payloadUrl=Text(500, 1, required=True),
    contentType=Text(80, required=True),
    disabled=fields.Boolean(required=True),
    secretKey=Text(200, required=True),
)
Revision = _schema(
    "GovStackRevision",
    id=Text(),
    schemaName=Text(),
    objectId=Text(),
    signedWithoutObjectId=fields.Boolean(),
    serializedSnapshot=Text(100_000),
    serializedHash=Text(),
    timestamp=Text(),
    authorizedByOther=Text(),
    predecessorHash=Text(),
)
Signature = _schema(
    "GovStackSignature",
    id=Text(),
    payload=Text(100_000),
    signature=Text(20_000),
    verificationMethod=Text(80),
    verificationPayload=Text(100_000),
    verificationPayloadHash=Text(200),
    verificationArtifact=Text(100_000),
    verificationSignedBy=Text(500),
    verificationSignedAs=Text(80),
    verificationJwsHeader=Text(4000),
    timestamp=Text(80),
    signedWithoutObjectReference=fields.Boolean(),
    objectType=Text(80),
    objectReference=Text(80),
)
ConsentRecord = _schema(
    "GovStackConsentRecord",
    id=Text(),
    dataAgreement=fields.Nested(Reference),
    dataAgreementRevision=fields.Nested(Reference),
    dataAgreementRevisionHash=Text(200),
    individual=fields.Nested(Reference),
    optIn=fields.Boolean(),
    state=Text(80),
    signature=fields.Nested(Signature),
)


def body(
    name: str, schema: type[Schema], *, optional: dict[str, type[Schema]] | None = None, **more: type[Schema]
) -> type[Schema]:
    """A request that carries objects, each under its name; those in `optional` may be left out."""
    parts = {key: fields.Nested(one, required=True) for key, one in {name: schema, **more}.items()}
    left = {key: fields.Nested(one) for key, one in (optional or {}).items()}
    return _schema(f"GovStack{name[0].upper()}{name[1:]}{'And'.join(('', *more, *left))}Body", **parts, **left)


def answer(**parts: type[Schema] | list[type[Schema]]) -> type[Schema]:
    """An answer that carries objects, or lists of them, each under its name. Only for our own description."""
    made = {
        key: fields.List(fields.Nested(one[0])) if isinstance(one, list) else fields.Nested(one) for key, one in parts.items()
    }
    name = "".join(f"{key[0].upper()}{key[1:]}{'List' if isinstance(one, list) else ''}" for key, one in parts.items())
    return _schema(f"GovStack{name}Answer", **made)


Page = _schema(
    "GovStackPage",
    offset=fields.Integer(load_default=0, validate=validate.Range(0, LARGEST)),
    limit=fields.Integer(load_default=50, validate=validate.Range(0, LARGEST)),
)
RevisionQuery = _schema("GovStackRevisionQuery", revisionId=Text(80))
PolicyPage = _schema("GovStackPolicyPage", **{**Page._declared_fields, **RevisionQuery._declared_fields})
Filter = _schema("GovStackFilter", **Page._declared_fields, individualId=Text(80), dataAgreementId=Text(80))
Whom = _schema("GovStackWhom", individualId=Text(80), revisionId=Text(80), dataAgreementId=Text(80))
