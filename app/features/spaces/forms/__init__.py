"""What staff type about processes, phases, categories and areas."""

from app.features.spaces.forms.areas import AreaForm, AreasForm
from app.features.spaces.forms.categories import CategoryForm
from app.features.spaces.forms.phases import PhaseForm
from app.features.spaces.forms.processes import ProcessForm
from app.features.spaces.forms.texts import Difference, TextsForm

__all__ = ["AreaForm", "AreasForm", "CategoryForm", "Difference", "PhaseForm", "ProcessForm", "TextsForm"]
