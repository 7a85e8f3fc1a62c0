"""Who somebody of ours is in another system."""

import uuid

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.model import Model, Timestamped


class CityProfile(Timestamped, Model):
    """A person's profile at the city's identity provider, by the identifier it has there. One each."""

    __tablename__ = "city_profile"

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    profile_id: Mapped[uuid.UUID] = mapped_column(unique=True)
