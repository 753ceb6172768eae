from .models import assert_model_learns as assert_model_learns
from .networks import assert_learns as assert_learns
from .samples import toy_data as toy_data
